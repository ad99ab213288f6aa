// SPDX-License-Identifier: GPL-2.0-or-later
#include "view/diff/figures.hpp"

#include <algorithm>
#include <cmath>
#include <map>

namespace hoodtrace {
namespace {

constexpr int kMostBins = 48;

std::vector<DiffPoint> points_of(const DiffSamples& samples, const DiffKey& key, unsigned percent) {
  std::vector<DiffPoint> points;
  const std::vector<DiffPiece>& pieces = samples.pieces();
  for (std::size_t i = 0; i < pieces.size(); i++) {
    const DiffPiece& piece = pieces[i];
    const double at = samples.are_runs()
                          ? static_cast<double>(i + 1)
                          : static_cast<double>(i) * static_cast<double>(samples.slice_ns());
    if (percent == 0) {
      // Without work in it, a piece has no value per unit of work.
      if (piece.work <= 0) continue;
      const auto found = piece.sums.find(key);
      points.push_back({at, found == piece.sums.end() ? 0 : found->second / piece.work});
      continue;
    }
    const auto found = piece.lengths.find(key);
    if (found == piece.lengths.end()) continue;
    points.push_back({at, static_cast<double>(found->second.quantile(percent / 100.0))});
  }
  return points;
}

Histogram all_lengths(const DiffSamples& samples, const DiffKey& key) {
  Histogram all;
  for (const DiffPiece& piece : samples.pieces())
    if (const auto found = piece.lengths.find(key); found != piece.lengths.end())
      all.merge(found->second);
  return all;
}

// A power of two has `parts` bins.
int bin_of(std::uint64_t value, int parts) {
  return static_cast<int>(
      std::floor(std::log2(static_cast<double>(std::max<std::uint64_t>(value, 1))) * parts));
}
std::uint64_t low_of(int bin, int parts) {
  return static_cast<std::uint64_t>(std::llround(std::exp2(static_cast<double>(bin) / parts)));
}

std::vector<DiffBin> bins_of(const Histogram& a, const Histogram& b) {
  const std::vector<HistogramBucket> of_a = a.buckets();
  const std::vector<HistogramBucket> of_b = b.buckets();
  std::uint64_t least = UINT64_MAX;
  std::uint64_t most = 0;
  for (const auto* buckets : {&of_a, &of_b})
    for (const HistogramBucket& bucket : *buckets) {
      least = std::min(least, bucket.low);
      most = std::max(most, bucket.low);
    }
  std::vector<DiffBin> bins;
  if (least > most) return bins;
  int parts = 8;
  while (parts > 1 && bin_of(most, parts) - bin_of(least, parts) >= kMostBins) parts /= 2;
  const int first = bin_of(least, parts);
  for (int bin = first; bin <= bin_of(most, parts); bin++)
    bins.push_back({low_of(bin, parts), low_of(bin + 1, parts), 0, 0});
  const auto add = [&](const std::vector<HistogramBucket>& buckets, std::uint64_t count,
                       double DiffBin::*share) {
    for (const HistogramBucket& bucket : buckets)
      bins[static_cast<std::size_t>(bin_of(bucket.low, parts) - first)].*share +=
          static_cast<double>(bucket.count) / static_cast<double>(count);
  };
  add(of_a, a.count(), &DiffBin::a);
  add(of_b, b.count(), &DiffBin::b);
  return bins;
}

}  // namespace

std::vector<DiffFigure> diff_figures(const DiffReport& report,
                                     const std::vector<const DiffChange*>& changes) {
  std::vector<DiffFigure> figures;
  std::map<DiffKey, std::size_t> known;
  for (const DiffChange* change : changes) {
    const DiffKey& key = change->key;
    const auto [place, is_new] = known.emplace(key, figures.size());
    if (is_new) {
      DiffFigure figure;
      figure.percent = change->percent;
      figure.are_runs = report.a.samples.are_runs() || report.b.samples.are_runs();
      figure.a = points_of(report.a.samples, key, change->percent);
      figure.b = points_of(report.b.samples, key, change->percent);
      if (row_of(key.metric).form == DiffForm::kLengths)
        figure.bins =
            bins_of(all_lengths(report.a.samples, key), all_lengths(report.b.samples, key));
      figures.push_back(std::move(figure));
    }
    figures[place->second].changes.push_back(change);
  }
  return figures;
}

std::vector<const DiffChange*> unchanged_totals(const DiffReport& report) {
  std::vector<const DiffChange*> list;
  for (const DiffChange& change : report.result.changes)
    if (!change.significant && change.key.by == DiffBy::kAll) list.push_back(&change);
  return list;
}

}  // namespace hoodtrace
