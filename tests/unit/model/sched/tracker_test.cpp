// SPDX-License-Identifier: GPL-2.0-or-later
#include "model/sched/tracker.hpp"

#include <gtest/gtest.h>

#include "support/sched_replay.hpp"

namespace hoodtrace {
namespace {

// Two tasks share CPU 0; 10 is preempted by 11 and comes back after 300.
StreamBuilder two_spinners() {
  StreamBuilder scenario;
  scenario.at(1000).session().seen(10, {.comm = "a", .on_cpu = true}).seen(11, {.comm = "b"});
  scenario.at(2000).switches({.from = 10, .to = 11, .wait_ns = 400, .nr_running = 2});
  scenario.at(2300).switches({.from = 11, .to = 10, .wait_ns = 300, .nr_running = 2});
  return scenario;
}

TEST(SchedTracker, OnCpuTimeRunsFromSwitchInToSwitchOut) {
  SchedReplay replay(two_spinners());
  EXPECT_EQ(replay.of(10).on_cpu_ns, 1000U) << "seen on a CPU at 1000";
  EXPECT_EQ(replay.of(11).on_cpu_ns, 300U);
  EXPECT_EQ(replay.of(10).runs, 1U);
  replay.tracker.settle(2500);
  EXPECT_EQ(replay.of(10).on_cpu_ns, 1200U) << "still running";
  replay.tracker.settle(2500);
  EXPECT_EQ(replay.of(10).on_cpu_ns, 1200U) << "and counted once";
}

TEST(SchedTracker, WaitsAreSplitIntoWokenAndPreempted) {
  const SchedReplay replay(two_spinners());
  EXPECT_EQ(replay.of(10).wait_preempted_ns, 300U);
  EXPECT_EQ(replay.of(10).wait_woken_ns, 0U);
  EXPECT_EQ(replay.of(11).wait_woken_ns, 400U);
  EXPECT_EQ(replay.of(11).wait_max_ns, 400U);
  EXPECT_EQ(replay.of(11).wait_count, 1U);
}

TEST(SchedTracker, SleepsAreSplitByWhyItSlept) {
  StreamBuilder scenario;
  scenario.at(1000).session();
  const std::uint16_t states[] = {kSleeping, kDiskSleep, kStopped, kIdleWorker};
  for (std::uint32_t i = 0; i < 4; i++) scenario.seen(10 + i, {.on_cpu = true});
  std::uint16_t cpu = 0;
  for (const std::uint16_t state : states) {
    const std::uint32_t tid = 10U + cpu;
    scenario.on_cpu(cpu++).at(2000).switches({.from = tid, .to = 0, .state = state});
  }
  for (std::uint16_t i = 0; i < 4; i++)
    scenario.on_cpu(i).at(3000).switches({.from = 0, .to = 10U + i, .wait_ns = 100});
  const SchedReplay replay(scenario);
  EXPECT_EQ(replay.of(10).sleep_ns, 900U) << "the wait is no sleep";
  EXPECT_EQ(replay.of(11).disk_sleep_ns, 900U);
  EXPECT_EQ(replay.of(12).stopped_ns, 900U);
  EXPECT_EQ(replay.of(13).sleep_ns, 900U) << "an idle kernel thread is in no disk sleep";
  EXPECT_EQ(replay.of(13).disk_sleep_ns + replay.of(13).uninterruptible_ns, 0U);
}

TEST(SchedTracker, AnUninterruptibleSleepIsDiskSleepOnlyWithIowait) {
  for (const bool iowait : {true, false}) {
    StreamBuilder scenario;
    scenario.at(1000).session().seen(10, {.on_cpu = true});
    scenario.seen(11, {.state = kDiskSleep, .iowait = iowait});
    scenario.at(2000).switches({.from = 10, .to = 0, .state = kDiskSleep, .iowait = iowait});
    scenario.at(3000).switches({.from = 0, .to = 10});
    SchedReplay replay(scenario);
    replay.tracker.settle(3000);
    EXPECT_EQ(replay.of(10).disk_sleep_ns, iowait ? 1000U : 0U);
    EXPECT_EQ(replay.of(10).uninterruptible_ns, iowait ? 0U : 1000U);
    EXPECT_EQ(replay.of(11).disk_sleep_ns, iowait ? 2000U : 0U) << "from the scan on";
    EXPECT_EQ(replay.of(11).uninterruptible_ns, iowait ? 0U : 2000U);
  }
}

// A recording of before the split.
TEST(SchedTracker, WithoutIowaitUninterruptibleSleepIsNotSplit) {
  StreamBuilder scenario;
  scenario.at(1000).session(HT_SESSION_WHOLE | HT_SESSION_EXACT).seen(10, {.on_cpu = true});
  scenario.at(2000).switches({.from = 10, .to = 0, .state = kDiskSleep});
  SchedReplay replay(scenario);
  replay.tracker.settle(3000);
  EXPECT_FALSE(replay.tracker.has_iowait());
  EXPECT_EQ(replay.of(10).disk_sleep_ns, 0U);
  EXPECT_EQ(replay.of(10).uninterruptible_ns, 1000U);
}

// The first sleep after the child's birth, and no later one.
TEST(SchedTracker, AVforkParentsSleepIsSeparated) {
  constexpr std::uint64_t kCloneVfork = 0x4000;
  StreamBuilder scenario;
  scenario.session().seen(10, {.on_cpu = true});
  scenario.at(1000).born(11, {.parent_pid = 10}, kCloneVfork);
  scenario.at(2000).switches({.from = 10, .to = 11, .state = kDiskSleep, .iowait = false});
  scenario.at(5000).switches({.from = 11, .to = 10, .state = kSleeping});
  scenario.at(6000).switches({.from = 10, .to = 0, .state = kDiskSleep, .iowait = false});
  scenario.at(6500).switches({.from = 0, .to = 10});
  const SchedReplay replay(scenario);
  EXPECT_EQ(replay.of(10).vfork_ns, 3000U);
  EXPECT_EQ(replay.of(10).uninterruptible_ns, 3500U);
}

void mmap_wait(StreamBuilder& scenario, std::uint32_t kind) {
  scenario.add(ht_mmap_wait{{scenario.now_ns(), 10, HT_MMAP_WAIT, 0}, kind, 0});
}

// A lock that it did not get at once: two sleeps, the first of which a wake-up ended in vain. The sleep
// afterwards is for something else.
TEST(SchedTracker, SleepsWhileATaskWaitsForMmapLockAreSeparated) {
  StreamBuilder scenario;
  scenario.session(HT_SESSION_WHOLE | HT_SESSION_EXACT | HT_SESSION_IOWAIT | HT_SESSION_MMAP_WAITS)
      .seen(10, {.on_cpu = true});
  scenario.at(1000);
  mmap_wait(scenario, HT_MMAP_WAIT_BEGINS);
  scenario.at(2000).switches({.from = 10, .to = 0, .state = kDiskSleep, .iowait = false});
  scenario.at(5000).switches({.from = 0, .to = 10});
  scenario.at(5100).switches({.from = 10, .to = 0, .state = kDiskSleep, .iowait = false});
  scenario.at(5600).switches({.from = 0, .to = 10});
  scenario.at(5700);
  mmap_wait(scenario, HT_MMAP_WAIT_ENDS);
  scenario.at(6000).switches({.from = 10, .to = 0, .state = kDiskSleep, .iowait = false});
  scenario.at(6500).switches({.from = 0, .to = 10});
  const SchedReplay replay(scenario);
  EXPECT_TRUE(replay.tracker.has_mmap_waits());
  EXPECT_EQ(replay.of(10).mmap_lock_ns, 3500U);
  EXPECT_EQ(replay.of(10).uninterruptible_ns, 4000U);
}

TEST(SchedTracker, AfterALostRecordATaskIsNotTakenToWaitForMmapLock) {
  StreamBuilder scenario;
  scenario.session(HT_SESSION_WHOLE | HT_SESSION_EXACT | HT_SESSION_IOWAIT | HT_SESSION_MMAP_WAITS)
      .seen(10, {.on_cpu = true});
  scenario.at(1000);
  mmap_wait(scenario, HT_MMAP_WAIT_BEGINS);
  scenario.at(1500).lost(HT_MMAP_WAIT, 1, 1200);
  scenario.at(2000).switches({.from = 10, .to = 0, .state = kDiskSleep, .iowait = false});
  scenario.at(5000).switches({.from = 0, .to = 10});
  const SchedReplay replay(scenario);
  EXPECT_EQ(replay.of(10).mmap_lock_ns, 0U);
  EXPECT_EQ(replay.of(10).uninterruptible_ns, 3000U);
}

std::uint64_t known_ns(const SchedStats& stats) {
  return stats.on_cpu_ns + stats.wait_ns - stats.wait_outside_ns + stats.wait_open_ns +
         stats.sleep_ns + stats.disk_sleep_ns + stats.uninterruptible_ns + stats.stopped_ns +
         stats.other_ns;
}

TEST(SchedTracker, ATaskThatSleepsThroughTheWindowHasItsTimeAndState) {
  StreamBuilder scenario;
  scenario.at(1000).session().seen(10, {.state = kSleeping}).seen(11, {.state = kStopped});
  SchedReplay replay(scenario);
  replay.tracker.settle(9000);
  EXPECT_EQ(replay.of(10).sleep_ns, 8000U);
  EXPECT_EQ(replay.of(10).window_ns, 8000U);
  EXPECT_EQ(replay.of(11).stopped_ns, 8000U);
  EXPECT_EQ(replay.tracker.state(replay.tasks.find(10)), TaskState::kSleeping);
  EXPECT_EQ(replay.tracker.state(replay.tasks.find(11)), TaskState::kStopped);
}

TEST(SchedTracker, EveryIntervalHasAllOfATasksTime) {
  StreamBuilder scenario;
  scenario.at(1000).session().seen(10, {.on_cpu = true}).seen(11, {});
  // Preempted in the first interval, it waits through the second and runs in the third.
  scenario.at(1500).switches({.from = 10, .to = 0});
  SchedReplay replay(scenario);
  for (const std::uint64_t end_ns : {2000U, 3000U}) {
    replay.tracker.settle(end_ns);
    EXPECT_EQ(known_ns(replay.of(10)), 1000U) << end_ns;
    EXPECT_EQ(replay.of(10).window_ns, 1000U) << end_ns;
    EXPECT_EQ(known_ns(replay.of(11)), 1000U) << end_ns;
    replay.tracker.begin_interval(end_ns);
  }
  EXPECT_EQ(replay.of(10).wait_open_ns, 0U);
  scenario.at(3700).switches({.from = 0, .to = 10, .wait_ns = 2200});
  scenario.at(3900).switches({.from = 10, .to = 0, .state = kDead}).ends(10);
  replay.play(scenario);
  replay.tracker.settle(4000);
  EXPECT_EQ(replay.of(10).wait_ns, 2200U);
  EXPECT_EQ(replay.of(10).wait_outside_ns, 1500U);
  EXPECT_EQ(replay.of(10).window_ns, 900U) << "it ended";
  EXPECT_EQ(known_ns(replay.of(10)), 900U);
}

// Its wait so far is accounted when it is moved: the interval's snapshot has it, and no switch.
TEST(SchedTracker, AWaitAccountedBeforeItEndsIsCountedOnce) {
  StreamBuilder scenario;
  scenario.at(1000).session().seen(10, {.on_cpu = true});
  scenario.at(1200).switches({.from = 10, .to = 0});
  scenario.kernel(10).run_delay_ns += 300;
  scenario.at(2000).counters(10);
  SchedReplay replay(scenario);
  replay.tracker.settle(2000);
  EXPECT_EQ(replay.of(10).wait_ns, 300U);
  EXPECT_EQ(replay.of(10).wait_open_ns, 800U);
  EXPECT_EQ(known_ns(replay.of(10)), 1000U);
  replay.tracker.begin_interval(2000);
  scenario.at(2600).switches({.from = 0, .to = 10, .wait_ns = 1100});
  replay.play(scenario);
  replay.tracker.settle(3000);
  EXPECT_EQ(replay.of(10).wait_ns, 1100U);
  EXPECT_EQ(replay.of(10).wait_outside_ns, 500U);
  EXPECT_EQ(known_ns(replay.of(10)), 1000U);
}

TEST(SchedTracker, SleepOnCpuAndWaitAddUpToTheTimeThatPassed) {
  StreamBuilder scenario;
  scenario.at(1000).session().seen(10, {.on_cpu = true});
  scenario.at(1100).switches({.from = 10, .to = 0, .state = kSleeping});
  scenario.at(1900).switches({.from = 0, .to = 10, .wait_ns = 50});
  scenario.at(2000).switches({.from = 10, .to = 0});
  scenario.at(2100).switches({.from = 0, .to = 10, .wait_ns = 100});
  scenario.at(2400).switches({.from = 10, .to = 0, .state = kDiskSleep});
  SchedReplay replay(scenario);
  replay.tracker.settle(3000);
  const SchedStats& stats = replay.of(10);
  EXPECT_EQ(stats.on_cpu_ns + stats.wait_ns + stats.sleep_ns + stats.disk_sleep_ns, 2000U);
}

TEST(SchedTracker, ARunOnAnotherCpuThanTheOneBeforeIsAMigration) {
  StreamBuilder scenario;
  scenario.session().seen(10, {.on_cpu = true});
  scenario.at(2000).switches({.from = 10, .to = 0, .state = kSleeping});
  scenario.on_cpu(1).at(2100).switches({.from = 0, .to = 10});
  scenario.at(2200).switches({.from = 10, .to = 0, .state = kSleeping});
  scenario.at(2300).switches({.from = 0, .to = 10});
  EXPECT_EQ(SchedReplay(scenario).of(10).migrations, 1U);
}

TEST(SchedTracker, ClassAndNiceAreThoseOfTheLastSwitchIn) {
  StreamBuilder scenario;
  scenario.session().seen(10, {});
  scenario.switches({.from = 0, .to = 10, .prio = 49, .nice = -5, .policy = 1});
  const SchedReplay replay(scenario);
  const SchedClass of = replay.tracker.sched_class(replay.tasks.find(10));
  EXPECT_EQ(of.policy, 1);
  EXPECT_EQ(of.prio, 49);
  EXPECT_EQ(of.nice, -5);
}

TEST(SchedTracker, BehindSumsToTheWaitAndNamesWhoRan) {
  StreamBuilder scenario;
  scenario.at(1000).session();
  for (const auto& [tid, comm] : {std::pair{10U, "a"}, {11U, "b"}, {12U, "c"}})
    scenario.seen(tid, {.comm = comm});
  scenario.at(2000).switches({.from = 0, .to = 11});
  scenario.at(2600).switches({.from = 11, .to = 12});
  scenario.at(2700).switches({.from = 12, .to = 0, .state = kSleeping});
  scenario.at(2750).switches({.from = 0, .to = 10, .wait_ns = 700});
  const SchedReplay replay(scenario);
  const std::map<std::string, std::uint64_t> expected{{"b", 550}, {"c", 100}, {"(idle)", 50}};
  EXPECT_EQ(replay.behind(10), expected);
  EXPECT_EQ(replay.of(10).behind.total_ns(), replay.of(10).wait_ns);
}

TEST(SchedTracker, AWaitOlderThanTheStreamIsBehindUnknown) {
  StreamBuilder scenario;
  scenario.at(1000).session().seen(10, {.comm = "a"}).seen(11, {.comm = "b"});
  scenario.at(2000).switches({.from = 11, .to = 10, .wait_ns = 5000});
  const SchedReplay replay(scenario);
  const std::map<std::string, std::uint64_t> expected{{"b", 1000}, {"(unknown)", 4000}};
  EXPECT_EQ(replay.behind(10), expected);
}

// A narrow target: the kernel side has recorded who ran meanwhile.
TEST(SchedTracker, BehindOfANarrowTargetComesFromTheKernelsRecords) {
  StreamBuilder scenario;
  scenario.session(HT_SESSION_EXACT).seen(10, {.comm = "a"});
  scenario.seen(11, {.comm = "b", .traced = false}).seen(12, {.comm = "c", .traced = false});
  scenario.at(2000).behind(10, {{11, 300}, {0, 100}}).behind(10, {{12, 50}}, 150);
  scenario.switches({.from = 12, .to = 10, .wait_ns = 600, .from_traced = false});
  const SchedReplay replay(scenario);
  const std::map<std::string, std::uint64_t> expected{
      {"b", 300}, {"(idle)", 100}, {"c", 50}, {"(unknown)", 150}};
  EXPECT_EQ(replay.behind(10), expected);
  EXPECT_EQ(replay.of(10).behind.total_ns(), 600U);
}

TEST(SchedTracker, WithoutCulpritsWaitsAreTheSameAndBehindIsAbsent) {
  const SchedReplay replay(two_spinners(), {0, false});
  EXPECT_EQ(replay.of(10).wait_ns, 300U);
  EXPECT_EQ(replay.of(10).behind.total_ns(), 0U);
}

TEST(SchedTracker, AWaitAtTheThresholdIsALongWaitWithItsCauses) {
  StreamBuilder scenario;
  scenario.session(HT_SESSION_WHOLE | HT_SESSION_EXACT | HT_SESSION_WAKERS);
  scenario.seen(10, {.comm = "a"}).seen(11, {.comm = "b", .on_cpu = true}).seen(12, {.comm = "w"});
  scenario.at(2000).on_cpu(1).waking(10, 12).wakeup(10);
  scenario.on_cpu(0).at(7000).switches({.from = 11, .to = 10, .wait_ns = 5000});
  SchedReplay replay(scenario, {5000, true});
  const std::vector<LongWait> waits = replay.tracker.take_long_waits();
  ASSERT_EQ(waits.size(), 1U);
  EXPECT_EQ(waits[0].wait_ns, 5000U);
  EXPECT_EQ(waits[0].time_ns, 7000U);
  EXPECT_FALSE(waits[0].preempted);
  ASSERT_TRUE(waits[0].waker);
  EXPECT_EQ(replay.tasks.names()[*waits[0].waker].comm, "w");
  ASSERT_EQ(waits[0].behind.size(), 1U);
  EXPECT_EQ(replay.tasks.names()[waits[0].behind[0].first].comm, "b");
  EXPECT_TRUE(replay.tracker.take_long_waits().empty()) << "taken once";
  SchedReplay above(scenario, {5001, true});
  EXPECT_TRUE(above.tracker.take_long_waits().empty());
}

TEST(SchedTracker, ALongWaitIsReportedWithoutCulpritsToo) {
  StreamBuilder scenario;
  scenario.session().seen(10, {}).at(9000).switches({.from = 0, .to = 10, .wait_ns = 5000});
  SchedReplay replay(scenario, {5000, false});
  const std::vector<LongWait> waits = replay.tracker.take_long_waits();
  ASSERT_EQ(waits.size(), 1U);
  EXPECT_TRUE(waits[0].behind.empty());
}

TEST(SchedTracker, ACpuIsBusyOrIdleAndItsQueueIsAveragedOverTime) {
  StreamBuilder scenario;
  scenario.at(1000).session().seen(10, {}).seen(11, {});
  scenario.at(1400).switches({.from = 0, .to = 10, .nr_running = 1});
  scenario.at(1500).switches({.from = 10, .to = 11, .nr_running = 3});
  scenario.at(1700).switches({.from = 11, .to = 0, .state = kSleeping});
  SchedReplay replay(scenario);
  replay.tracker.settle(2000);
  const CpuStats& cpu = replay.tracker.cpus().at(0);
  EXPECT_EQ(cpu.idle_ns, 400U + 300U);
  EXPECT_EQ(cpu.busy_ns, 300U);
  EXPECT_EQ(cpu.switches, 3U);
  EXPECT_EQ(cpu.queue_ns, 1U * 100 + 3U * 200);
  EXPECT_EQ(cpu.queue_max, 3U);
}

TEST(SchedTracker, ACpuWithoutASwitchInAnIntervalIsStillKnown) {
  StreamBuilder scenario;
  scenario.at(1000).session().at(2000).switches({.from = 10, .to = 0, .state = kSleeping});
  SchedReplay replay(scenario);
  replay.tracker.settle(3000);
  replay.tracker.begin_interval(3000);
  replay.tracker.settle(4000);
  EXPECT_TRUE(replay.tracker.cpus().at(0).seen);
  EXPECT_EQ(replay.tracker.cpus().at(0).idle_ns, 1000U);
}

TEST(SchedTracker, FoldedTasksKeepTheSumsOfTheRun) {
  SchedReplay replay(two_spinners());
  const TaskId id = replay.tasks.find(11);
  replay.tracker.fold(id);
  EXPECT_EQ(replay.tracker.ended_others().wait_ns, 400U);
  EXPECT_EQ(replay.tracker.ended_others().behind.total_ns(), 400U);
  EXPECT_EQ(replay.tracker.ended_others_count(), 1U);
  EXPECT_EQ(replay.of(11).wait_ns, 0U);
  replay.tracker.fold(100000);  // nothing is known of it
  EXPECT_EQ(replay.tracker.ended_others_count(), 1U);
}

// It was given another policy while it slept, and has not run since.
TEST(SchedTracker, ThePolicyOfTheCountersIsNewerThanThatOfTheLastRun) {
  StreamBuilder scenario;
  scenario.session().at(1000).seen(10, {.on_cpu = true});
  scenario.at(2000).switches({.from = 10, .to = 0, .state = kSleeping});
  scenario.kernel(10).policy = 3;
  scenario.kernel(10).prio = 125;
  scenario.kernel(10).nice = 5;
  scenario.at(3000).counters(10);
  const SchedReplay replay(scenario);
  const SchedClass sched_class = replay.tracker.sched_class(replay.tasks.find(10));
  EXPECT_EQ(sched_class.policy, 3);
  EXPECT_EQ(sched_class.prio, 125);
  EXPECT_EQ(sched_class.nice, 5);
}

}  // namespace
}  // namespace hoodtrace
