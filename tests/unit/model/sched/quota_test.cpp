// SPDX-License-Identifier: GPL-2.0-or-later
// Counters of groups, waits for a quota, and intervals.
#include "model/sched/quota.hpp"

#include <gtest/gtest.h>

#include "command/pipeline.hpp"
#include "event/feed.hpp"
#include "support/stream_builder.hpp"

namespace hoodtrace {
namespace {

constexpr std::uint64_t kMs = 1'000'000;
constexpr std::uint64_t kGroup = 77;
constexpr std::uint32_t kTask = 10;

class QuotaTrackerTest : public ::testing::Test {
 protected:
  QuotaTrackerTest() {
    scenario.at(kMs).session().cgroup(kGroup, "/limited").seen(kTask, {.cgroup_id = kGroup});
  }

  void quota(std::uint32_t periods, std::uint32_t throttled, std::uint64_t throttled_ns) {
    ht_quota record{};
    record.head = {scenario.now_ns(), 0, HT_QUOTA, 0};
    record.cgroup_id = kGroup;
    record.quota_ns = 30 * kMs;
    record.period_ns = 100 * kMs;
    record.periods = periods;
    record.throttled = throttled;
    record.throttled_ns = throttled_ns;
    scenario.add(record);
  }
  void throttled(std::uint32_t tid) {
    scenario.add(ht_quota_wait{{scenario.now_ns(), tid, HT_QUOTA_WAIT, 0}, kGroup, 1, 0});
  }
  QuotaGroup play() {
    for (; played < scenario.records().size(); played++) {
      const std::optional<Event> event = decode(scenario.records().at(played));
      EXPECT_TRUE(event);
      feed(tasks, *event);
      feed(tracker, *event);
    }
    const auto groups = tracker.groups();
    return groups.contains(kGroup) ? groups.at(kGroup) : QuotaGroup{};
  }

  StreamBuilder scenario;
  TaskTable tasks;
  QuotaTracker tracker{tasks};
  std::size_t played = 0;
};

TEST_F(QuotaTrackerTest, CountersAreTheirGrowthInTheInterval) {
  quota(100, 90, 500 * kMs);
  scenario.at(200 * kMs);
  quota(102, 91, 570 * kMs);
  const QuotaGroup group = play();
  EXPECT_EQ(group.periods, 2U);
  EXPECT_EQ(group.throttled_periods, 1U);
  EXPECT_EQ(group.throttled_ns, 70 * kMs);
  EXPECT_FALSE(group.has_bursts);
  tracker.begin_interval(200 * kMs);
  EXPECT_EQ(play().periods, 0U);
}

// Two CPUs read the counters at about the same time.
TEST_F(QuotaTrackerTest, AnOlderRecordThatComesLateChangesNothing) {
  quota(100, 90, 500 * kMs);
  quota(102, 91, 570 * kMs);
  quota(101, 90, 540 * kMs);
  EXPECT_EQ(play().periods, 2U);
  EXPECT_EQ(play().throttled_ns, 70 * kMs);
}

TEST_F(QuotaTrackerTest, ATaskWaitsFromWhereItLostTheCpuToItsNextRun) {
  quota(100, 90, 500 * kMs);
  scenario.at(10 * kMs);
  throttled(kTask);
  scenario.at(80 * kMs).switches({.from = 0, .to = kTask, .wait_ns = 70 * kMs});
  const QuotaGroup group = play();
  EXPECT_EQ(group.waits.count, 1U);
  EXPECT_EQ(group.waits.ns, 70 * kMs);
  EXPECT_EQ(group.waits.max_ns, 70 * kMs);
  EXPECT_EQ(group.tasks, 1U);
}

TEST_F(QuotaTrackerTest, AWaitThatGoesOnIsDividedBetweenIntervals) {
  quota(100, 90, 500 * kMs);
  scenario.at(10 * kMs);
  throttled(kTask);
  play();
  tracker.settle(50 * kMs);
  EXPECT_EQ(play().waits.ns, 40 * kMs);
  EXPECT_EQ(play().waits.count, 0U);
  tracker.begin_interval(50 * kMs);
  scenario.at(80 * kMs).switches({.from = 0, .to = kTask, .wait_ns = 70 * kMs});
  EXPECT_EQ(play().waits.ns, 30 * kMs);
  EXPECT_EQ(play().waits.count, 1U);
  EXPECT_EQ(play().waits.max_ns, 70 * kMs);
}

TEST_F(QuotaTrackerTest, AfterALossAWaitIsNotGuessed) {
  quota(100, 90, 500 * kMs);
  scenario.at(10 * kMs);
  throttled(kTask);
  scenario.at(20 * kMs).lost(HT_SWITCH, 1, 30 * kMs);
  scenario.at(80 * kMs).switches({.from = 0, .to = kTask, .wait_ns = kMs});
  EXPECT_EQ(play().waits.count, 0U);
  EXPECT_FALSE(play().pressure.some_ns);
}

// The group's task runs for 30 ms, and waits for 70 ms: some and full are 70 ms.
TEST_F(QuotaTrackerTest, PressureComesFromTheSwitches) {
  quota(100, 90, 500 * kMs);
  scenario.at(10 * kMs).switches({.from = 0, .to = kTask});
  scenario.at(40 * kMs).switches({.from = kTask, .to = 0});
  scenario.at(110 * kMs).switches({.from = 0, .to = kTask, .wait_ns = 70 * kMs});
  const QuotaGroup group = play();
  ASSERT_TRUE(group.pressure.some_ns);
  EXPECT_EQ(*group.pressure.some_ns, 70 * kMs);
  EXPECT_EQ(*group.pressure.full_ns, 70 * kMs);
  EXPECT_FALSE(group.pressure.kernel_some_ns);
}

TEST_F(QuotaTrackerTest, AForgottenTasksWaitsStayInTheGroup) {
  quota(100, 90, 500 * kMs);
  scenario.at(10 * kMs);
  throttled(kTask);
  scenario.at(80 * kMs).switches({.from = 0, .to = kTask, .wait_ns = 70 * kMs});
  play();
  tracker.fold(tasks.find(kTask));
  EXPECT_EQ(play().waits.ns, 70 * kMs);
  ASSERT_EQ(tracker.waits().size(), 1U);
  EXPECT_EQ(tracker.waits()[0].task, kNoTask);
}

}  // namespace
}  // namespace hoodtrace
