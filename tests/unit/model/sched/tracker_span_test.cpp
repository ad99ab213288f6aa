// SPDX-License-Identifier: GPL-2.0-or-later
// Where a task's span begins and ends: snapshots of the kernel's counters that race with switches.
// Whatever the race, the sum must equal the growth of run_delay.

#include <gtest/gtest.h>

#include "model/sched/tracker.hpp"
#include "support/sched_replay.hpp"

namespace hoodtrace {
namespace {

void expect_equal_counters(const SchedReplay& replay, std::uint64_t wait_ns, const char* when) {
  const SchedAudit audit = replay.tracker.audit();
  EXPECT_EQ(audit.kernel_run_delay_ns, wait_ns) << when;
  EXPECT_EQ(audit.wait_ns, wait_ns) << when;
  EXPECT_EQ(audit.involuntary_switches, audit.kernel_involuntary_switches) << when;
}

TEST(SchedSpan, OnlyTheGrowthOfTheCountersCounts) {
  StreamBuilder scenario;
  scenario.session();
  scenario.kernel(10) = {{.on_cpu = true}, 7000, 40, 50};
  scenario.seen(10, scenario.kernel(10).who);
  scenario.at(2000).switches({.from = 10, .to = 0});
  scenario.at(2500).switches({.from = 0, .to = 10, .wait_ns = 300}).counters(10);
  const SchedReplay replay(scenario);
  expect_equal_counters(replay, 300, "whole span");
  EXPECT_EQ(replay.tracker.audit().involuntary_switches, 1U);
}

// The switch's record is older than the snapshot, but the kernel added the wait after the snapshot.
TEST(SchedSpan, AnEarlierSwitchInMissingInTheFirstSnapshotIsInTheSpan) {
  StreamBuilder scenario;
  scenario.session();
  scenario.at(1500).switches({.from = 0, .to = 10, .wait_ns = 300});
  scenario.kernel(10).run_delay_ns = 0;  // the wait was not yet added when it was read
  scenario.at(1501).seen(10, {.on_cpu = true});
  scenario.kernel(10).run_delay_ns = 300;
  scenario.at(3000).counters(10);
  const SchedReplay replay(scenario);
  expect_equal_counters(replay, 300, "booked after the snapshot");
  EXPECT_EQ(replay.of(10).wait_ns, 300U);
  EXPECT_EQ(replay.of(10).behind.total_ns(), 300U);
}

TEST(SchedSpan, AnEarlierSwitchInContainedInTheFirstSnapshotIsOutsideTheSpan) {
  StreamBuilder scenario;
  scenario.session();
  scenario.at(1500).switches({.from = 0, .to = 10, .wait_ns = 300});
  scenario.at(1600).seen(10, {.on_cpu = true}).at(3000).counters(10);
  const SchedReplay replay(scenario);
  expect_equal_counters(replay, 0, "booked before the snapshot");
  EXPECT_EQ(replay.of(10).wait_ns, 0U);
}

// The snapshot's time was taken before its fields were read: it holds a switch that is later.
TEST(SchedSpan, ALaterSwitchContainedInTheFirstSnapshotIsOutsideTheSpan) {
  StreamBuilder scenario;
  scenario.session();
  scenario.kernel(10) = {{.on_cpu = true}, 300, 0, 1};
  scenario.at(1500).seen(10, scenario.kernel(10).who);
  scenario.kernel(10) = {{.on_cpu = true}, 0, 0, 0};
  scenario.at(1501).switches({.from = 10, .to = 11});
  scenario.at(1502).switches({.from = 11, .to = 10, .wait_ns = 300});
  scenario.at(3000).counters(10);
  const SchedReplay replay(scenario);
  expect_equal_counters(replay, 0, "held by the first snapshot");
  EXPECT_EQ(replay.of(10).wait_ns, 0U);
  EXPECT_EQ(replay.of(10).involuntary_switches, 0U);
}

TEST(SchedSpan, AnEarlierSwitchOutMissingInTheFirstSnapshotIsInTheSpan) {
  StreamBuilder scenario;
  scenario.session().at(1400).switches({.from = 0, .to = 10});
  scenario.at(1500).switches({.from = 10, .to = 0});
  scenario.kernel(10).nivcsw = 0;
  scenario.at(1501).seen(10, {.queued = true});
  scenario.kernel(10).nivcsw = 1;
  scenario.at(3000).counters(10);
  const SchedReplay replay(scenario);
  EXPECT_EQ(replay.tracker.audit().kernel_involuntary_switches, 1U);
  EXPECT_EQ(replay.tracker.audit().involuntary_switches, 1U);
}

TEST(SchedSpan, ASwitchInMissingInTheLastSnapshotIsNotInTheAudit) {
  StreamBuilder scenario;
  scenario.session().seen(10, {.on_cpu = true});
  scenario.at(2000).switches({.from = 10, .to = 0});
  scenario.at(2500).switches({.from = 0, .to = 10, .wait_ns = 500});
  scenario.kernel(10).run_delay_ns = 0;
  scenario.at(2501).counters(10);
  const SchedReplay replay(scenario);
  expect_equal_counters(replay, 0, "booked after the last snapshot");
  EXPECT_EQ(replay.of(10).wait_ns, 500U) << "the report still has the wait that was seen";
}

TEST(SchedSpan, ALaterSwitchContainedInTheLastSnapshotIsInTheAudit) {
  StreamBuilder scenario;
  scenario.session().seen(10, {.on_cpu = true});
  scenario.at(2000).switches({.from = 10, .to = 11});
  const KernelCounters before = scenario.kernel(10);
  scenario.kernel(10).run_delay_ns = 500;  // the snapshot's time is 2400, but it was read later
  scenario.at(2400).counters(10);
  scenario.kernel(10) = before;
  scenario.at(2500).switches({.from = 11, .to = 10, .wait_ns = 500});
  scenario.at(2600).switches({.from = 10, .to = 11});
  const SchedReplay replay(scenario);
  expect_equal_counters(replay, 500, "held by the last snapshot");
  EXPECT_EQ(replay.tracker.audit().involuntary_switches, 1U) << "the later one is not in them";
}

TEST(SchedSpan, AnEndAfterASnapshotOfCountersExtendsTheSpan) {
  StreamBuilder scenario;
  scenario.session().seen(10, {.on_cpu = true});
  scenario.at(2000).switches({.from = 10, .to = 11}).at(2100).counters(10);
  scenario.at(2500).switches({.from = 11, .to = 10, .wait_ns = 500});
  scenario.at(2600).switches({.from = 10, .to = 11});
  scenario.at(2900).switches({.from = 11, .to = 10, .wait_ns = 300});
  scenario.at(3000).switches({.from = 10, .to = 0, .state = kDead}).ends(10);
  const SchedReplay replay(scenario);
  expect_equal_counters(replay, 800, "counters, then the end");
  EXPECT_EQ(replay.tracker.audit().involuntary_switches, 2U);
}

TEST(SchedSpan, IntervalsTogetherEqualTheCountersHoweverTheTicksFall) {
  // Switches between the counters of a tick and the tick itself: the report has them in the
  // interval before, the counters in the interval after.
  StreamBuilder scenario;
  SchedReplay replay;
  scenario.at(1000).session().seen(10, {.on_cpu = true});
  std::uint64_t now_ns = 2000;
  std::uint64_t ours_ns = 0;
  std::uint64_t kernels_ns = 0;
  std::uint64_t reported_ns = 0;
  std::uint64_t ours_involuntary = 0;
  std::uint64_t kernels_involuntary = 0;
  const auto turn = [&](std::uint64_t wait_ns) {
    scenario.at(now_ns += 100).switches({.from = 10, .to = 11});
    scenario.at(now_ns += wait_ns).switches({.from = 11, .to = 10, .wait_ns = wait_ns});
  };
  for (std::uint64_t interval = 1; interval <= 5; interval++) {
    turn(100 * interval);
    scenario.at(now_ns += 10).counters(10);
    turn(7 * interval);
    scenario.at(now_ns += 10).tick();
    replay.play(scenario);
    replay.tracker.settle(now_ns);
    const SchedAudit audit = replay.tracker.audit();
    EXPECT_EQ(audit.wait_ns, audit.kernel_run_delay_ns) << "interval " << interval;
    EXPECT_EQ(audit.involuntary_switches, audit.kernel_involuntary_switches);
    ours_ns += audit.wait_ns;
    kernels_ns += audit.kernel_run_delay_ns;
    ours_involuntary += audit.involuntary_switches;
    kernels_involuntary += audit.kernel_involuntary_switches;
    reported_ns += replay.of(10).wait_ns;
    replay.tracker.begin_interval(now_ns);
  }
  EXPECT_EQ(kernels_ns, 100U * 15 + 7U * 10) << "all but the last after-counters turn";
  EXPECT_EQ(ours_ns, kernels_ns);
  EXPECT_EQ(ours_involuntary, kernels_involuntary);
  EXPECT_EQ(reported_ns, 107U * 15);
}

TEST(SchedSpan, AWaitThatRacedWithATicksCountersIsAuditedInTheNextInterval) {
  StreamBuilder scenario;
  SchedReplay replay;
  scenario.session().seen(10, {.on_cpu = true});
  scenario.at(2000).switches({.from = 10, .to = 11});
  scenario.at(2500).switches({.from = 11, .to = 10, .wait_ns = 500});
  scenario.kernel(10).run_delay_ns = 0;
  scenario.at(2501).counters(10).tick();
  scenario.kernel(10).run_delay_ns = 500;
  replay.play(scenario);
  expect_equal_counters(replay, 0, "first interval");
  replay.tracker.begin_interval(2501);
  scenario.at(3000).counters(10);
  replay.play(scenario);
  expect_equal_counters(replay, 500, "second interval");
}

TEST(SchedSpan, AnIntervalStartsAtZeroAndKeepsOpenWaits) {
  StreamBuilder scenario;
  scenario.at(1000).session().seen(10, {.on_cpu = true}).at(2000).counters(10).tick();
  SchedReplay replay(scenario);
  replay.tracker.settle(2000);
  EXPECT_EQ(replay.of(10).on_cpu_ns, 1000U);
  replay.tracker.begin_interval(2000);
  EXPECT_EQ(replay.of(10).on_cpu_ns, 0U);
  scenario.at(2300).switches({.from = 10, .to = 0, .state = kSleeping});
  replay.play(scenario);
  EXPECT_EQ(replay.of(10).on_cpu_ns, 300U);
  EXPECT_EQ(replay.tracker.span_start_ns(), 2000U);
}

TEST(SchedSpan, CountersThatWrapAt32BitsAreStillInOrder) {
  StreamBuilder scenario;
  scenario.session();
  scenario.kernel(10) = {{.on_cpu = true}, 0, 0xfffffffe, 0xfffffffe};
  scenario.seen(10, scenario.kernel(10).who);
  for (std::uint64_t i = 0; i < 5; i++) {
    scenario.at(2000 + 200 * i).switches({.from = 10, .to = 0});
    scenario.at(2100 + 200 * i).switches({.from = 0, .to = 10, .wait_ns = 100});
  }
  scenario.counters(10);
  const SchedReplay replay(scenario);
  const SchedAudit audit = replay.tracker.audit();
  EXPECT_EQ(audit.involuntary_switches, 5U);
  EXPECT_EQ(audit.kernel_involuntary_switches, 5U);
}

TEST(SchedSpan, AFoldedTaskStaysInTheAudit) {
  StreamBuilder scenario;
  scenario.session().at(1500).born(20, {.start_ns = 1500});
  scenario.at(2000).switches({.from = 0, .to = 20, .wait_ns = 111});
  scenario.at(2100).switches({.from = 20, .to = 0, .state = kDead}).ends(20);
  SchedReplay replay(scenario);
  replay.tracker.fold(replay.tasks.find(20));
  expect_equal_counters(replay, 111, "folded");
  EXPECT_EQ(replay.tracker.audit().tasks, 1U);
}

TEST(SchedSpan, ATaskWithoutCountersAtBothEndsIsCountedAsLeftOut) {
  StreamBuilder scenario;
  scenario.session().switches({.from = 0, .to = 10, .wait_ns = 5});
  const SchedReplay replay(scenario);
  EXPECT_EQ(replay.tracker.audit().tasks, 0U);
  EXPECT_EQ(replay.tracker.audit().without_counters, 1U);
}

TEST(SchedSpan, AKernelWithoutCountersIsNotComparedWithZero) {
  StreamBuilder scenario;
  scenario.without_sched_info().session(HT_SESSION_WHOLE | HT_SESSION_WAKERS);
  scenario.seen(10, {.on_cpu = true});
  scenario.at(2000).switches({.from = 10, .to = 0}).at(2500).switches({.from = 0, .to = 10});
  scenario.counters(10);
  const SchedReplay replay(scenario);
  EXPECT_EQ(replay.of(10).wait_ns, 500U);
  EXPECT_FALSE(replay.tracker.audit().run_delay_known);
}

}  // namespace
}  // namespace hoodtrace
