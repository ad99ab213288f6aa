// SPDX-License-Identifier: GPL-2.0-or-later
#include "model/times/state_strip.hpp"

#include <gtest/gtest.h>

#include <numeric>

namespace hoodtrace {
namespace {

float sum_of(const StateStrip& strip, TaskTime time) {
  float sum = 0;
  for (const StateStrip::Piece& piece : strip.pieces())
    sum += piece[static_cast<std::size_t>(time)];
  return sum;
}

TEST(StateStrip, ASpanLiesInThePiecesItCovers) {
  StateStrip strip;
  strip.add(TaskTime::kRunning, 5000, 5000 + 1536);
  ASSERT_EQ(strip.pieces().size(), 2U);
  EXPECT_EQ(strip.start_ns(), 5000U);
  EXPECT_EQ(strip.width_ns(), 1024U);
  EXPECT_EQ(strip.pieces()[0][0], 1024);
  EXPECT_EQ(strip.pieces()[1][0], 512);
}

TEST(StateStrip, GrowsCoarserAndKeepsItsSums) {
  StateStrip strip;
  constexpr std::uint64_t kStep = 1000;
  for (std::uint64_t at = 0; at < 4'000'000; at += 2 * kStep) {
    strip.add(TaskTime::kRunning, at, at + kStep);
    strip.add(TaskTime::kSleeping, at + kStep, at + 2 * kStep);
  }
  EXPECT_LE(strip.pieces().size(), StateStrip::kPieces);
  EXPECT_GT(strip.pieces().size(), StateStrip::kPieces / 2) << "no coarser than it must be";
  EXPECT_EQ(strip.width_ns(), 8192U);
  EXPECT_FLOAT_EQ(sum_of(strip, TaskTime::kRunning), 2'000'000);
  EXPECT_FLOAT_EQ(sum_of(strip, TaskTime::kSleeping), 2'000'000);
}

TEST(StateStrip, AVeryLongSpanCostsNoMoreThanAShortOne) {
  StateStrip strip;
  strip.add(TaskTime::kSleeping, 0, 1'000'000'000'000'000);
  EXPECT_LE(strip.pieces().size(), StateStrip::kPieces);
  EXPECT_FLOAT_EQ(sum_of(strip, TaskTime::kSleeping), 1e15F);
}

TEST(StateStrip, MarksAreCountedPerPieceAndKept) {
  StateStrip strip;
  strip.mark(500);
  strip.add(TaskTime::kRunning, 1000, 3000);
  strip.mark(1000);
  strip.mark(1001);
  strip.mark(2500);
  strip.mark(10);
  EXPECT_EQ(strip.marks(), (std::vector<std::uint32_t>{2, 1})) << "none from before the strip";
  strip.add(TaskTime::kRunning, 3000, 1'000'000);
  EXPECT_EQ(strip.width_ns(), 2048U);
  ASSERT_FALSE(strip.marks().empty());
  EXPECT_EQ(strip.marks()[0], 3U);
}

TEST(StateStrip, SpansMayComeLate) {
  StateStrip strip;
  strip.add(TaskTime::kRunning, 10'000, 20'000);
  strip.add(TaskTime::kWaiting, 12'000, 13'000);
  EXPECT_FLOAT_EQ(sum_of(strip, TaskTime::kWaiting), 1000);
  strip.add(TaskTime::kWaiting, 9'000, 11'000);
  EXPECT_FLOAT_EQ(sum_of(strip, TaskTime::kWaiting), 2000) << "what is before the strip is cut off";
  strip.add(TaskTime::kWaiting, 5'000, 6'000);
  EXPECT_FLOAT_EQ(sum_of(strip, TaskTime::kWaiting), 2000);
}

}  // namespace
}  // namespace hoodtrace
