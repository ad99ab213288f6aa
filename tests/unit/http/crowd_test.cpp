// SPDX-License-Identifier: GPL-2.0-or-later
// A crowd of connections: who has to leave for a newcomer.
#include "http/crowd.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <optional>
#include <vector>

namespace hoodtrace {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr int kMost = static_cast<int>(Crowd::kMost);
const Crowd::Time kStart{seconds(1000)};

// Sockets 0 to kMost - 1, one each millisecond.
Crowd full_crowd() {
  Crowd crowd;
  for (int socket = 0; socket < kMost; socket++)
    EXPECT_EQ(crowd.opened(socket, kStart + milliseconds(socket)), std::nullopt);
  return crowd;
}

TEST(Crowd, TheOldestWithoutAWholeRequestLeavesForANewcomer) {
  Crowd crowd = full_crowd();
  crowd.asked(0, kStart + seconds(1));
  EXPECT_EQ(crowd.opened(1000, kStart + seconds(1)), 1);
  EXPECT_EQ(crowd.opened(1001, kStart + seconds(1)), 2);
  crowd.closed(1);
  crowd.closed(2);
  EXPECT_EQ(crowd.size(), Crowd::kMost);
}

TEST(Crowd, WhereOneHasClosedThereIsAPlace) {
  Crowd crowd = full_crowd();
  crowd.closed(77);
  EXPECT_EQ(crowd.opened(77, kStart + seconds(1)), std::nullopt);
  EXPECT_EQ(crowd.opened(1000, kStart + seconds(1)), 0);
}

TEST(Crowd, AnAnswerIsCutOffOnlyAfterItsGraceAndWhenNobodyElseCanLeave) {
  Crowd crowd = full_crowd();
  // The last one has asked first.
  for (int socket = kMost; socket-- > 0;)
    crowd.asked(socket, kStart + seconds(1) + milliseconds(kMost - socket));
  const Crowd::Time first = kStart + seconds(1) + milliseconds(1);
  EXPECT_EQ(crowd.opened(1000, first + Crowd::kGrace - milliseconds(1)), std::nullopt);
  EXPECT_EQ(crowd.size(), Crowd::kMost + 1);
  // The newcomer before has not asked yet.
  EXPECT_EQ(crowd.opened(1001, first + Crowd::kGrace), 1000);
  crowd.asked(1001, first + Crowd::kGrace);
  EXPECT_EQ(crowd.opened(1002, first + Crowd::kGrace), kMost - 1);
}

TEST(Crowd, WhoHasToLeaveIsNamedOnceAndMayStillAskAndClose) {
  Crowd crowd = full_crowd();
  EXPECT_EQ(crowd.opened(1000, kStart + seconds(1)), 0);
  crowd.asked(0, kStart + seconds(1));
  EXPECT_EQ(crowd.opened(1001, kStart + seconds(1)), 1);
  const std::vector<int> overdue = crowd.overdue(kStart + seconds(60));
  EXPECT_EQ(overdue.size(), Crowd::kMost);
  for (const int socket : overdue) EXPECT_GT(socket, 1);
  EXPECT_TRUE(crowd.overdue(kStart + seconds(61)).empty());
  EXPECT_EQ(crowd.size(), 0U);
  for (const int socket : overdue) crowd.closed(socket);
  crowd.closed(0);
  // Its number is that of another connection now.
  EXPECT_EQ(crowd.opened(0, kStart + seconds(62)), std::nullopt);
  EXPECT_EQ(crowd.size(), 1U);
}

TEST(Crowd, NobodyStaysForLongerThanTheLongest) {
  Crowd crowd;
  crowd.opened(1, kStart);
  crowd.opened(2, kStart + seconds(5));
  crowd.asked(1, kStart + seconds(29));
  EXPECT_TRUE(crowd.overdue(kStart + Crowd::kLongest).empty());
  EXPECT_EQ(crowd.overdue(kStart + Crowd::kLongest + milliseconds(1)), std::vector<int>{1});
}

TEST(Crowd, WhatWasNeverOpenedIsIgnored) {
  Crowd crowd;
  crowd.asked(5, kStart);
  crowd.closed(5);
  EXPECT_EQ(crowd.size(), 0U);
}

}  // namespace
}  // namespace hoodtrace
