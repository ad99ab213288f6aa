// SPDX-License-Identifier: GPL-2.0-or-later
// The notes of docs/kernel-notes.md that can be replayed as records: TrapN is note N.

#include <gtest/gtest.h>

#include "model/sched/tracker.hpp"
#include "support/sched_replay.hpp"

namespace hoodtrace {
namespace {

constexpr std::uint32_t kWithWakers = HT_SESSION_WHOLE | HT_SESSION_EXACT | HT_SESSION_WAKERS;
constexpr std::uint32_t kFallback = HT_SESSION_WHOLE | HT_SESSION_WAKERS;

TEST(SchedTraps, Trap02_PreemptedOnReturnToUserIsRunnable) {
  StreamBuilder scenario;
  scenario.session().seen(10, {.on_cpu = true});
  scenario.at(2000).switches({.from = 10, .to = 0, .state = kRunnable, .preempt = false});
  scenario.at(2500).switches({.from = 0, .to = 10, .wait_ns = 500});
  const SchedReplay replay(scenario);
  EXPECT_EQ(replay.of(10).involuntary_switches, 1U);
  EXPECT_EQ(replay.of(10).wait_preempted_ns, 500U);
  EXPECT_EQ(replay.of(10).sleep_ns, 0U);
}

TEST(SchedTraps, Trap02_PreemptedAfterSetCurrentStateIsStillQueued) {
  for (const std::uint16_t state : {kSleeping, kDiskSleep, kStopped}) {
    StreamBuilder scenario;
    scenario.session().seen(10, {.on_cpu = true});
    scenario.at(2000).switches({.from = 10, .to = 0, .state = state, .preempt = true});
    scenario.at(2500).switches({.from = 0, .to = 10, .wait_ns = 500});
    const SchedReplay replay(scenario);
    EXPECT_EQ(replay.of(10).involuntary_switches, 1U) << state;
    EXPECT_EQ(replay.of(10).voluntary_switches, 0U) << state;
    EXPECT_EQ(replay.of(10).wait_preempted_ns, 500U) << state;
    EXPECT_EQ(replay.of(10).sleep_ns + replay.of(10).disk_sleep_ns +
                  replay.of(10).uninterruptible_ns + replay.of(10).stopped_ns,
              0U)
        << state;
  }
}

TEST(SchedTraps, Trap03_ASleeperSwitchedInWithoutAWakeupWasRunnable) {
  StreamBuilder scenario;
  scenario.session(kFallback).seen(10, {.on_cpu = true});
  scenario.at(2000).switches({.from = 10, .to = 0, .state = kSleeping});
  scenario.at(2700).switches({.from = 0, .to = 10});
  const SchedReplay replay(scenario);
  EXPECT_EQ(replay.tracker.stale_sleeps(), 1U);
  EXPECT_EQ(replay.of(10).wait_ns, 700U);
  EXPECT_EQ(replay.of(10).wait_preempted_ns, 700U);
  EXPECT_EQ(replay.of(10).sleep_ns, 0U);
}

// Some switches are not reported. The task's own run time then shows when the wait ended; with time
// stamps alone the whole wait would be lost.
TEST(SchedTraps, Trap03_AWaitWhoseEndWasNotShownEndsWhereTheRunBegan) {
  StreamBuilder scenario;
  scenario.session(kFallback).seen(10, {.on_cpu = true});
  scenario.at(2000).switches({.from = 10, .to = 11});
  scenario.at(2700).switches({.from = 11, .to = 12});
  scenario.at(3500).switches({.from = 10, .to = 13, .from_ran_ns = 600});
  const SchedReplay replay(scenario);
  EXPECT_EQ(replay.unshown(), 1U);
  EXPECT_EQ(replay.of(10).wait_ns, 900U);
  EXPECT_EQ(replay.of(10).wait_count, 1U);
  EXPECT_EQ(replay.of(10).on_cpu_ns, 1000U + 600U);
  EXPECT_EQ(replay.of(10).runs, 1U);
}

TEST(SchedTraps, Trap03_ARunLongerThanSinceItWaitsIsNotThisRun) {
  StreamBuilder scenario;
  scenario.session(kFallback).seen(10, {.on_cpu = true});
  scenario.at(2000).switches({.from = 10, .to = 11});
  scenario.at(3500).switches({.from = 10, .to = 12, .from_ran_ns = 1501});
  const SchedReplay replay(scenario);
  EXPECT_EQ(replay.unshown(), 1U);
  EXPECT_EQ(replay.of(10).wait_ns, 0U) << "unknown, and not guessed";
  EXPECT_EQ(replay.of(10).on_cpu_ns, 1000U);
}

// The kernel counts a voluntary switch when a signal turned the sleeper back.
TEST(SchedTraps, Trap03_ASignalledSleeperIsRunnableButItsSwitchVoluntary) {
  StreamBuilder scenario;
  scenario.session().seen(10, {.on_cpu = true});
  scenario.at(2000).switches({.from = 10, .to = 0, .state = kRunnable, .voluntary = true});
  scenario.at(2500).switches({.from = 0, .to = 10, .wait_ns = 500}).counters(10);
  const SchedReplay replay(scenario);
  EXPECT_EQ(replay.of(10).voluntary_switches, 1U);
  EXPECT_EQ(replay.of(10).involuntary_switches, 0U);
  EXPECT_EQ(replay.of(10).wait_preempted_ns, 500U) << "it never left the queue";
  EXPECT_EQ(replay.tracker.audit().kernel_involuntary_switches, 0U);
}

TEST(SchedTraps, Trap04_TheWakerIsTheTaskAtSchedWaking) {
  StreamBuilder scenario;
  scenario.session(kWithWakers)
      .seen(10, {})
      .seen(11, {.comm = "waker"})
      .seen(12, {.comm = "bystander"});
  scenario.on_cpu(1).at(2000).waking(10, 11);
  scenario.on_cpu(0).at(2300).wakeup(10);  // on the target CPU, while 12 runs there
  scenario.at(2900).switches({.from = 12, .to = 10, .wait_ns = 600});
  SchedReplay replay(scenario, {1, true});
  const std::vector<LongWait> waits = replay.tracker.take_long_waits();
  ASSERT_EQ(waits.size(), 1U);
  EXPECT_EQ(replay.tasks.names()[*waits[0].waker].comm, "waker");
}

TEST(SchedTraps, Trap04_TheWaitStartsAtTheWakeupAndExcludesTheDelay) {
  StreamBuilder scenario;
  scenario.session(kFallback).seen(10, {.on_cpu = true});
  scenario.at(2000).switches({.from = 10, .to = 0, .state = kSleeping});
  scenario.at(3000).waking(10, 11).at(3200).wakeup(10);
  scenario.at(3900).switches({.from = 0, .to = 10});
  const SchedReplay replay(scenario);
  EXPECT_EQ(replay.of(10).wake_delay_ns, 200U);
  EXPECT_EQ(replay.of(10).wake_delays, 1U);
  EXPECT_EQ(replay.of(10).wait_ns, 700U);
  EXPECT_EQ(replay.of(10).sleep_ns, 1200U);
}

TEST(SchedTraps, Trap05_AWakeupOfAQueuedTaskKeepsItsStamp) {
  StreamBuilder scenario;
  scenario.session(kFallback).seen(10, {.on_cpu = true});
  scenario.at(2000).switches({.from = 10, .to = 0});  // preempted: queued since 2000
  scenario.at(2400).waking(10, 11).at(2500).wakeup(10);
  scenario.at(3000).switches({.from = 0, .to = 10});
  const SchedReplay replay(scenario);
  EXPECT_EQ(replay.of(10).wait_ns, 1000U);
  EXPECT_EQ(replay.of(10).wait_preempted_ns, 1000U) << "a wake-up did not queue it";
  EXPECT_EQ(replay.of(10).wake_delays, 0U);
}

TEST(SchedTraps, Trap05_AWakeupOfARunningTaskChangesNothing) {
  StreamBuilder scenario;
  scenario.session(kFallback).seen(10, {.on_cpu = true});
  scenario.at(2000).waking(10, 10).wakeup(10);
  scenario.at(2100).switches({.from = 10, .to = 0, .state = kSleeping});
  const SchedReplay replay(scenario);
  EXPECT_EQ(replay.of(10).on_cpu_ns, 1100U);
  EXPECT_EQ(replay.of(10).wait_ns, 0U);
}

// EEVDF: a sleeper that is still on the queue (delayed dequeue) is woken before it is switched out
// or was never dequeued; the record says that it was on a CPU.
TEST(SchedTraps, Trap05_AWakeupOfATaskThatIsOnItsCpuDoesNotQueueIt) {
  StreamBuilder scenario;
  scenario.session(kFallback).seen(10, {.on_cpu = true});
  scenario.at(2000).switches({.from = 10, .to = 0, .state = kSleeping});
  scenario.at(2100).wakeup(10, HT_WAKEUP_RUNNING);
  scenario.at(2500).wakeup(10).at(2600).switches({.from = 0, .to = 10});
  EXPECT_EQ(SchedReplay(scenario).of(10).wait_ns, 100U);
}

TEST(SchedTraps, Trap06_TheFirstWaitOfANewTaskStartsAtItsFirstWakeup) {
  StreamBuilder scenario;
  scenario.session(kFallback).at(2000).born(20, {.start_ns = 2000});
  scenario.at(2300).wakeup(20, HT_WAKEUP_NEW);
  scenario.at(2800).switches({.from = 0, .to = 20});
  const SchedReplay replay(scenario);
  EXPECT_EQ(replay.of(20).wait_ns, 500U);
  EXPECT_EQ(replay.of(20).wait_woken_ns, 500U);
  EXPECT_EQ(replay.of(20).sleep_ns, 0U) << "not being woken yet is no sleep of its own";
}

TEST(SchedTraps, Trap06_ANewTasksFirstWaitIsAccountedFromZero) {
  StreamBuilder scenario;
  scenario.session().at(2000).born(20, {.start_ns = 2000});
  scenario.at(2800).switches({.from = 0, .to = 20, .wait_ns = 450}).at(3000);
  scenario.switches({.from = 20, .to = 0, .state = kDead}).ends(20);
  const SchedReplay replay(scenario);
  const SchedAudit audit = replay.tracker.audit();
  EXPECT_EQ(audit.wait_ns, 450U);
  EXPECT_EQ(audit.kernel_run_delay_ns, 450U);
}

TEST(SchedTraps, Trap06_AVforkParentSleepsAndDoesNotWait) {
  StreamBuilder scenario;
  scenario.session().seen(10, {.on_cpu = true});
  scenario.at(2000).born(20, {.start_ns = 2000}, 0x4000 /* CLONE_VFORK */);
  scenario.at(2100).switches({.from = 10, .to = 20, .state = kDiskSleep, .iowait = false});
  scenario.at(5000).switches({.from = 20, .to = 10, .state = kDead});
  const SchedReplay replay(scenario);
  EXPECT_EQ(replay.of(10).wait_ns, 0U);
  EXPECT_EQ(replay.of(10).disk_sleep_ns, 0U);
  EXPECT_EQ(replay.of(10).uninterruptible_ns, 2900U);
}

TEST(SchedTraps, Trap07_IdleIsNoTaskAndNeverWaits) {
  StreamBuilder scenario;
  scenario.session().seen(10, {.on_cpu = true});
  for (std::uint16_t cpu = 0; cpu < 4; cpu++) {
    scenario.on_cpu(cpu).at(2000).switches({.from = 10, .to = 0, .state = kSleeping});
    scenario.at(3000).switches({.from = 0, .to = 10, .wait_ns = 10});
  }
  const SchedReplay replay(scenario);
  EXPECT_EQ(replay.tracker.stats(kNoTask).runs, 0U);
  EXPECT_EQ(replay.tracker.stats(kNoTask).wait_ns, 0U);
  EXPECT_EQ(replay.tasks.size(), 2U);
  for (std::size_t cpu = 0; cpu < 4; cpu++)
    EXPECT_GE(replay.tracker.cpus().at(cpu).idle_ns, 1000U) << "idle by CPU " << cpu;
}

TEST(SchedTraps, Trap07_ANegativeTimeIsZeroAndCounted) {
  StreamBuilder scenario;
  scenario.session(kFallback).at(3000).switches({.from = 0, .to = 10});
  scenario.at(2900).switches({.from = 10, .to = 0});  // late
  const SchedReplay replay(scenario);
  EXPECT_GT(replay.tracker.backward_times(), 0U);
  EXPECT_EQ(replay.of(10).on_cpu_ns, 0U);
}

TEST(SchedTraps, Trap08_OnlyTheTracedSideOfASwitchIsCounted) {
  StreamBuilder scenario;
  scenario.session(HT_SESSION_EXACT).seen(10, {}).seen(11, {.traced = false});
  scenario.at(2000).switches({.from = 11, .to = 10, .wait_ns = 100, .from_traced = false});
  scenario.at(2500).switches({.from = 10, .to = 11, .wait_ns = 900, .to_traced = false});
  const SchedReplay replay(scenario);
  EXPECT_EQ(replay.of(10).wait_ns, 100U);
  EXPECT_EQ(replay.of(10).involuntary_switches, 1U);
  EXPECT_EQ(replay.of(11).wait_ns, 0U);
  EXPECT_EQ(replay.of(11).runs, 0U);
  EXPECT_EQ(replay.of(11).involuntary_switches, 0U);
}

// The migration is reported on the old CPU; the CPU on which the task runs next decides.
TEST(SchedTraps, Trap10_AMigrationRecordDoesNotMoveTheTask) {
  StreamBuilder scenario;
  scenario.session(kWithWakers).seen(10, {.on_cpu = true});
  scenario.on_cpu(0).at(2000).switches({.from = 10, .to = 0, .state = kSleeping});
  scenario.migrates(10, 1).migrates(10, 0);
  scenario.at(2500).switches({.from = 0, .to = 10, .wait_ns = 10});
  EXPECT_EQ(SchedReplay(scenario).of(10).migrations, 0U);
}

TEST(SchedTraps, Trap12_WaitsEqualRunDelayToTheNanosecond) {
  StreamBuilder scenario;
  scenario.session().seen(10, {.on_cpu = true}).seen(11, {});
  scenario.kernel(10).run_delay_ns = 123456;
  scenario.seen(10, scenario.kernel(10).who);
  std::uint64_t wait_ns = 1;
  for (std::uint64_t i = 0; i < 500; i++) {
    wait_ns = wait_ns * 1103515245 % 65537;
    scenario.at(10'000 + 100'000 * i).switches({.from = 10, .to = 11, .wait_ns = wait_ns / 3});
    scenario.at(60'000 + 100'000 * i).switches({.from = 11, .to = 10, .wait_ns = wait_ns});
  }
  scenario.counters(10).counters(11);
  const SchedReplay replay(scenario);
  const SchedAudit audit = replay.tracker.audit();
  EXPECT_EQ(audit.tasks, 2U);
  EXPECT_EQ(audit.wait_ns, audit.kernel_run_delay_ns);
  EXPECT_EQ(audit.involuntary_switches, 1000U);
  EXPECT_EQ(audit.kernel_involuntary_switches, 1000U);
  EXPECT_EQ(replay.of(10).wait_ns + replay.of(11).wait_ns, audit.kernel_run_delay_ns);
}

TEST(SchedTraps, Trap12_AWaitAccountedOnAnotherCpuIsTheDifference) {
  StreamBuilder scenario;
  scenario.session().seen(10, {.on_cpu = true}).seen(11, {.comm = "b"});
  scenario.at(2000).switches({.from = 10, .to = 11});
  // Moved to CPU 1 after 300 on CPU 0; another 50 there.
  scenario.on_cpu(1).at(2350).switches({.from = 0, .to = 10, .wait_ns = 50, .elsewhere_ns = 300});
  scenario.counters(10);
  const SchedReplay replay(scenario);
  EXPECT_EQ(replay.of(10).wait_ns, 350U);
  EXPECT_EQ(replay.of(10).wait_max_ns, 350U) << "one wait, on two CPUs";
  EXPECT_EQ(replay.of(10).wait_count, 1U);
  const std::map<std::string, std::uint64_t> expected{{"b", 300}, {"(idle)", 50}};
  EXPECT_EQ(replay.behind(10), expected) << "first on the CPU that it had lost";
  EXPECT_EQ(replay.tracker.audit().wait_ns, replay.tracker.audit().kernel_run_delay_ns);
}

TEST(SchedTraps, Trap12_AWokenTaskThatWasMovedWaitedElsewhere) {
  StreamBuilder scenario;
  scenario.session().seen(10, {});
  scenario.at(2000).switches({.from = 0, .to = 10, .wait_ns = 50, .elsewhere_ns = 300});
  const SchedReplay replay(scenario);
  EXPECT_EQ(replay.behind(10).at("(queued elsewhere)"), 300U);
  EXPECT_EQ(replay.of(10).behind.total_ns(), 350U);
}

TEST(SchedTraps, Trap12_YieldIsInvoluntary) {
  StreamBuilder scenario;
  scenario.session().seen(10, {.on_cpu = true});
  scenario.at(2000)
      .switches({.from = 10, .to = 11})
      .counters(10);  // sched_yield: state 0, no preempt
  const SchedReplay replay(scenario);
  EXPECT_EQ(replay.of(10).involuntary_switches, 1U);
  EXPECT_EQ(replay.tracker.audit().kernel_involuntary_switches, 1U);
}

TEST(SchedTraps, Trap25_AReusedTidStartsFromNothing) {
  StreamBuilder scenario;
  scenario.session().at(1500).born(20, {.comm = "old", .start_ns = 1500});
  scenario.at(2000).switches({.from = 0, .to = 20, .wait_ns = 111});
  scenario.at(2100).switches({.from = 20, .to = 0, .state = kDead}).ends(20);
  scenario.at(9000).born(20, {.comm = "new", .start_ns = 9000});
  scenario.at(9500).switches({.from = 0, .to = 20, .wait_ns = 5});
  const SchedReplay replay(scenario);
  EXPECT_EQ(replay.of(20).wait_ns, 5U);
  EXPECT_EQ(replay.of(20).sleep_ns, 0U);
  EXPECT_EQ(replay.tracker.audit().without_counters, 1U) << "the new one's end is not known yet";
}

TEST(SchedTraps, Trap22_AThreadThatExecutesKeepsItsTimes) {
  StreamBuilder scenario;
  scenario.session().seen(30, {.comm = "leader", .start_ns = 100});
  scenario.seen(31, {.pid = 30, .comm = "thread", .start_ns = 200, .on_cpu = true});
  scenario.at(2000).ends(30).execs(30, 31);
  scenario.at(2500).switches({.from = 30, .to = 0}).switches({.from = 0, .to = 30});
  scenario.at(3000).switches({.from = 30, .to = 0, .state = kDead}).ends(30);
  const SchedReplay replay(scenario);
  EXPECT_EQ(replay.of(30).on_cpu_ns, 2000U) << "the thread's, from before the exec too";
  const SchedAudit audit = replay.tracker.audit();
  EXPECT_EQ(audit.without_counters, 0U) << "its end was found under its new tid and start time";
}

// With --comm a task may become the target while it runs, and never be switched in again.
TEST(SchedTraps, ATargetThatBeginsByAnExecRunsFromThere) {
  StreamBuilder scenario;
  scenario.session().seen(30, {.traced = false}).at(2000).execs(30, 30, true);
  scenario.at(3000).switches({.from = 30, .to = 0, .state = kDead});
  const SchedReplay replay(scenario);
  EXPECT_EQ(replay.of(30).on_cpu_ns, 1000U);
  EXPECT_EQ(replay.of(30).window_ns, 1000U);
}

}  // namespace
}  // namespace hoodtrace
