// SPDX-License-Identifier: GPL-2.0-or-later
// What the pictures of a diff show is what the recordings have.
#include "view/diff/figures.hpp"

#include <gtest/gtest.h>

#include <numeric>

#include "support/diff_report.hpp"

namespace hoodtrace {
namespace {

const DiffKey kAllWaits = {DiffMetric::kWaits, DiffBy::kAll, ""};
const DiffKey kAllWait = {DiffMetric::kWait, DiffBy::kAll, ""};

// One slice of 10 ms per count, with that many waits of `wait_ns` each.
DiffSamples slices(std::initializer_list<int> waits, std::uint64_t wait_ns) {
  DiffSamples samples;
  for (const int count : waits) {
    DiffPiece piece;
    piece.work = 0.01;
    piece.add(kAllWaits, count);
    Histogram lengths;
    lengths.add(wait_ns, static_cast<std::uint64_t>(count));
    piece.add(kAllWait, lengths);
    samples.add_slice(std::move(piece));
  }
  return samples;
}

DiffChange change_of(const DiffKey& key, unsigned percent, double a, double b) {
  DiffChange change;
  change.key = key;
  change.percent = percent;
  change.a = a;
  change.b = b;
  return change;
}

TEST(DiffFigures, ASumHasAPointPerSlice) {
  const DiffReport report = diff_report(slices({2, 0, 4}, 100), slices({1}, 100));
  const DiffChange change = change_of(kAllWaits, 0, 200, 100);
  const std::vector<DiffFigure> figures = diff_figures(report, {&change});
  ASSERT_EQ(figures.size(), 1U);
  const DiffFigure& figure = figures[0];
  ASSERT_EQ(figure.a.size(), 3U);
  EXPECT_DOUBLE_EQ(figure.a[0].value, 200);
  EXPECT_DOUBLE_EQ(figure.a[1].value, 0);
  EXPECT_DOUBLE_EQ(figure.a[2].value, 400);
  EXPECT_DOUBLE_EQ(figure.a[2].at, 20'000'000);
  ASSERT_EQ(figure.b.size(), 1U);
  EXPECT_TRUE(figure.bins.empty()) << "a sum has no histogram";
}

TEST(DiffFigures, ASliceWithoutWorkHasNoPoint) {
  DiffSamples samples = slices({3}, 100);
  samples.add_slice(DiffPiece{});
  const DiffReport report = diff_report(samples, slices({3, 3}, 100));
  const DiffChange change = change_of(kAllWaits, 0, 300, 300);
  EXPECT_EQ(diff_figures(report, {&change})[0].a.size(), 1U);
}

TEST(DiffFigures, TimesHaveTheirPercentileAndBothHistograms) {
  const DiffReport report = diff_report(slices({2, 4}, 1000), slices({9, 0}, 64'000));
  const DiffChange p50 = change_of(kAllWait, 50, 1000, 64'000);
  const DiffChange p99 = change_of(kAllWait, 99, 1000, 64'000);
  const std::vector<DiffFigure> figures = diff_figures(report, {&p50, &p99});
  ASSERT_EQ(figures.size(), 1U) << "one for all percentiles";
  const DiffFigure& figure = figures[0];
  EXPECT_EQ(figure.changes.size(), 2U);
  EXPECT_NEAR(figure.a[1].value, 1000, 32);
  ASSERT_EQ(figure.b.size(), 1U) << "a slice without any has no percentile";
  EXPECT_NEAR(figure.b[0].value, 64'000, 2000);
  double a = 0;
  double b = 0;
  for (const DiffBin& bin : figure.bins) {
    EXPECT_LT(bin.low, bin.high);
    a += bin.a;
    b += bin.b;
    EXPECT_TRUE(bin.a == 0 || bin.b == 0) << "64 times as long";
  }
  EXPECT_NEAR(a, 1, 1e-9);
  EXPECT_NEAR(b, 1, 1e-9);
  EXPECT_LE(figure.bins.front().low, 1000U);
  EXPECT_GE(figure.bins.back().high, 64'000U);
  EXPECT_LE(figure.bins.size(), 56U);
}

TEST(DiffFigures, WideTimesHaveFewBins) {
  const DiffReport report = diff_report(slices({1}, 1), slices({1}, 1'000'000'000'000));
  const DiffChange change = change_of(kAllWait, 50, 1, 1e12);
  const std::vector<DiffBin> bins = diff_figures(report, {&change})[0].bins;
  ASSERT_FALSE(bins.empty());
  EXPECT_LE(bins.size(), 48U);
  EXPECT_DOUBLE_EQ(bins.front().a, 1);
  EXPECT_DOUBLE_EQ(bins.back().b, 1);
}

TEST(DiffFigures, RunsAreNumbered) {
  DiffSamples runs;
  runs.add_run(slices({2, 2}, 100));
  runs.add_run(slices({6, 6}, 100));
  const DiffReport report = diff_report(runs, runs);
  const DiffChange change = change_of(kAllWaits, 0, 400, 400);
  const DiffFigure figure = diff_figures(report, {&change})[0];
  EXPECT_TRUE(figure.are_runs);
  ASSERT_EQ(figure.a.size(), 2U);
  EXPECT_DOUBLE_EQ(figure.a[1].at, 2);
  EXPECT_DOUBLE_EQ(figure.a[1].value, 600);
}

}  // namespace
}  // namespace hoodtrace
