// SPDX-License-Identifier: GPL-2.0-or-later
// Time on CPU is the growth of the kernel's own count, whatever switches were shown.
#include <gtest/gtest.h>

#include "model/sched/on_cpu.hpp"
#include "support/sched_replay.hpp"

namespace hoodtrace {
namespace {

constexpr std::uint64_t kMs = 1'000'000;

StreamBuilder three_tasks(std::uint32_t flags = HT_SESSION_WHOLE | HT_SESSION_EXACT) {
  StreamBuilder scenario;
  scenario.at(1000 * kMs).session(flags);
  for (const std::uint32_t tid : {10U, 11U, 12U}) scenario.seen(tid, {.state = kSleeping});
  scenario.with_runtimes();
  return scenario;
}

void expect_equal_audit(const SchedTracker& tracker, std::uint64_t on_cpu_ns) {
  const SchedAudit audit = tracker.audit();
  EXPECT_TRUE(audit.exec_runtime_known);
  EXPECT_EQ(audit.on_cpu_ns, on_cpu_ns);
  EXPECT_EQ(audit.kernel_exec_runtime_ns, on_cpu_ns);
  EXPECT_EQ(audit.involuntary_switches, audit.kernel_involuntary_switches);
}

TEST(SchedOnCpu, IsTheGrowthOfSumExecRuntime) {
  StreamBuilder scenario = three_tasks();
  scenario.at(1001 * kMs).switches({.from = 0, .to = 10});
  scenario.at(1004 * kMs).switches({.from = 10, .to = 11});
  scenario.at(1006 * kMs).switches({.from = 11, .to = 0, .state = kSleeping});
  for (const std::uint32_t tid : {10U, 11U}) scenario.counters(tid);
  const SchedReplay replay(scenario);
  EXPECT_EQ(replay.of(10).on_cpu_ns, 3 * kMs);
  EXPECT_EQ(replay.of(11).on_cpu_ns, 2 * kMs);
  expect_equal_audit(replay.tracker, 5 * kMs);
  EXPECT_EQ(replay.tracker.audit().unreported_on_cpu_ns, 0U);
}

// 10 runs, leaves unseen to 11, which is seen leaving; 10's next switch-out has its unseen run.
TEST(SchedOnCpu, AnUnreportedSwitchIsRepaired) {
  StreamBuilder scenario = three_tasks();
  scenario.at(1001 * kMs).switches({.from = 0, .to = 10});
  scenario.at(1008 * kMs).hides({.from = 10, .to = 11, .state = kSleeping});
  scenario.at(1010 * kMs).switches({.from = 11, .to = 0, .state = kSleeping});
  scenario.at(1020 * kMs).switches({.from = 0, .to = 10});
  scenario.at(1021 * kMs).switches({.from = 10, .to = 0, .state = kSleeping});
  for (const std::uint32_t tid : {10U, 11U}) scenario.counters(tid);
  const SchedReplay replay(scenario);
  EXPECT_EQ(replay.of(10).on_cpu_ns, 8 * kMs);
  EXPECT_EQ(replay.of(11).on_cpu_ns, 2 * kMs);
  expect_equal_audit(replay.tracker, 10 * kMs);
  EXPECT_EQ(replay.tracker.audit().unreported_on_cpu_ns, 9 * kMs);
  EXPECT_EQ(replay.of(10).voluntary_switches, 2U);
  EXPECT_EQ(replay.of(10).runs, 2U);
  EXPECT_EQ(replay.unshown(), 2U) << "10 left, 11 came";
}

// 10 waits for 4 ms and comes unseen; its run_delay tells of that wait when it comes after a sleep of 1 s.
TEST(SchedOnCpu, TheWaitForAnUnreportedRunIsNotOfTheSleepAfterIt) {
  StreamBuilder scenario = three_tasks();
  scenario.at(1001 * kMs).switches({.from = 0, .to = 10});
  scenario.at(1002 * kMs).switches({.from = 10, .to = 0, .state = kSleeping});
  scenario.at(1010 * kMs).hides({.from = 0, .to = 10, .wait_ns = 4 * kMs});
  scenario.at(1012 * kMs).switches({.from = 10, .to = 0, .state = kSleeping});
  scenario.at(2013 * kMs).switches({.from = 0, .to = 10, .wait_ns = kMs});
  scenario.at(2014 * kMs).switches({.from = 10, .to = 0, .state = kSleeping});
  scenario.at(2017 * kMs).switches({.from = 0, .to = 10, .wait_ns = kMs});
  const SchedReplay replay(scenario);
  EXPECT_EQ(replay.of(10).wait_ns, 6 * kMs);
  EXPECT_EQ(replay.of(10).sleep_ns, 1003 * kMs) << "1, 1000 and 2";
}

// Both switches around a run of 10 are missing: only its counters know.
TEST(SchedOnCpu, AnUnreportedRunIsCountedByTheCounters) {
  StreamBuilder scenario = three_tasks(HT_SESSION_EXACT);
  scenario.at(1001 * kMs).switches({.from = 0, .to = 10, .from_traced = false});
  scenario.at(1002 * kMs).switches({.from = 10, .to = 0, .state = kSleeping, .to_traced = false});
  scenario.at(1005 * kMs).hides({.from = 0, .to = 10});
  scenario.at(1009 * kMs).hides({.from = 10, .to = 0});
  scenario.at(1020 * kMs).switches({.from = 0, .to = 10, .from_traced = false});
  scenario.at(1021 * kMs).switches({.from = 10, .to = 0, .state = kSleeping, .to_traced = false});
  scenario.counters(10);
  const SchedReplay replay(scenario);
  EXPECT_EQ(replay.of(10).on_cpu_ns, 6 * kMs);
  EXPECT_EQ(replay.of(10).voluntary_switches, 2U);
  EXPECT_EQ(replay.of(10).involuntary_switches, 1U);
  EXPECT_EQ(replay.of(10).runs, 3U);
  EXPECT_EQ(replay.unshown(), 2U);
  expect_equal_audit(replay.tracker, 6 * kMs);
}

// The last thing that a task does may be unseen too: the snapshot at the end has it.
TEST(SchedOnCpu, TheSnapshotAtTheEndRepairsTheLastRun) {
  StreamBuilder scenario = three_tasks();
  scenario.at(1000 * kMs).switches({.from = 0, .to = 11});
  scenario.at(1001 * kMs).switches({.from = 11, .to = 10, .state = kSleeping});
  scenario.at(1007 * kMs).hides({.from = 10, .to = 0, .state = kSleeping});
  scenario.at(1050 * kMs).counters(10);
  SchedReplay replay(scenario);
  replay.tracker.settle(1050 * kMs);
  EXPECT_EQ(replay.of(10).on_cpu_ns, 6 * kMs) << "and not the 49 ms until the report";
  expect_equal_audit(replay.tracker, 6 * kMs);
}

TEST(SchedOnCpu, AReportWhileItRunsCountsEachMomentOnce) {
  StreamBuilder scenario = three_tasks();
  scenario.at(1001 * kMs).switches({.from = 0, .to = 10});
  SchedReplay replay(scenario);
  replay.tracker.settle(1005 * kMs);
  EXPECT_EQ(replay.of(10).on_cpu_ns, 4 * kMs);
  replay.tracker.begin_interval(1005 * kMs);
  scenario.at(1007 * kMs).switches({.from = 10, .to = 0, .state = kSleeping});
  replay.play(scenario);
  EXPECT_EQ(replay.of(10).on_cpu_ns, 2 * kMs);
}

// Five seconds without a switch: more than the low half of the count can say.
TEST(SchedOnCpu, ALongRunIsCountedWhole) {
  StreamBuilder scenario = three_tasks();
  scenario.at(1001 * kMs).switches({.from = 0, .to = 10});
  scenario.at(10'001 * kMs).switches({.from = 10, .to = 0, .state = kSleeping});
  scenario.counters(10);
  const SchedReplay replay(scenario);
  EXPECT_EQ(replay.of(10).on_cpu_ns, 9000 * kMs);
  expect_equal_audit(replay.tracker, 9000 * kMs);
}

TEST(SchedOnCpu, WithoutTheCountARunIsFromSwitchToSwitch) {
  StreamBuilder scenario;
  scenario.at(1000 * kMs).session().seen(10, {.state = kSleeping});
  scenario.at(1001 * kMs).switches({.from = 0, .to = 10});
  scenario.at(1004 * kMs).switches({.from = 10, .to = 0, .state = kSleeping});
  scenario.counters(10);
  const SchedReplay replay(scenario);
  EXPECT_EQ(replay.of(10).on_cpu_ns, 3 * kMs);
  EXPECT_FALSE(replay.tracker.audit().exec_runtime_known);
}

// A thread executes: between its leader's end and the record of the exec its counters come under the
// leader's tid.
TEST(SchedOnCpu, CountersUnderTheTidOfAnEndedTaskAreNotItsOwn) {
  StreamBuilder scenario = three_tasks();
  scenario.at(1001 * kMs).switches({.from = 0, .to = 10});
  scenario.at(1004 * kMs).switches({.from = 10, .to = 0, .state = kDead}).ends(10);
  scenario.kernel(10).on_cpu_ns = 1 * kMs;
  scenario.at(1005 * kMs).counters(10);
  const SchedReplay replay(scenario);
  expect_equal_audit(replay.tracker, 3 * kMs);
}

// A task that runs when the span begins: its count is of the last tick, 3 ms before.
TEST(OnCpuTime, WhatACountLacksAtTheBeginningIsNotInTheSpan) {
  constexpr std::uint64_t kBegin = 5000 * kMs;
  constexpr std::uint32_t kCount = 1000 * kMs;
  OnCpuTime time;
  time.begin_span(kCount, kBegin, true);
  EXPECT_EQ(time.leave(kCount + 8 * kMs, 5 * kMs, true, kBegin + 5 * kMs), 5 * kMs);
  EXPECT_EQ(time.counted_ns(), 5 * kMs);
  EXPECT_EQ(time.before_span_ns(), 3 * kMs);
  // Later runs are compared as they are: 1 ms that the clock did not see is no one's past.
  EXPECT_EQ(time.leave(kCount + 11 * kMs, 2 * kMs, true, kBegin + 9 * kMs), 2 * kMs);
  EXPECT_EQ(time.counted_ns(), 8 * kMs);
  EXPECT_EQ(time.before_span_ns(), 3 * kMs);
}

// The first run lacks a switch: its length by the clock is not known, so neither is the count's age.
TEST(OnCpuTime, AnIncompleteFirstRunDoesNotTellHowOldTheCountWas) {
  OnCpuTime time;
  time.begin_span(1000 * kMs, 5000 * kMs, true);
  EXPECT_EQ(time.leave(1008 * kMs, 5 * kMs, false, 5020 * kMs), 8 * kMs);
  EXPECT_EQ(time.counted_ns(), 8 * kMs);
  EXPECT_EQ(time.before_span_ns(), 0U);
}

// An interval ends 1 ms into the first run, by counts of two ticks; the run ends just after it.
TEST(OnCpuTime, ACountReadBeforeTheEndOfTheFirstRunIsTheBeginningOfTheNext) {
  constexpr std::uint64_t kBegin = 5000 * kMs;
  constexpr std::uint32_t kCount = 1000 * kMs;
  OnCpuTime time;
  time.begin_span(kCount, kBegin, true);
  time.go_on(1 * kMs);
  time.end_span(kCount + 4 * kMs, true, kBegin + 1 * kMs);
  EXPECT_EQ(time.counted_ns(), 4 * kMs);
  time.begin_interval();
  EXPECT_EQ(time.leave(kCount + 5 * kMs, 1 * kMs, true, kBegin + 2 * kMs), 1 * kMs);
  EXPECT_EQ(time.counted_ns(), 1 * kMs);
  EXPECT_EQ(time.before_span_ns(), 0U);
}

}  // namespace
}  // namespace hoodtrace
