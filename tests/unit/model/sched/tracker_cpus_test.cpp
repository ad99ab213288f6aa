// SPDX-License-Identifier: GPL-2.0-or-later
// CPUs on which no switch happens: idle all the time, or busy with one task.

#include <gtest/gtest.h>

#include "support/sched_replay.hpp"

namespace hoodtrace {
namespace {

StreamBuilder begins_with_cpus(std::string_view online) {
  ht_session session{};
  session.head = {1'000, 0, HT_SESSION, HT_NO_CPU};
  session.flags = HT_SESSION_WHOLE | HT_SESSION_EXACT | HT_SESSION_IOWAIT;
  RecordBuffer one;
  one.add(session, std::string("cpus_online") + '\0' + std::string(online) + '\0');
  StreamBuilder scenario;
  scenario.raw(one.at(0).head, one.at(0).bytes);
  return scenario;
}

TEST(SchedCpus, OnlineCpuWithoutASwitchIsIdleOrRunsTheTaskThatTheScanSaw) {
  StreamBuilder scenario = begins_with_cpus("0-1,3");
  scenario.at(1'000).on_cpu(1).seen(10, {.comm = "spinner", .state = kRunnable, .on_cpu = true});
  SchedReplay replay(scenario);
  replay.tracker.settle(5'000);
  const auto& cpus = replay.tracker.cpus();
  ASSERT_EQ(cpus.size(), 4U);
  EXPECT_EQ(cpus[0].idle_ns, 4'000U);
  EXPECT_EQ(cpus[0].busy_ns, 0U);
  EXPECT_EQ(cpus[1].idle_ns, 0U);
  EXPECT_EQ(cpus[1].busy_ns, 4'000U);
  EXPECT_EQ(cpus[1].queue_ns, 4'000U);
  EXPECT_FALSE(cpus[2].seen) << "not online";
  EXPECT_EQ(cpus[3].idle_ns, 4'000U);
}

TEST(SchedCpus, TheIntervalsOfACpuAddUpWhenItsFirstSwitchComesLate) {
  StreamBuilder scenario = begins_with_cpus("0");
  scenario.at(1'000).seen(10, {.comm = "a"});
  SchedReplay replay(scenario);
  replay.tracker.settle(3'000);
  EXPECT_EQ(replay.tracker.cpus()[0].idle_ns, 2'000U);
  replay.tracker.begin_interval(3'000);
  scenario.at(3'500).switches({.from = 0, .to = 10, .wait_ns = 100});
  replay.play(scenario);
  replay.tracker.settle(5'000);
  EXPECT_EQ(replay.tracker.cpus()[0].idle_ns, 500U);
  EXPECT_EQ(replay.tracker.cpus()[0].busy_ns, 1'500U);
}

TEST(SchedCpus, CpuThatComesOnlineCountsFromThen) {
  StreamBuilder scenario = begins_with_cpus("0");
  ht_cpu record{};
  record.head = {2'000, 0, HT_CPU, 1};
  record.online = 1;
  scenario.raw(&record, sizeof(record));
  SchedReplay replay(scenario);
  replay.tracker.settle(5'000);
  ASSERT_EQ(replay.tracker.cpus().size(), 2U);
  EXPECT_EQ(replay.tracker.cpus()[1].idle_ns, 3'000U);
}

TEST(SchedCpus, AfterALossNothingIsSaidOfACpuUntilItsNextSwitch) {
  StreamBuilder scenario = begins_with_cpus("0-1");
  scenario.at(2'000).on_cpu(1).lost(HT_SWITCH, 3, 2'500);
  SchedReplay replay(scenario);
  replay.tracker.settle(5'000);
  EXPECT_FALSE(replay.tracker.cpus()[1].seen);
  EXPECT_EQ(replay.tracker.cpus()[0].idle_ns, 4'000U);
}

// Before its exec it is hoodtrace's own child.
TEST(SchedCpus, WhatTheCommandDoesBeforeItsExecIsOfNoCpu) {
  StreamBuilder scenario;
  scenario.at(1'000).session(HT_SESSION_EXACT | HT_SESSION_IOWAIT);
  scenario.seen(10, {.parent_pid = 999, .comm = "hoodtrace"});
  scenario.at(2'000).switches({.from = 0, .to = 10, .wait_ns = 300});
  scenario.at(2'500).counters(10).execs(10, 10, true);
  scenario.at(4'000).switches({.from = 10, .to = 0, .state = kSleeping});
  scenario.at(5'000).switches({.from = 0, .to = 10, .wait_ns = 70});
  scenario.at(5'200).switches({.from = 10, .to = 0, .state = kSleeping});
  const SchedReplay replay(scenario);
  const SchedStats& here = replay.tracker.cpus()[0].stats;
  const SchedStats& task = replay.of(10);
  EXPECT_EQ(task.wait_ns, 70U);
  EXPECT_EQ(here.wait_ns, task.wait_ns);
  EXPECT_EQ(here.wait_count, task.wait_count);
  EXPECT_EQ(task.on_cpu_ns, 1'700U);
  EXPECT_EQ(here.on_cpu_ns, task.on_cpu_ns);
  EXPECT_EQ(task.runs, 2U);
  EXPECT_EQ(here.runs, task.runs);
}

}  // namespace
}  // namespace hoodtrace
