// SPDX-License-Identifier: GPL-2.0-or-later
// The pressure of a group between two readings of cpu.pressure.
#include "model/sched/pressures.hpp"

#include <gtest/gtest.h>

#include "command/pipeline.hpp"
#include "event/feed.hpp"
#include "support/stream_builder.hpp"

namespace hoodtrace {
namespace {

constexpr std::uint64_t kMs = 1'000'000;
constexpr std::uint64_t kGroup = 77;
constexpr std::uint32_t kTask = 10;
constexpr std::uint32_t kOther = 11;  // of another group

class PressureTrackerTest : public ::testing::Test {
 protected:
  PressureTrackerTest() {
    scenario.at(kMs).session().cgroup(kGroup, "/limited").seen(kTask, {.cgroup_id = kGroup});
    scenario.seen(kOther, {});
  }

  void reads(std::uint64_t some_us) {
    ht_pressure record{};
    record.head = {scenario.now_ns(), 0, HT_PRESSURE, HT_NO_CPU};
    record.cgroup_id = kGroup;
    record.some_us = some_us;
    scenario.add(record);
  }
  PressureGrowth play() {
    for (; played < scenario.records().size(); played++) {
      const std::optional<Event> event = decode(scenario.records().at(played));
      EXPECT_TRUE(event);
      feed(tasks, *event);
      feed(tracker, *event);
    }
    return tracker.growth_of(kGroup);
  }

  StreamBuilder scenario;
  TaskTable tasks;
  PressureTracker tracker{tasks};
  std::size_t played = 0;
};

// It waits from 10 to 80 ms, and from 90 ms to the end of the trace; it is read at 50 and 100 ms.
TEST_F(PressureTrackerTest, WaitsCountBetweenTheReadingsAlsoThatWhichGoesOn) {
  scenario.at(5 * kMs).switches({.from = 0, .to = kTask});
  scenario.at(10 * kMs).switches({.from = kTask, .to = kOther});
  scenario.at(50 * kMs);
  reads(1'000);
  scenario.at(80 * kMs).switches({.from = kOther, .to = kTask, .wait_ns = 70 * kMs});
  scenario.at(90 * kMs).switches({.from = kTask, .to = kOther});
  scenario.at(100 * kMs);
  reads(41'000);
  const PressureGrowth grown = play();
  EXPECT_EQ(*grown.kernel_some_ns, 40 * kMs);
  EXPECT_EQ(*grown.some_ns, 40 * kMs);
  EXPECT_EQ(*grown.full_ns, 40 * kMs);
  EXPECT_FALSE(grown.kernel_full_ns);
}

// The wait counts in both intervals, up to and from the reading between them.
TEST_F(PressureTrackerTest, AnIntervalBeginsWithTheLastReadingOfTheOneBefore) {
  scenario.at(5 * kMs).switches({.from = 0, .to = kTask});
  reads(0);
  scenario.at(10 * kMs).switches({.from = kTask, .to = kOther});
  scenario.at(50 * kMs);
  reads(40'000);
  EXPECT_EQ(*play().some_ns, 40 * kMs);
  tracker.begin_interval(51 * kMs);
  scenario.at(80 * kMs).switches({.from = kOther, .to = kTask, .wait_ns = 70 * kMs});
  scenario.at(90 * kMs);
  reads(70'000);
  const PressureGrowth grown = play();
  EXPECT_EQ(*grown.kernel_some_ns, 30 * kMs);
  EXPECT_EQ(*grown.some_ns, 30 * kMs);
  EXPECT_EQ(*grown.full_ns, 30 * kMs);
}

// A run that goes on is time in which not all wait.
TEST_F(PressureTrackerTest, ARunThatGoesOnCountsUpToTheReading) {
  constexpr std::uint32_t kSecond = 12;
  scenario.seen(kSecond, {.cgroup_id = kGroup});
  scenario.at(5 * kMs).switches({.from = 0, .to = kTask});
  reads(0);
  scenario.at(10 * kMs).switches({.from = kTask, .to = kSecond});
  scenario.at(50 * kMs);
  reads(40'000);
  const PressureGrowth grown = play();
  EXPECT_EQ(*grown.some_ns, 40 * kMs);
  EXPECT_EQ(*grown.full_ns, 0U);
}

// Without cpu.pressure (a kernel without PSI): from the interval's begin to the report.
TEST_F(PressureTrackerTest, WithoutReadingsTheIntervalCounts) {
  ht_quota group{};
  group.head = {scenario.now_ns(), 0, HT_QUOTA, 0};
  group.cgroup_id = kGroup;
  scenario.add(group);
  scenario.at(5 * kMs).switches({.from = 0, .to = kTask});
  scenario.at(10 * kMs).switches({.from = kTask, .to = kOther});
  play();
  tracker.settle(30 * kMs);
  EXPECT_EQ(*play().some_ns, 20 * kMs);
  EXPECT_FALSE(play().kernel_some_ns);
}

// A wait that began on another CPU is of both.
TEST_F(PressureTrackerTest, AMovedTaskHasWaitedOnBothCpus) {
  scenario.at(5 * kMs).switches({.from = 0, .to = kTask});
  reads(0);
  scenario.at(10 * kMs).switches({.from = kTask, .to = kOther});
  scenario.on_cpu(1).at(40 * kMs).switches({.from = 0, .to = kTask, .wait_ns = 10 * kMs});
  scenario.at(50 * kMs);
  reads(30'000);
  // 20 of 25 ms on the one, 10 of 20 on the other: (20 * 25 + 10 * 20) / 45.
  EXPECT_EQ(*play().some_ns, 700 * kMs / 45);
}

}  // namespace
}  // namespace hoodtrace
