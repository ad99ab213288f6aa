// SPDX-License-Identifier: GPL-2.0-or-later
#include "view/top/history.hpp"

#include <gtest/gtest.h>

#include "support/top_snapshots.hpp"

namespace hoodtrace {
namespace {

using testing::interval;

constexpr std::uint64_t kSecond = 1'000'000'000;

std::uint64_t shown_second(const History& history) { return history.shown()->until_ns / kSecond; }

TEST(TopHistory, FollowsTheLatestUntilOneStepsBack) {
  History history(100 * kSecond, 1 << 30);
  EXPECT_EQ(history.shown(), nullptr);
  for (std::uint64_t second = 1; second <= 5; second++) history.add(interval(second, {}));
  EXPECT_EQ(shown_second(history), 5U);
  history.step(-2);
  EXPECT_FALSE(history.is_live());
  history.add(interval(6, {}));
  EXPECT_EQ(shown_second(history), 3U);
  history.step(-100);
  EXPECT_EQ(shown_second(history), 1U);
  history.follow();
  EXPECT_EQ(shown_second(history), 6U);
}

TEST(TopHistory, WhatIsTooOldIsForgottenAndTheScreenMovesOn) {
  History history(3 * kSecond, 1 << 30);
  history.add(interval(1, {}));
  history.pause();
  for (std::uint64_t second = 2; second <= 9; second++) history.add(interval(second, {}));
  EXPECT_EQ(history.all().size(), 4U);
  EXPECT_EQ(shown_second(history), 6U);
}

TEST(TopHistory, MemoryIsBounded) {
  const std::vector<testing::TopTask> many(1000, {1, "a", 10});
  const std::size_t bytes = interval(1, many)->bytes();
  History history(~std::uint64_t{0} >> 1, 3 * bytes + bytes / 2);
  for (std::uint64_t second = 1; second <= 9; second++) history.add(interval(second, many));
  EXPECT_EQ(history.all().size(), 3U);
}

TEST(TopHistory, GoesToTheIntervalOfATime) {
  History history(100 * kSecond, 1 << 30);
  for (std::uint64_t second = 1; second <= 5; second++) history.add(interval(second, {}));
  history.go_to(3 * kSecond - 1);
  EXPECT_EQ(shown_second(history), 3U);
  history.go_to(77 * kSecond);
  EXPECT_EQ(shown_second(history), 5U);
}

}  // namespace
}  // namespace hoodtrace
