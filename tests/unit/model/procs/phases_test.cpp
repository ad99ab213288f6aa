// SPDX-License-Identifier: GPL-2.0-or-later
// Where the time of each phase went.

#include "model/procs/phases.hpp"

#include <gtest/gtest.h>

#include "support/fault_scenario.hpp"
#include "support/life_scenario.hpp"

namespace hoodtrace {
namespace {

std::uint64_t total(const PhaseTimes& times) {
  return times.on_cpu_ns + times.wait_ns + times.sleep_ns;
}

// Born at 1 000, runs at 1 400, sleeps from 2 000 to 2 900, executes at 3 500, ends at 5 000, is
// off the CPU for good at 5 200 and reaped at 6 000.
LifeScenario a_life_with_switches() {
  LifeScenario scenario;
  scenario.session();
  scenario.seen(10, {.comm = "sh"});
  scenario.at(900).switches({.from = 0, .to = 10});
  scenario.at(1'000).born(20, {.parent_pid = 10, .start_ns = 1'000});
  scenario.at(1'400).switches({.from = 10, .to = 20, .wait_ns = 300});
  scenario.runs(20, 300);
  scenario.at(2'000).switches({.from = 20, .to = 0, .state = kSleeping});
  scenario.at(2'900).switches({.from = 0, .to = 20, .wait_ns = 100});
  scenario.kernel(20).min_flt = 4;
  scenario.at(3'500).executes(20, "/bin/true", {.argv = {"true"}});
  scenario.at(4'000).switches({.from = 20, .to = 0, .preempt = true});
  scenario.at(4'200).switches({.from = 0, .to = 20, .wait_ns = 200});
  scenario.kernel(20).min_flt = 10;
  scenario.at(5'000).exits(20);
  scenario.kernel(20).min_flt = 11;
  scenario.at(5'200).switches({.from = 20, .to = 10, .state = kDead});
  scenario.ends(20);
  scenario.at(6'000).looks(10);
  return scenario;
}

TEST(LifePhases, EachPhaseIsTheSumOfItsParts) {
  const LifeReplay replay(a_life_with_switches());
  const auto phases = phases_of(replay.of(20));
  for (const auto& phase : phases) ASSERT_TRUE(phase);
  EXPECT_EQ(total(*phases[0]), 400U);
  EXPECT_EQ(phases[0]->wait_ns, 300U);
  EXPECT_EQ(total(*phases[1]), 2'100U);
  EXPECT_EQ(phases[1]->on_cpu_ns, 600U + 600U);
  EXPECT_EQ(phases[1]->wait_ns, 100U);
  EXPECT_EQ(phases[1]->sleep_ns, 800U);
  EXPECT_EQ(total(*phases[2]), 1'500U);
  EXPECT_EQ(phases[2]->on_cpu_ns, 500U + 800U);
  EXPECT_EQ(phases[2]->wait_ns, 200U);
  EXPECT_EQ(total(*phases[3]), 1'000U);
  EXPECT_EQ(phases[3]->on_cpu_ns, 200U);
}

TEST(LifePhases, FaultsFallIntoThePhaseTheyCameIn) {
  const LifeReplay replay(a_life_with_switches());
  const auto phases = phases_of(replay.of(20));
  EXPECT_EQ(phases[0]->min_flt, 0U);
  EXPECT_EQ(phases[1]->min_flt, 4U);
  EXPECT_EQ(phases[2]->min_flt, 6U);
  EXPECT_EQ(phases[3]->min_flt, 1U);
}

TEST(LifePhases, CopiesFallIntoThePhaseTheyCameIn) {
  constexpr TouchFields kCopy{.present = true, .write = true, .alloc = true};
  LifeScenario scenario;
  scenario.session();
  FaultScenario faults(scenario);
  scenario.seen(10, {.comm = "sh"});
  scenario.at(1'000).born(20, {.parent_pid = 10, .start_ns = 1'000});
  scenario.at(1'400).runs(20, 300);
  scenario.at(1'500);
  faults.touch(20, kCopy);
  faults.touch(20, kCopy);
  faults.touch(10, kCopy);                             // its parent's is not its
  faults.touch(20, {.present = true, .write = true});  // reused in place: no copy
  scenario.at(2'000).executes(20, "/bin/true", {.argv = {"true"}});
  scenario.at(2'100);
  faults.touch(20, kCopy);
  scenario.at(3'000).exits(20);
  const LifeReplay replay(scenario);
  const auto phases = phases_of(replay.of(20));
  EXPECT_EQ(phases[0]->cow_copies, 0U);
  EXPECT_EQ(phases[1]->cow_copies, 2U);
  EXPECT_EQ(phases[2]->cow_copies, 1U);
}

TEST(LifePhases, WithoutAnExecTheRunBeginsAtTheFirstRun) {
  LifeScenario scenario;
  scenario.session();
  scenario.at(900).switches({.from = 0, .to = 0});
  scenario.at(1'000).born(20, {.parent_pid = 10});
  scenario.at(1'400).switches({.from = 0, .to = 20, .wait_ns = 300});
  scenario.runs(20, 300);
  scenario.at(3'000).exits(20);
  scenario.switches({.from = 20, .to = 0, .state = kDead});
  const LifeReplay replay(scenario);
  const auto phases = phases_of(replay.of(20));
  EXPECT_FALSE(phases[1]);
  ASSERT_TRUE(phases[2]);
  EXPECT_EQ(phases[2]->on_cpu_ns, 1'600U);
  EXPECT_FALSE(phases[3]);  // not reaped
}

TEST(LifePhases, AnOlderProcessHasOnlyTheRunPhase) {
  LifeScenario scenario;
  scenario.session();
  scenario.at(1'000).seen(20, {.comm = "old", .on_cpu = true});
  scenario.at(1'500).switches({.from = 20, .to = 0, .state = kSleeping});
  scenario.at(2'500).switches({.from = 0, .to = 20, .wait_ns = 50});
  scenario.at(3'000).exits(20);
  scenario.switches({.from = 20, .to = 0, .state = kDead});
  const LifeReplay replay(scenario);
  const auto phases = phases_of(replay.of(20));
  EXPECT_FALSE(phases[0] || phases[1]);
  ASSERT_TRUE(phases[2]);
  EXPECT_EQ(phases[2]->on_cpu_ns, 1'000U);
  EXPECT_EQ(phases[2]->wait_ns, 50U);
  EXPECT_EQ(phases[2]->sleep_ns, 950U);
}

TEST(LifePhases, OneThatWasThereHasItsTimeBeforeTheExecApart) {
  LifeScenario scenario;
  scenario.session();
  scenario.at(1'000).seen(20, {.comm = "old", .on_cpu = true});
  scenario.at(1'500).switches({.from = 20, .to = 0, .preempt = true});
  scenario.at(2'500).switches({.from = 0, .to = 20, .wait_ns = 1'000});
  scenario.kernel(20).min_flt = 3;
  scenario.at(2'600).executes(20, "/bin/true", {.argv = {"true"}});
  scenario.kernel(20).min_flt = 5;
  scenario.at(3'000).exits(20);
  scenario.switches({.from = 20, .to = 0, .state = kDead});
  const LifeReplay replay(scenario);
  const auto phases = phases_of(replay.of(20));
  EXPECT_FALSE(phases[0]);
  ASSERT_TRUE(phases[1] && phases[2]);
  EXPECT_EQ(phases[1]->on_cpu_ns, 500U + 100U);
  EXPECT_EQ(phases[1]->wait_ns, 1'000U);
  EXPECT_EQ(phases[1]->min_flt, 3U);
  EXPECT_EQ(phases[2]->on_cpu_ns, 400U);
  EXPECT_EQ(phases[2]->wait_ns, 0U);
  EXPECT_EQ(phases[2]->min_flt, 2U);
}

// Before its exec, the command after "--" is hoodtrace's own child, which waits to be released.
TEST(LifePhases, TheCommandBeginsWithItsExec) {
  LifeScenario scenario;
  scenario.session();
  scenario.at(1'000).seen(20, {.parent_pid = 999, .comm = "hoodtrace"});
  scenario.at(3'000).switches({.from = 0, .to = 20, .wait_ns = 700});
  scenario.kernel(20).on_cpu_ns = 50;
  scenario.kernel(20).min_flt = 3;
  scenario.at(3'100).counters(20);
  scenario.execs(20, 20);
  scenario.executes(20, "/bin/true", {.argv = {"true"}});
  scenario.at(3'300).switches({.from = 20, .to = 0, .preempt = true});
  scenario.at(3'400).switches({.from = 0, .to = 20, .wait_ns = 100});
  scenario.kernel(20).on_cpu_ns = 650;
  scenario.kernel(20).min_flt = 5;
  scenario.at(3'800).exits(20);
  scenario.switches({.from = 20, .to = 0, .state = kDead});
  scenario.ends(20);
  const LifeReplay replay(scenario);
  const auto phases = phases_of(replay.of(20));
  EXPECT_FALSE(phases[0] || phases[1]);
  ASSERT_TRUE(phases[2]);
  EXPECT_EQ(phases[2]->on_cpu_ns, 600U);
  EXPECT_EQ(phases[2]->wait_ns, 100U);
  EXPECT_EQ(phases[2]->min_flt, 2U);
  const LifecycleTracker::Times times = LifecycleTracker::times_of(replay.of(20));
  EXPECT_EQ(times.on_cpu_ns, 600U);
  EXPECT_EQ(times.wait_ns, 100U);
  EXPECT_EQ(times.min_flt, 2U);
}

// docs/kernel-notes.md, note 12: what it waited on the CPU that it was moved away from is booked
// already.
TEST(LifePhases, AWaitOnTwoCpusIsCountedInFull) {
  LifeScenario scenario;
  scenario.session();
  scenario.at(500).seen(20, {.comm = "old"});
  scenario.at(900).switches({.from = 0, .to = 20, .wait_ns = 10});
  scenario.at(1'000).switches({.from = 20, .to = 0, .preempt = true});
  scenario.at(1'900).switches({.from = 0, .to = 20, .wait_ns = 200, .elsewhere_ns = 700});
  const LifeReplay replay(scenario);
  EXPECT_EQ(phases_of(replay.of(20))[2]->wait_ns, 10U + 900U);
  EXPECT_EQ(phases_of(replay.of(20))[2]->sleep_ns, 390U);
}

// The kernel's wait begins at the run queue's clock, a little before the record of the switch.
TEST(LifePhases, AWaitThatBeganBeforeItsSwitchIsCountedInFull) {
  LifeScenario scenario;
  scenario.session();
  scenario.at(500).seen(20, {.comm = "old"});
  scenario.at(900).switches({.from = 0, .to = 20, .wait_ns = 10});
  scenario.at(1'000).switches({.from = 20, .to = 0, .preempt = true});
  scenario.at(1'100).switches({.from = 0, .to = 20, .wait_ns = 130});
  const LifeReplay replay(scenario);
  EXPECT_EQ(phases_of(replay.of(20))[2]->wait_ns, 10U + 130U);
  EXPECT_EQ(phases_of(replay.of(20))[2]->on_cpu_ns, 100U - 30U);
}

TEST(LifePhases, AWaitAfterALeaveThatWasNotShownCountsToo) {
  LifeScenario scenario;
  scenario.session();
  scenario.at(500).seen(20, {.comm = "old"});
  scenario.at(900).switches({.from = 0, .to = 20, .wait_ns = 10});
  scenario.at(1'900).switches({.from = 0, .to = 20, .wait_ns = 200});
  const LifeReplay replay(scenario);
  EXPECT_EQ(phases_of(replay.of(20))[2]->wait_ns, 10U + 200U);
  EXPECT_EQ(phases_of(replay.of(20))[2]->on_cpu_ns, 800U);
}

TEST(LifePhases, AfterLostSwitchesTimesAreUnknown) {
  LifeScenario scenario;
  scenario.session();
  scenario.at(500).seen(20, {.comm = "old", .on_cpu = true});
  scenario.at(900).switches({.from = 0, .to = 0});
  scenario.at(1'000).lost(HT_SWITCH, 5, 2'000);
  scenario.at(9'000).switches({.from = 20, .to = 0, .state = kSleeping});
  const LifeReplay replay(scenario);
  EXPECT_EQ(phases_of(replay.of(20))[2]->on_cpu_ns, 500U) << "up to the first lost switch";
}

// Seen on a CPU at 500; some of the switches after that are missing from the stream.
LifeScenario a_spinner() {
  LifeScenario scenario;
  scenario.session();
  scenario.at(500).seen(20, {.comm = "old", .on_cpu = true});
  scenario.with_runtimes();
  return scenario;
}

std::uint64_t row_on_cpu(const LifeReplay& replay) {
  return LifecycleTracker::times_of(replay.of(20)).on_cpu_ns.value_or(0);
}

TEST(LifePhases, AnUnshownSleepInARunIsTakenFromIt) {
  LifeScenario scenario = a_spinner();
  scenario.at(1'000).hides({.from = 20, .to = 0, .state = kSleeping});
  scenario.at(1'700).hides({.from = 0, .to = 20, .wait_ns = 200});
  scenario.at(2'000).switches({.from = 20, .to = 0, .state = kSleeping});
  scenario.at(3'000).switches({.from = 0, .to = 20, .wait_ns = 100});
  scenario.at(3'500).exits(20);
  scenario.switches({.from = 20, .to = 0, .state = kDead});
  scenario.ends(20);
  const LifeReplay replay(scenario);
  const PhaseTimes run = *phases_of(replay.of(20))[2];
  EXPECT_EQ(run.on_cpu_ns, 500U + 300U + 500U);
  EXPECT_EQ(run.wait_ns, 200U + 100U);
  EXPECT_EQ(total(run), 3'000U);
  EXPECT_EQ(row_on_cpu(replay), run.on_cpu_ns);
}

TEST(LifePhases, AnUnshownRunInASleepIsTakenFromIt) {
  LifeScenario scenario = a_spinner();
  scenario.at(1'000).switches({.from = 20, .to = 0, .state = kSleeping});
  scenario.at(1'500).hides({.from = 0, .to = 20, .wait_ns = 100});
  scenario.at(1'900).hides({.from = 20, .to = 0, .state = kSleeping});
  scenario.at(3'000).switches({.from = 0, .to = 20, .wait_ns = 100});
  scenario.at(3'500).exits(20);
  scenario.switches({.from = 20, .to = 0, .state = kDead});
  scenario.ends(20);
  const LifeReplay replay(scenario);
  const PhaseTimes run = *phases_of(replay.of(20))[2];
  EXPECT_EQ(run.on_cpu_ns, 500U + 400U + 500U);
  EXPECT_EQ(run.wait_ns, 100U + 100U);
  EXPECT_EQ(total(run), 3'000U);
  EXPECT_EQ(row_on_cpu(replay), run.on_cpu_ns);
}

TEST(LifePhases, ARunWhoseBeginIsUnshownIsTakenFromTheWait) {
  LifeScenario scenario = a_spinner();
  scenario.at(1'000).switches({.from = 20, .to = 0, .preempt = true});
  scenario.at(1'300).hides({.from = 0, .to = 20, .wait_ns = 300});
  scenario.at(2'000).switches({.from = 20, .to = 0, .state = kSleeping});
  scenario.at(3'000).switches({.from = 0, .to = 20, .wait_ns = 100});
  scenario.at(3'500).exits(20);
  scenario.switches({.from = 20, .to = 0, .state = kDead});
  scenario.ends(20);
  const LifeReplay replay(scenario);
  const PhaseTimes run = *phases_of(replay.of(20))[2];
  EXPECT_EQ(run.on_cpu_ns, 500U + 700U + 500U);
  EXPECT_EQ(run.wait_ns, 300U + 100U);
  EXPECT_EQ(total(run), 3'000U);
  EXPECT_EQ(row_on_cpu(replay), run.on_cpu_ns);
}

TEST(LifePhases, AnUnshownRunAtTheEndIsInTheKernelsCounters) {
  LifeScenario scenario = a_spinner();
  scenario.at(1'000).switches({.from = 20, .to = 0, .state = kSleeping});
  scenario.at(1'500).hides({.from = 0, .to = 20, .wait_ns = 100});
  scenario.at(1'900).hides({.from = 20, .to = 0, .state = kSleeping});
  scenario.at(3'000).counters(20);
  const LifeReplay replay(scenario);
  const PhaseTimes run = *phases_of(replay.of(20))[2];
  EXPECT_EQ(run.on_cpu_ns, 500U + 400U);
  EXPECT_EQ(total(run), 2'500U);
  EXPECT_EQ(row_on_cpu(replay), run.on_cpu_ns);
}

TEST(LifePhases, LostRunsAreInTheKernelsCounters) {
  LifeScenario scenario = a_spinner();
  scenario.at(1'000).lost(HT_SWITCH, 5, 2'000);
  scenario.at(1'200).hides({.from = 20, .to = 0, .state = kSleeping});
  scenario.at(1'600).hides({.from = 0, .to = 20});
  scenario.at(3'000).switches({.from = 20, .to = 0, .state = kSleeping});
  scenario.counters(20);
  const LifeReplay replay(scenario);
  EXPECT_EQ(phases_of(replay.of(20))[2]->on_cpu_ns, 700U + 1'400U);
  EXPECT_EQ(row_on_cpu(replay), 2'100U);
}

// It lost the CPU right after its exit: the wait began before that, by an older clock.
TEST(LifePhases, AWaitLongerThanItsPhaseBeganInTheOneBefore) {
  LifeScenario scenario = a_spinner();
  scenario.at(2'000).exits(20);
  scenario.at(2'100).switches({.from = 20, .to = 0, .preempt = true});
  scenario.at(2'200).switches({.from = 0, .to = 20, .wait_ns = 400});
  scenario.at(2'300).switches({.from = 20, .to = 0, .state = kDead});
  scenario.ends(20);
  scenario.at(3'000).looks(1);
  const LifeReplay replay(scenario);
  const auto phases = phases_of(replay.of(20));
  ASSERT_TRUE(phases[2] && phases[3]);
  EXPECT_EQ(phases[2]->on_cpu_ns, 1'500U - 200U);
  EXPECT_EQ(phases[2]->wait_ns, 200U);
  EXPECT_EQ(phases[3]->on_cpu_ns, 100U);
  EXPECT_EQ(phases[3]->wait_ns, 200U);
  const LifecycleTracker::Times times = LifecycleTracker::times_of(replay.of(20));
  EXPECT_EQ(times.on_cpu_ns.value_or(0) + times.exit_work_ns.value_or(0), 1'400U);
}

// sum_exec_runtime begins a run at the run queue's clock; with switches, a run begins at its switch.
TEST(LifePhases, DispatchTimeIsNotOnCpuTimeInTheRowEither) {
  LifeScenario scenario = a_spinner();
  scenario.at(1'000).switches({.from = 20, .to = 0, .state = kSleeping});
  scenario.at(2'000).switches({.from = 0, .to = 20, .wait_ns = 0, .clock_age_ns = 300});
  scenario.kernel(20).came_ns = 1'700;
  scenario.at(2'500).exits(20);
  scenario.switches({.from = 20, .to = 0, .state = kDead});
  scenario.ends(20);
  const LifeReplay replay(scenario);
  EXPECT_EQ(scenario.kernel(20).on_cpu_ns, 500U + 800U);
  EXPECT_EQ(phases_of(replay.of(20))[2]->on_cpu_ns, 500U + 500U);
  EXPECT_EQ(row_on_cpu(replay), 1'000U);
}

TEST(LifePhases, WhatRunsAtTheReportIsCounted) {
  LifeScenario scenario = a_spinner();
  scenario.kernel(20).on_cpu_ns = 2'500;
  scenario.kernel(20).came_ns = 3'000;
  scenario.at(3'000).counters(20);
  const LifeReplay replay(scenario);
  EXPECT_EQ(phases_of(replay.of(20))[2]->on_cpu_ns, 2'500U);
  scenario.at(4'000).switches({.from = 20, .to = 0, .preempt = true});
  scenario.at(5'000).switches({.from = 0, .to = 20, .wait_ns = 1'000});
  scenario.at(6'000).counters(20);
  const LifeReplay later(scenario);
  EXPECT_EQ(phases_of(later.of(20))[2]->on_cpu_ns, 3'500U + 1'000U);
  EXPECT_EQ(row_on_cpu(later), 4'500U);
}

TEST(LifePhases, TheTimeOfAllThreadsAddsUp) {
  LifeScenario scenario;
  scenario.session();
  scenario.at(900).switches({.from = 0, .to = 0});
  scenario.at(1'000).born(20, {.parent_pid = 10});
  scenario.at(1'100).switches({.from = 0, .to = 20, .wait_ns = 100});
  scenario.runs(20, 100);
  scenario.at(1'200).on_cpu(1).born(21, {.pid = 20, .parent_pid = 10}, 0x10000);
  scenario.at(1'500).on_cpu(1).switches({.from = 0, .to = 21, .wait_ns = 250});
  scenario.at(2'000).on_cpu(1).switches({.from = 21, .to = 0, .state = kDead});
  scenario.at(2'000).on_cpu(0).switches({.from = 20, .to = 0, .state = kSleeping});
  const LifeReplay replay(scenario);
  const auto phases = phases_of(replay.of(20));
  EXPECT_EQ(phases[2]->on_cpu_ns, 900U + 500U);
  EXPECT_EQ(phases[2]->wait_ns, 250U);
}

}  // namespace
}  // namespace hoodtrace
