// SPDX-License-Identifier: GPL-2.0-or-later
#include "output/strip_text.hpp"

#include <gtest/gtest.h>

namespace hoodtrace {
namespace {

TEST(StripText, ADigitPerTimeOfAPiece) {
  StateStrip strip;
  strip.add(TaskTime::kRunning, 0, 1024);
  EXPECT_EQ(strip_text(strip), "_000000");
  strip.add(TaskTime::kWaiting, 1024, 1024 + 512);
  EXPECT_EQ(strip_text(strip), "_0000000W00000") << "the rest of the piece is not known";
}

TEST(StripText, EqualPiecesAreCounted) {
  StateStrip strip;
  strip.add(TaskTime::kSleeping, 0, 4 * 1024);
  strip.add(TaskTime::kRunning, 4 * 1024, 5 * 1024);
  EXPECT_EQ(strip_text(strip), "0000_00!3!_000000");
}

TEST(StripText, ThreadsShareThePiece) {
  StateStrip strip;
  strip.add(TaskTime::kRunning, 0, 1024);
  strip.add(TaskTime::kSleeping, 0, 1024);
  EXPECT_EQ(strip_text(strip), "W000W00");
}

TEST(StripText, ASmallShareIsStillVisible) {
  StateStrip strip;
  strip.add(TaskTime::kSleeping, 0, 1024);
  strip.add(TaskTime::kRunning, 0, 1);
  EXPECT_EQ(strip_text(strip).front(), '1');
}

TEST(StripText, MarksArePowersOfTwo) {
  StateStrip strip;
  strip.add(TaskTime::kRunning, 0, 5 * 1024);
  EXPECT_EQ(marks_text(strip), "");
  for (int i = 0; i < 9; i++) strip.mark(4 * 1024);
  EXPECT_EQ(marks_text(strip), "0!3!4") << "8 or more";
}

TEST(StripText, AnEmptyStripIsAnEmptyText) { EXPECT_EQ(strip_text(StateStrip()), ""); }

}  // namespace
}  // namespace hoodtrace
