// SPDX-License-Identifier: GPL-2.0-or-later
// A task that is moved in its sleep: the kernel begins its wait there (docs/kernel-notes.md, 137).

#include "model/sched/slept_waits.hpp"

#include <gtest/gtest.h>

#include "support/sched_replay.hpp"

namespace hoodtrace {
namespace {

constexpr std::uint64_t kMs = 1'000'000;

// 10 ran, and falls asleep on CPU 0 at 10 ms.
StreamBuilder asleep(std::uint32_t flags = HT_SESSION_WHOLE | HT_SESSION_EXACT) {
  StreamBuilder scenario;
  scenario.session(flags).seen(10, {.on_cpu = true});
  scenario.at(10 * kMs).switches({.from = 10, .to = 11, .state = kSleeping});
  return scenario;
}

void expect_exact(const SchedReplay& replay) {
  const SchedAudit audit = replay.tracker.audit();
  EXPECT_EQ(audit.wait_ns, audit.kernel_run_delay_ns);
}

TEST(SleptWaits, BeginWithTheWakeUp) {
  StreamBuilder scenario = asleep();
  scenario.at(12 * kMs).migrates(10, 1, 0, HT_MIGRATE_ASLEEP);
  scenario.at(500 * kMs).on_cpu(1).waking(10, 12);
  scenario.at(503 * kMs).switches({.from = 12, .to = 10, .wait_ns = 491 * kMs});
  scenario.at(510 * kMs).switches({.from = 10, .to = 12, .state = kSleeping});
  scenario.at(520 * kMs).switches({.from = 12, .to = 10, .wait_ns = 2 * kMs});
  scenario.counters(10);
  const SchedReplay replay(scenario);
  EXPECT_EQ(replay.of(10).wait_ns, 5 * kMs);
  EXPECT_EQ(replay.of(10).wait_count, 2U);
  EXPECT_EQ(replay.of(10).sleep_ns, 498 * kMs);
  EXPECT_EQ(replay.account.slept().ns, 488 * kMs);
  EXPECT_EQ(replay.account.slept().unmeasured, 0U);
  expect_exact(replay);
}

TEST(SleptWaits, WithoutTheWakeUpAreNotMeasured) {
  StreamBuilder scenario = asleep();
  scenario.at(12 * kMs).migrates(10, 1, 0, HT_MIGRATE_ASLEEP);
  scenario.at(503 * kMs).on_cpu(1).switches({.from = 12, .to = 10, .wait_ns = 491 * kMs});
  scenario.at(510 * kMs).switches({.from = 10, .to = 12, .state = kSleeping});
  scenario.at(520 * kMs).switches({.from = 12, .to = 10, .wait_ns = 2 * kMs});
  scenario.counters(10);
  const SchedReplay replay(scenario);
  EXPECT_EQ(replay.of(10).wait_ns, 2 * kMs);
  EXPECT_EQ(replay.of(10).wait_count, 1U) << "the other one is absent, not 0";
  EXPECT_EQ(replay.of(10).runs, 2U);
  EXPECT_EQ(replay.of(10).sleep_ns, (493 + 8) * kMs);
  EXPECT_EQ(replay.account.slept().ns, 491 * kMs);
  EXPECT_EQ(replay.account.slept().unmeasured, 1U);
  expect_exact(replay);
}

// The second dequeue adds the time since the first move to run_delay.
TEST(SleptWaits, AreTakenOffWhenItIsMovedTwice) {
  // Its clocks stand a little apart from ours.
  constexpr std::uint64_t kLessNs = 7'000;
  StreamBuilder scenario = asleep();
  scenario.at(12 * kMs).migrates(10, 1, 0, HT_MIGRATE_ASLEEP);
  scenario.at(15 * kMs).on_cpu(1).migrates(10, 0, 0, HT_MIGRATE_ASLEEP);
  scenario.kernel(10).run_delay_ns += 3 * kMs - kLessNs;
  scenario.counters(10);
  scenario.at(100 * kMs).on_cpu(0).waking(10, 12);
  scenario.at(104 * kMs).switches({.from = 12, .to = 10, .wait_ns = 89 * kMs});
  scenario.counters(10);
  const SchedReplay replay(scenario);
  EXPECT_EQ(replay.of(10).wait_ns, 4 * kMs);
  EXPECT_EQ(replay.account.slept().ns, 88 * kMs - kLessNs);
  expect_exact(replay);
}

// And when its wake-up is not recorded; in an interval of its own, and in the run after it.
TEST(SleptWaits, OfOneThatIsMovedTwiceLeaveTheNextWaitAsItIs) {
  StreamBuilder scenario = asleep();
  scenario.at(12 * kMs).migrates(10, 1, 0, HT_MIGRATE_ASLEEP);
  scenario.at(15 * kMs).on_cpu(1).migrates(10, 0, 0, HT_MIGRATE_ASLEEP);
  scenario.kernel(10).run_delay_ns += 3 * kMs - 7'000;
  scenario.at(50 * kMs).counters(10);
  SchedReplay replay(scenario);
  expect_exact(replay);
  replay.tracker.begin_interval(50 * kMs);
  scenario.at(104 * kMs).switches({.from = 12, .to = 10, .wait_ns = 89 * kMs});
  scenario.at(110 * kMs).switches({.from = 10, .to = 12, .state = kSleeping});
  scenario.at(120 * kMs).switches({.from = 12, .to = 10, .wait_ns = 2 * kMs});
  scenario.at(130 * kMs).counters(10);
  replay.play(scenario);
  EXPECT_EQ(replay.of(10).wait_ns, 2 * kMs);
  EXPECT_EQ(replay.account.slept().unmeasured, 1U);
  expect_exact(replay);
}

// Woken at 100 ms, it was moved once more at 102 ms while it waited: that dequeue adds sleep and wait.
TEST(SleptWaits, AreTakenOffWhatTheKernelCountedOnAnotherQueue) {
  StreamBuilder scenario = asleep();
  scenario.at(12 * kMs).migrates(10, 1, 0, HT_MIGRATE_ASLEEP);
  scenario.at(100 * kMs).on_cpu(1).waking(10, 12);
  scenario.at(105 * kMs).on_cpu(0).switches(
      {.from = 12, .to = 10, .wait_ns = 3 * kMs, .elsewhere_ns = 90 * kMs});
  scenario.counters(10);
  const SchedReplay replay(scenario);
  EXPECT_EQ(replay.of(10).wait_ns, 5 * kMs);
  EXPECT_EQ(replay.account.slept().ns, 88 * kMs);
  expect_exact(replay);
}

TEST(SleptWaits, OfASleeperFromBeforeTracingAreSeenByTheScan) {
  StreamBuilder scenario;
  ht_task_seen seen{};
  seen.task.head = {kMs, 10, HT_TASK_SEEN, 0};
  seen.task.pid = 10;
  seen.task.start_boottime_ns = 1;
  seen.task.run_delay_ns = 7 * kMs;
  seen.task.state = kSleeping;
  seen.task.flags = HT_TASK_TRACED | HT_TASK_EXACT | HT_TASK_MOVED_ASLEEP;
  scenario.session(HT_SESSION_WHOLE | HT_SESSION_EXACT).at(kMs).add(seen);
  scenario.kernel(10).run_delay_ns = 7 * kMs;
  scenario.kernel(10).who.start_ns = 1;
  // The kernel's wait began 900 ms before the trace.
  scenario.at(101 * kMs).switches({.from = 0, .to = 10, .wait_ns = 1000 * kMs});
  scenario.counters(10);
  const SchedReplay replay(scenario);
  EXPECT_EQ(replay.of(10).wait_ns, 0U);
  EXPECT_EQ(replay.of(10).wait_count, 0U);
  EXPECT_EQ(replay.of(10).sleep_ns, 100 * kMs);
  EXPECT_EQ(replay.account.slept().unmeasured, 1U);
  expect_exact(replay);
}

// Should a kernel begin the wait with the wake-up, it is right.
TEST(SleptWaits, ThatBeginAfterTheMoveStay) {
  StreamBuilder scenario = asleep();
  scenario.at(12 * kMs).migrates(10, 1, 0, HT_MIGRATE_ASLEEP);
  scenario.at(503 * kMs).on_cpu(1).switches({.from = 12, .to = 10, .wait_ns = 3 * kMs});
  const SchedReplay replay(scenario);
  EXPECT_EQ(replay.of(10).wait_ns, 3 * kMs);
  EXPECT_EQ(replay.account.slept().ns, 0U);
  EXPECT_EQ(replay.account.slept().unmeasured, 0U);
}

TEST(SleptWaits, AMoveInTheQueueIsNoSleep) {
  StreamBuilder scenario = asleep();
  scenario.at(400 * kMs).wakeup(10);
  scenario.at(410 * kMs).migrates(10, 1, HT_MOVE_BALANCE);
  scenario.at(415 * kMs).on_cpu(1).switches(
      {.from = 12, .to = 10, .wait_ns = 5 * kMs, .elsewhere_ns = 10 * kMs});
  const SchedReplay replay(scenario);
  EXPECT_EQ(replay.of(10).wait_ns, 15 * kMs);
  EXPECT_EQ(replay.account.slept().ns, 0U);
}

// Its wait is behind those who ran since the wake-up; who ran during its sleep is not to blame.
TEST(SleptWaits, AreNotBehindWhoRanBefore) {
  StreamBuilder scenario = asleep(HT_SESSION_EXACT);
  scenario.at(12 * kMs).migrates(10, 1, 0, HT_MIGRATE_ASLEEP);
  scenario.at(500 * kMs).on_cpu(1).waking(10, 12);
  scenario.at(503 * kMs).behind(10, {{13, 400 * kMs}, {12, 91 * kMs}});
  scenario.switches({.from = 12, .to = 10, .wait_ns = 491 * kMs});
  const SchedReplay replay(scenario);
  EXPECT_EQ(replay.of(10).wait_ns, 3 * kMs);
  EXPECT_EQ(replay.behind(10), (std::map<std::string, std::uint64_t>{{"(unknown)", 3 * kMs}}));
}

// A run that no switch shows: what the kernel counts since is of two waits and a sleep.
TEST(SleptWaits, OfAHiddenRunAreNotMeasured) {
  StreamBuilder scenario = asleep();
  scenario.at(12 * kMs).migrates(10, 1, 0, HT_MIGRATE_ASLEEP);
  scenario.at(500 * kMs).on_cpu(1).waking(10, 12);
  scenario.at(503 * kMs).hides({.from = 12, .to = 10, .wait_ns = 491 * kMs});
  scenario.at(504 * kMs).switches({.from = 10, .to = 12, .state = kSleeping});
  scenario.at(600 * kMs).switches({.from = 12, .to = 10, .wait_ns = kMs});
  scenario.counters(10);
  const SchedReplay replay(scenario);
  EXPECT_EQ(replay.of(10).wait_ns, 0U);
  EXPECT_EQ(replay.account.slept().unmeasured, 1U);
  EXPECT_EQ(replay.account.slept().ns, 492 * kMs);
  expect_exact(replay);
}

TEST(SleptWaits, AreForgottenWhereSwitchesWereLost) {
  StreamBuilder scenario = asleep();
  scenario.at(12 * kMs).migrates(10, 1, 0, HT_MIGRATE_ASLEEP);
  scenario.at(20 * kMs).lost(HT_SWITCH, 5, 30 * kMs);
  scenario.at(503 * kMs).on_cpu(1).switches({.from = 12, .to = 10, .wait_ns = 3 * kMs});
  const SchedReplay replay(scenario);
  EXPECT_EQ(replay.account.slept().unmeasured, 0U);
  EXPECT_EQ(replay.account.slept().ns, 0U);
}

TEST(SleptWaits, OfATaskThatHasEndedAreNotItsSuccessors) {
  StreamBuilder scenario = asleep();
  scenario.at(12 * kMs).migrates(10, 1, 0, HT_MIGRATE_ASLEEP);
  scenario.at(503 * kMs).on_cpu(1).switches({.from = 12, .to = 10, .wait_ns = 491 * kMs});
  scenario.at(504 * kMs).switches({.from = 10, .to = 12, .state = kDead});
  scenario.ends(10);
  scenario.at(600 * kMs).born(10, {.comm = "next"});
  scenario.at(610 * kMs).switches({.from = 12, .to = 10, .wait_ns = 10 * kMs});
  scenario.counters(10);
  const SchedReplay replay(scenario);
  EXPECT_EQ(replay.of(10).wait_ns, 10 * kMs);
  expect_exact(replay);
}

}  // namespace
}  // namespace hoodtrace
