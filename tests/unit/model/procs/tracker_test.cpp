// SPDX-License-Identifier: GPL-2.0-or-later
// Lives of processes from birth to reaping.

#include "model/procs/tracker.hpp"

#include <gtest/gtest.h>

#include "support/life_scenario.hpp"

namespace hoodtrace {
namespace {

TEST(LifecycleTracker, AWholeLife) {
  LifeScenario scenario;
  scenario.session();
  scenario.seen(10, {.comm = "make"});
  scenario.at(2'000).born(20, {.parent_pid = 10, .comm = "make", .start_ns = 1'990});
  scenario.at(2'400).runs(20, 350);
  scenario.at(3'000).renamed(20, "cc1");
  scenario.executes(20, "/usr/bin/cc1", {.argv = {"cc1", "-O2"}});
  scenario.kernel(20).on_cpu_ns = 5'000;
  scenario.kernel(20).run_delay_ns = 350;
  scenario.kernel(20).min_flt = 70;
  scenario.at(9'000).exits(20, {.status = 1 << 8});
  scenario.at(9'100).ends(20);
  scenario.at(9'500).looks(10);
  const LifeReplay replay(scenario);
  const ProcessLife& life = replay.of(20);
  EXPECT_EQ(life.start_boottime_ns, 1'990U);
  EXPECT_EQ(life.parent_pid, 10U);
  EXPECT_EQ(life.parent_comm, "make");
  EXPECT_EQ(life.depth, 1U);
  EXPECT_EQ(life.comm, "cc1");
  EXPECT_EQ(life.born_ns, 2'000U);
  EXPECT_EQ(life.first_run_ns, 2'400U);
  EXPECT_EQ(life.first_wait_ns, 350U);
  EXPECT_EQ(life.exec_ns(), 3'000U);
  EXPECT_EQ(life.exit_ns, 9'000U);
  EXPECT_EQ(life.reaped_ns, 9'500U);
  const LifecycleTracker::Times times = LifecycleTracker::times_of(life);
  EXPECT_EQ(times.on_cpu_ns, 5'000U);
  EXPECT_EQ(times.wait_ns, 350U);
  EXPECT_EQ(times.min_flt, 70U);
  EXPECT_EQ(times.maj_flt, 0U);
}

TEST(LifecycleTracker, EventsAreOrderedByTimeAndReportedWhenFinal) {
  LifeScenario scenario;
  scenario.session();
  scenario.at(2'000).born(20, {.parent_pid = 1});
  scenario.at(2'400).runs(20);
  scenario.at(3'000).exits(20);
  LifeReplay replay(scenario);
  EXPECT_FALSE(replay.tracker.has_events(1'999));
  EXPECT_EQ(replay.tracker.take_events(2'400).size(), 2U);
  const std::vector<LifeEvent> rest = replay.tracker.take_events(~0ULL);
  ASSERT_EQ(rest.size(), 1U);
  EXPECT_EQ(rest[0].kind, LifeEventKind::kExit);
}

TEST(LifecycleTracker, WhatWasNotSeenIsAbsent) {
  LifeScenario scenario;
  scenario.session();
  scenario.seen(20, {.comm = "old", .start_ns = 500});
  scenario.at(9'000).exits(20);
  const LifeReplay replay(scenario);
  const ProcessLife& life = replay.of(20);
  EXPECT_FALSE(life.born_ns || life.first_run_ns || life.clone_flags || life.exec_ns());
  EXPECT_FALSE(life.reaped_ns || life.zombie_ns());
  EXPECT_TRUE(life.is_zombie());
}

TEST(LifecycleTracker, TimesAreUnknownUntilAllThreadsCountersAreRead) {
  LifeScenario scenario;
  scenario.session();
  scenario.at(2'000).born(20, {.parent_pid = 1});
  scenario.born(21, {.pid = 20, .parent_pid = 1}, 0x10000);
  scenario.kernel(20).on_cpu_ns = 10;
  scenario.at(3'000).ends(20);
  LifeReplay replay(scenario);
  EXPECT_FALSE(LifecycleTracker::times_of(replay.of(20)).on_cpu_ns);
  scenario.kernel(21).on_cpu_ns = 5;
  scenario.at(3'100).counters(21);
  replay.play(scenario);
  EXPECT_EQ(LifecycleTracker::times_of(replay.of(20)).on_cpu_ns, 15U);
  scenario.kernel(21).on_cpu_ns = 9;
  scenario.at(3'200).ends(21);
  replay.play(scenario);
  EXPECT_EQ(LifecycleTracker::times_of(replay.of(20)).on_cpu_ns, 19U);
  EXPECT_EQ(replay.of(20).thread_lives[0].on_cpu_ns, 9U);
}

TEST(LifecycleTracker, AnOlderProcessCountsFromTheStartOfTracing) {
  LifeScenario scenario;
  scenario.session();
  scenario.kernel(20).on_cpu_ns = 1'000;
  scenario.kernel(20).min_flt = 30;
  scenario.seen(20, {.comm = "old"});
  scenario.kernel(20).on_cpu_ns = 1'200;
  scenario.kernel(20).min_flt = 31;
  scenario.at(9'000).counters(20);
  const LifeReplay replay(scenario);
  EXPECT_EQ(LifecycleTracker::times_of(replay.of(20)).on_cpu_ns, 200U);
  EXPECT_EQ(LifecycleTracker::times_of(replay.of(20)).min_flt, 1U);
}

TEST(LifecycleTracker, WithoutSchedInfoTheWaitIsAbsent) {
  LifeScenario scenario;
  scenario.without_sched_info();
  scenario.session(HT_SESSION_WHOLE);
  scenario.at(2'000).born(20, {.parent_pid = 1});
  scenario.at(2'500).runs(20, HT_UNKNOWN_NS);
  scenario.at(3'000).exits(20);
  scenario.ends(20);
  const LifeReplay replay(scenario);
  EXPECT_TRUE(LifecycleTracker::times_of(replay.of(20)).on_cpu_ns);
  EXPECT_FALSE(LifecycleTracker::times_of(replay.of(20)).wait_ns);
  EXPECT_FALSE(replay.of(20).first_wait_ns);
}

TEST(LifecycleTracker, OrphansAreReapedByTheirNewParent) {
  LifeScenario scenario;
  scenario.session();
  scenario.seen(1, {.parent_pid = 0, .comm = "init"});
  scenario.at(2'000).born(20, {.parent_pid = 10, .start_ns = 2'000});
  scenario.at(3'000).born(30, {.parent_pid = 20, .comm = "orphan", .start_ns = 3'000});
  scenario.at(4'000).exits(20, {.heir_pid = 1});
  scenario.at(5'000).looks(10);
  scenario.at(6'000).exits(30, {.parent_pid = 1});
  scenario.at(7'000).looks(1);
  const LifeReplay replay(scenario);
  const ProcessLife& orphan = replay.of(30);
  ASSERT_EQ(orphan.adoptions.size(), 1U);
  EXPECT_EQ(orphan.adoptions[0].time_ns, 4'000U);
  EXPECT_EQ(orphan.adoptions[0].parent_pid, 1U);
  EXPECT_EQ(orphan.adoptions[0].parent_comm, "init");
  EXPECT_EQ(orphan.parent_pid, 20U);  // who forked it stays who forked it
  EXPECT_EQ(orphan.reaped_ns, 7'000U);
  EXPECT_EQ(orphan.reaped_by_tid, 1U);
}

TEST(LifecycleTracker, AnAdoptionThatWasNotSeenShowsAtTheExit) {
  LifeScenario scenario;
  scenario.session();
  scenario.at(2'000).born(20, {.parent_pid = 10});
  scenario.at(3'000).exits(20, {.parent_pid = 1});
  const LifeReplay replay(scenario);
  ASSERT_EQ(replay.of(20).adoptions.size(), 1U);
  EXPECT_EQ(replay.of(20).reaper_pid(), 1U);
}

// CLONE_PARENT: the caller's parent gets the child.
TEST(LifecycleTracker, ParentAndReaperMayDiffer) {
  LifeScenario scenario;
  scenario.session();
  scenario.seen(10, {.comm = "grandparent"});
  scenario.at(2'000).born(20, {.parent_pid = 10, .start_ns = 2'000});
  ht_task_new record{};
  record.task.head = {3'000, 30, HT_TASK_NEW, 0};
  record.task.pid = 30;
  record.task.parent_pid = 10;
  record.task.start_boottime_ns = 3'000;
  record.task.flags = HT_TASK_TRACED;
  record.clone_flags = 0x8000;
  record.parent_tid = 20;
  scenario.raw(&record, sizeof(record));
  const LifeReplay replay(scenario);
  EXPECT_EQ(replay.of(30).parent_pid, 20U);
  EXPECT_EQ(replay.of(30).reaper_pid(), 10U);
}

TEST(LifecycleTracker, AProgramFromBeforeTracingHasNoTime) {
  LifeScenario scenario;
  scenario.session();
  scenario.seen(20, {.comm = "nginx"});
  scenario.executes(20, "/usr/sbin/nginx", {.argv = {"nginx", "-g"}, .before = true});
  LifeReplay replay(scenario);
  EXPECT_TRUE(replay.of(20).is_idle());
  EXPECT_FALSE(replay.of(20).exec_ns());
  EXPECT_EQ(replay.of(20).program()->file, "/usr/sbin/nginx");
  // Had it executed another one meanwhile, that one stands.
  scenario.at(3'000).executes(20, "/bin/new", {.argv = {"new"}});
  scenario.executes(20, "/usr/sbin/nginx", {.argv = {"nginx"}, .before = true});
  replay.play(scenario);
  EXPECT_EQ(replay.of(20).program()->file, "/bin/new");
}

TEST(LifecycleTracker, FailedExecsAreListedWithTheSuccessfulOne) {
  LifeScenario scenario;
  scenario.session(HT_SESSION_WHOLE | HT_SESSION_EXACT | HT_SESSION_FAILED_EXECS);
  scenario.at(2'000).born(20, {.parent_pid = 1});
  scenario.at(2'100).executes(20, "/usr/local/bin/cc", {.argv = {"cc", "x.c"}, .error = ENOENT});
  scenario.at(2'200).executes(20, "/usr/bin/cc", {.argv = {"cc", "x.c"}});
  scenario.at(2'300).executes(20, "/etc/passwd", {.argv = {"passwd"}, .error = EACCES});
  const LifeReplay replay(scenario);
  const ProcessLife& life = replay.of(20);
  ASSERT_EQ(life.programs.size(), 3U);
  EXPECT_TRUE(life.is_search_step(0));
  EXPECT_FALSE(life.is_search_step(2));
  EXPECT_EQ(life.program()->file, "/usr/bin/cc");
  EXPECT_TRUE(replay.tracker.has_failed_execs());
}

TEST(LifecycleTracker, AZombieFromBeforeTracingIsAZombie) {
  LifeScenario scenario;
  scenario.session();
  scenario.seen(20, {.parent_pid = 10, .comm = "dead", .state = kDead});
  LifeReplay replay(scenario);
  EXPECT_TRUE(replay.of(20).is_zombie());
  EXPECT_FALSE(replay.of(20).exit_ns);
  scenario.at(5'000).looks(10);
  replay.play(scenario);
  EXPECT_FALSE(replay.of(20).is_zombie());
  EXPECT_FALSE(replay.of(20).zombie_ns());  // since when is not known
}

TEST(LifecycleTracker, AfterAnIntervalEndedProcessesAreDroppedAndZombiesKept) {
  LifeScenario scenario;
  scenario.session();
  scenario.at(2'000).born(20, {.parent_pid = 10});
  scenario.born(30, {.parent_pid = 10});
  scenario.at(3'000).exits(20, {.autoreap = true});
  scenario.exits(30);
  LifeReplay replay(scenario);
  replay.tracker.begin_interval();
  EXPECT_EQ(replay.count(20), 0U);
  EXPECT_EQ(replay.count(30), 1U);
  scenario.at(9'000).looks(10);
  replay.play(scenario);
  EXPECT_EQ(replay.of(30).zombie_ns(), 6'000U);
}

TEST(LifecycleTracker, TimeOnTheCpuAfterTheExitIsExitWork) {
  LifeScenario scenario;
  scenario.session();
  scenario.at(2'000).born(20, {.parent_pid = 10, .start_ns = 2'000});
  scenario.at(2'100).runs(20);
  scenario.kernel(20).on_cpu_ns = 3'000;  // as of the last tick
  scenario.at(9'000).exits(20);
  scenario.kernel(20).on_cpu_ns = 7'500;
  scenario.at(9'600).ends(20);
  LifeReplay replay(scenario);
  const LifecycleTracker::Times times = LifecycleTracker::times_of(replay.of(20));
  EXPECT_EQ(times.on_cpu_ns, 6'900U);
  EXPECT_EQ(times.exit_work_ns, 600U);
}

TEST(LifecycleTracker, ExitWorkIsNoMoreThanWhatTheKernelCountedSince) {
  LifeScenario scenario;
  scenario.session();
  scenario.at(2'000).born(20, {.parent_pid = 10, .start_ns = 2'000});
  scenario.at(2'100).runs(20);
  scenario.kernel(20).on_cpu_ns = 3'000;
  scenario.at(9'000).exits(20);
  scenario.kernel(20).on_cpu_ns = 3'200;  // it slept while it closed its files
  scenario.at(90'000).ends(20);
  LifeReplay replay(scenario);
  EXPECT_EQ(LifecycleTracker::times_of(replay.of(20)).exit_work_ns, 200U);
}

TEST(LifecycleTracker, AnOldRecordingHasNoExitWork) {
  LifeScenario scenario;
  scenario.session();
  scenario.at(2'000).born(20, {.parent_pid = 10, .start_ns = 2'000});
  scenario.at(9'000).exits(20, {.counters = false});
  scenario.kernel(20).on_cpu_ns = 7'500;
  scenario.at(9'600).ends(20);
  LifeReplay replay(scenario);
  EXPECT_EQ(LifecycleTracker::times_of(replay.of(20)).on_cpu_ns, 7'500U);
  EXPECT_FALSE(LifecycleTracker::times_of(replay.of(20)).exit_work_ns);
}

TEST(LifecycleTracker, AfterLossesLivingProcessesAreDoubtfulUntilTheKernelsList) {
  LifeScenario scenario;
  scenario.session();
  for (const std::uint32_t pid : {20U, 21U, 22U})
    scenario.at(2'000 + pid).born(pid, {.parent_pid = 10, .start_ns = pid});
  scenario.at(3'000).exits(20).exits(21);
  scenario.at(4'000).lost(HT_WAIT, 5, 4'500);
  scenario.lost(HT_EXIT, 5, 4'500);
  LifeReplay replay(scenario);
  for (const std::uint32_t pid : {20U, 21U, 22U}) {
    EXPECT_FALSE(replay.of(pid).is_zombie()) << pid;
    EXPECT_TRUE(replay.of(pid).is_doubtful) << pid;
  }
  scenario.at(5'000).counters(21).counters(22);
  replay.play(scenario);
  EXPECT_TRUE(replay.of(20).is_doubtful);
  EXPECT_TRUE(replay.of(21).is_zombie());
  EXPECT_FALSE(replay.of(22).is_doubtful);
}

TEST(LifecycleTracker, AReusedPidProvesThatTheProcessWasReaped) {
  LifeScenario scenario;
  scenario.session();
  scenario.at(2'000).born(20, {.parent_pid = 10, .start_ns = 2'000});
  scenario.at(3'000).exits(20);
  scenario.at(4'000).born(20, {.parent_pid = 10, .start_ns = 4'000});
  LifeReplay replay(scenario);
  const ProcessLife& first = replay.tracker.lives().begin()->second;
  EXPECT_FALSE(first.is_zombie() || first.reaped_ns);
  EXPECT_EQ(first.freed_ns, 4'000U);
  scenario.at(5'000).exits(20);
  scenario.at(6'000).looks(10);
  replay.play(scenario);
  EXPECT_EQ(replay.of(20).reaped_ns, 6'000U);
}

TEST(LifecycleTracker, TheSignalThatEndedItHasItsSender) {
  LifeScenario scenario;
  scenario.session();
  scenario.at(2'000).born(20, {.parent_pid = 10, .start_ns = 2'000});
  scenario.at(2'500).is_sent(20, {.signal = 15, .sender_pid = 30, .comm = "blocked one"});
  scenario.at(2'600).is_sent(20, {.signal = 9, .sender_pid = 31, .comm = "kill"});
  scenario.at(3'000).exits(20, {.status = 9});
  const LifeReplay replay(scenario);
  ASSERT_NE(replay.of(20).killer(), nullptr);
  EXPECT_EQ(replay.of(20).killer()->sender_pid, 31U);
  EXPECT_EQ(replay.of(20).killer()->sender_comm, "kill");
}

TEST(LifecycleTracker, AnExecHasItsFileAndWhoExecutedIt) {
  LifeScenario scenario;
  scenario.session();
  scenario.at(2'000).born(20, {.parent_pid = 10, .start_ns = 2'000});
  scenario.at(3'000).executes(20, "./name", {.argv = {"name"}});
  scenario.has_exe(
      20, {.names = {"tool", "bin", "usr"}, .flags = HT_EXE_WHO, .uid = 33, .cwd = {"tmp"}});
  scenario.at(4'000).executes(20, "/dev/fd/3", {.argv = {"name"}});
  scenario.has_exe(20, {.names = {"memfd:x"}, .flags = HT_EXE_DELETED});
  const LifeReplay replay(scenario);
  const std::vector<Program>& programs = replay.of(20).programs;
  ASSERT_EQ(programs.size(), 2U);
  EXPECT_EQ(programs[0].exe, "/usr/bin/tool");
  EXPECT_EQ(programs[0].uid, 33U);
  EXPECT_EQ(programs[0].cwd, "/tmp");
  EXPECT_EQ(programs[1].exe, "/memfd:x (deleted)");
  EXPECT_FALSE(programs[1].uid);
}

TEST(LifecycleTracker, UntracedProcessesHaveNoRow) {
  LifeScenario scenario;
  scenario.session(HT_SESSION_EXACT);
  scenario.seen(10, {.comm = "other", .traced = false});
  scenario.at(2'000).born(20, {.parent_pid = 10, .traced = false});
  const LifeReplay replay(scenario);
  EXPECT_TRUE(replay.tracker.lives().empty());
}

TEST(LifecycleTracker, ARecordOfAnUnknownProcessMakesNoFalseTimes) {
  LifeScenario scenario;
  scenario.session();
  scenario.at(3'000).exits(77, {.status = 1 << 8});
  const LifeReplay replay(scenario);
  EXPECT_TRUE(replay.of(77).exit_ns);
  EXPECT_FALSE(LifecycleTracker::times_of(replay.of(77)).on_cpu_ns);
}

}  // namespace
}  // namespace hoodtrace
