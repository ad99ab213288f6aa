// SPDX-License-Identifier: GPL-2.0-or-later
#include "model/why/last_lengths.hpp"

#include <gtest/gtest.h>

namespace hoodtrace {
namespace {

constexpr WhyCauseId kSleep = 1;
constexpr WhyCauseId kBehindOne = 2;
constexpr WhyCauseId kBehindOther = 3;

bool any(WhyCauseId /*cause*/) { return true; }

class LastLengthsTest : public testing::Test {
 protected:
  // As the tracker does: the time first.
  void add(WhyCauseId cause, std::uint64_t span_ns, std::uint64_t length_ns) {
    sums_[cause].ns += span_ns;
    last_.add(sums_[cause], cause, span_ns, length_ns);
  }

  WhySums sums_;
  LastLengths last_;
};

TEST_F(LastLengthsTest, ASleepThatShrinksIsNoLongerTheLongest) {
  add(kSleep, 300, 300);
  last_.clear();
  add(kSleep, 5000, 5000);
  EXPECT_EQ(sums_[kSleep].max_ns, 5000U);
  EXPECT_EQ(last_.shorten(sums_, 4900, any), 4900U);
  EXPECT_EQ(sums_[kSleep].ns, 400U);
  EXPECT_EQ(sums_[kSleep].max_ns, 300U);
  EXPECT_EQ(sums_[kSleep].lengths.count(), 2U);
  EXPECT_LT(sums_[kSleep].lengths.quantile(1.0), 310U);
}

TEST_F(LastLengthsTest, TheLatestPieceShrinksFirst) {
  add(kBehindOne, 1000, 1000);
  add(kBehindOther, 200, 200);
  EXPECT_EQ(last_.shorten(sums_, 500, any), 500U);
  EXPECT_EQ(sums_[kBehindOther].ns, 0U);
  EXPECT_EQ(sums_[kBehindOther].max_ns, 0U);
  EXPECT_EQ(sums_[kBehindOther].lengths.count(), 0U);
  EXPECT_EQ(sums_[kBehindOne].ns, 700U);
  EXPECT_EQ(sums_[kBehindOne].max_ns, 700U);
}

TEST_F(LastLengthsTest, OnlyWhatMayShrinkDoes) {
  add(kSleep, 1000, 1000);
  add(kBehindOne, 200, 200);
  const auto sleeps = [](WhyCauseId cause) { return cause == kSleep; };
  EXPECT_EQ(last_.shorten(sums_, 300, sleeps), 300U);
  EXPECT_EQ(sums_[kBehindOne].max_ns, 200U);
  EXPECT_EQ(sums_[kSleep].max_ns, 700U);
}

TEST_F(LastLengthsTest, TwoPiecesOfOneCauseKeepTheirLengths) {
  add(kBehindOne, 400, 400);
  add(kBehindOther, 50, 50);
  add(kBehindOne, 900, 900);
  EXPECT_EQ(last_.shorten(sums_, 600, any), 600U);
  EXPECT_EQ(sums_[kBehindOne].ns, 700U);
  EXPECT_EQ(sums_[kBehindOne].max_ns, 400U);
  EXPECT_EQ(sums_[kBehindOne].lengths.count(), 2U);
  EXPECT_EQ(sums_[kBehindOther].max_ns, 50U);
}

TEST_F(LastLengthsTest, WhatSomebodyDidMeanwhileKeepsItsShare) {
  sums_[kSleep].meanwhile[7] = 300;
  add(kSleep, 400, 400);
  EXPECT_EQ(last_.shorten(sums_, 300, any), 300U);
  EXPECT_EQ(sums_[kSleep].meanwhile[7], 75U);
}

// A wait that was found out later is of the sleep before the last one.
TEST_F(LastLengthsTest, TheLongestIsRightWhenAnEarlierOneShrinks) {
  add(kSleep, 500, 500);
  LastLengths earlier = last_;
  last_.clear();
  add(kSleep, 300, 300);
  EXPECT_EQ(earlier.shorten(sums_, 400, any), 400U);
  last_.raise_longest(sums_);
  EXPECT_EQ(sums_[kSleep].max_ns, 300U);
  EXPECT_EQ(sums_[kSleep].lengths.count(), 2U);
}

TEST_F(LastLengthsTest, NoMoreIsTakenThanThereIs) {
  EXPECT_EQ(last_.shorten(sums_, 100, any), 0U);
  add(kSleep, 70, 90);  // 20 of it are of an earlier report
  EXPECT_EQ(last_.shorten(sums_, 100, any), 70U);
  EXPECT_EQ(sums_[kSleep].ns, 0U);
  EXPECT_EQ(sums_[kSleep].max_ns, 20U);
  EXPECT_EQ(last_.shorten(sums_, 100, any), 0U);
}

TEST_F(LastLengthsTest, ASleepThatGoesOnHasNoLengthYet) {
  add(kSleep, 70, 0);
  EXPECT_EQ(sums_[kSleep].lengths.count(), 0U);
  EXPECT_EQ(last_.shorten(sums_, 30, any), 30U);
  EXPECT_EQ(sums_[kSleep].ns, 40U);
  EXPECT_EQ(sums_[kSleep].lengths.count(), 0U);
}

}  // namespace
}  // namespace hoodtrace
