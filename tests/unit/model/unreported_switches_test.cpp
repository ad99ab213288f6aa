// SPDX-License-Identifier: GPL-2.0-or-later
#include "model/unreported_switches.hpp"

#include <gtest/gtest.h>

#include "model/stream_account.hpp"

namespace hoodtrace {
namespace {

class UnreportedSwitchesTest : public ::testing::Test {
 protected:
  // `from` leaves the CPU, `to` comes; both are traced.
  void switches(std::uint32_t from, std::uint32_t to, std::uint16_t cpu = 0) {
    ht_switch record{};
    record.head = {++now_ns_, to, HT_SWITCH, cpu};
    record.prev_tid = from;
    record.flags = HT_SWITCH_PREV_TRACED | HT_SWITCH_NEXT_TRACED;
    account_.on(record);
  }
  // Alone with nobody, and by its own counters it has left a CPU so often.
  void leaves(std::uint32_t from, std::uint32_t times) {
    ht_switch record{};
    record.head = {++now_ns_, 0, HT_SWITCH, 0};
    record.prev_tid = from;
    record.prev_nvcsw = times;
    record.flags = HT_SWITCH_PREV_TRACED;
    account_.on(record);
  }
  void is_born(std::uint32_t tid) {
    ht_task_new born{};
    born.task.head = {++now_ns_, tid, HT_TASK_NEW, 0};
    account_.on(born);
  }
  void loses(std::uint16_t type, std::uint16_t cpu = 0) {
    ht_lost lost{};
    lost.head = {++now_ns_, 0, HT_LOST, cpu};
    lost.last_ns = now_ns_;
    lost.counts[type] = 1;
    account_.on(lost);
  }
  [[nodiscard]] std::uint64_t unreported() const {
    const auto found = account_.lost().find("unshown");
    return found == account_.lost().end() ? 0 : found->second;
  }

  StreamAccount account_;
  std::uint64_t now_ns_ = 1000;
};

TEST_F(UnreportedSwitchesTest, PairedSwitchesMissNothing) {
  for (int i = 0; i < 10; i++) {
    switches(0, 10);
    switches(10, 11);
    switches(11, 0);
  }
  EXPECT_EQ(unreported(), 0U);
}

TEST_F(UnreportedSwitchesTest, AThreadSwitchedOutWithoutASwitchInMissesOne) {
  switches(10, 0);
  EXPECT_EQ(unreported(), 0U) << "it may have run since before the trace";
  switches(10, 0);
  EXPECT_EQ(unreported(), 1U);
}

TEST_F(UnreportedSwitchesTest, AThreadSwitchedInTwiceMissesOneSwitch) {
  switches(0, 10);
  switches(0, 10, 1);
  EXPECT_EQ(unreported(), 1U);
}

TEST_F(UnreportedSwitchesTest, ARunOfWhichNothingIsShownMissesTwo) {
  switches(0, 10);
  leaves(10, 7);
  switches(0, 10);
  leaves(10, 9);
  EXPECT_EQ(unreported(), 2U);
  switches(0, 10);
  leaves(10, 10);
  EXPECT_EQ(unreported(), 2U);
}

TEST_F(UnreportedSwitchesTest, TheFirstRunsOfAThreadAreCountedFromItsBirth) {
  is_born(10);
  switches(0, 10);
  leaves(10, 1);
  EXPECT_EQ(unreported(), 0U);
  is_born(11);
  switches(0, 11);
  leaves(11, 3);
  EXPECT_EQ(unreported(), 4U);
}

// Its switch-out is missing: that is counted when it comes again, and not once more when it leaves.
TEST_F(UnreportedSwitchesTest, WhatTheNeighboursToldIsNotCountedAgain) {
  switches(0, 10);
  leaves(10, 5);
  switches(0, 10);
  switches(0, 10);
  EXPECT_EQ(unreported(), 1U);
  leaves(10, 7);
  EXPECT_EQ(unreported(), 1U);
  leaves(10, 8);  // it came, and no switch shows it
  EXPECT_EQ(unreported(), 2U);
}

TEST_F(UnreportedSwitchesTest, CountersOfAnotherTaskTellNothing) {
  switches(0, 10);
  leaves(10, 5);
  switches(0, 10);
  leaves(10, 2);
  switches(0, 10);
  leaves(10, 1U << 30);
  EXPECT_EQ(unreported(), 0U);
}

TEST_F(UnreportedSwitchesTest, WhatItDidOutsideOfTheTargetIsNotMissing) {
  switches(0, 10);
  leaves(10, 5);
  ht_task_cgroup move{};
  move.head = {++now_ns_, 10, HT_TASK_CGROUP, 0};
  account_.on(move);
  move.flags = HT_TASK_TRACED;
  account_.on(move);
  switches(0, 10);
  leaves(10, 900);
  EXPECT_EQ(unreported(), 0U);
}

TEST_F(UnreportedSwitchesTest, CountersDoNotTellOfWhatWasLost) {
  switches(0, 10);
  leaves(10, 5);
  loses(HT_SWITCH);
  switches(0, 10);
  leaves(10, 9);
  EXPECT_EQ(unreported(), 0U);
}

TEST_F(UnreportedSwitchesTest, WhatWasLostIsNotCountedAgain) {
  switches(10, 0);
  loses(HT_SWITCH, 1);
  switches(10, 0);
  EXPECT_EQ(unreported(), 0U) << "it may have come on the other CPU";
  loses(HT_FAULT);
  switches(10, 0);
  EXPECT_EQ(unreported(), 1U) << "no switch was lost";
}

TEST_F(UnreportedSwitchesTest, AThreadThatStillRunsOnACpuWithoutLossIsKnown) {
  switches(0, 10);
  loses(HT_SWITCH, 1);
  switches(0, 10);
  EXPECT_EQ(unreported(), 1U);
}

TEST_F(UnreportedSwitchesTest, AReusedTidStartsAnew) {
  switches(0, 10);
  ht_task_new born{};
  born.task.head = {++now_ns_, 10, HT_TASK_NEW, 0};
  account_.on(born);
  switches(0, 10);
  EXPECT_EQ(unreported(), 0U);
}

TEST_F(UnreportedSwitchesTest, AnIntervalCountsItsOwnAndKeepsWhatIsKnown) {
  switches(10, 0);
  account_.begin_interval();
  switches(10, 0);
  EXPECT_EQ(unreported(), 1U);
  account_.begin_interval();
  EXPECT_EQ(unreported(), 0U);
}

}  // namespace
}  // namespace hoodtrace
