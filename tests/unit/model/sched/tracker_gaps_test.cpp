// SPDX-License-Identifier: GPL-2.0-or-later
// Losses: what is before a gap is no knowledge any more. Forget, never guess.

#include <gtest/gtest.h>

#include "model/sched/tracker.hpp"
#include "support/sched_replay.hpp"

namespace hoodtrace {
namespace {

constexpr std::uint32_t kFallback = HT_SESSION_WHOLE | HT_SESSION_WAKERS;

TEST(SchedGaps, ARunThatBeganBeforeTheGapIsNotTimed) {
  StreamBuilder scenario;
  scenario.session().seen(10, {}).at(2000).switches({.from = 0, .to = 10});
  scenario.at(3000).lost(HT_SWITCH, 40, 4000);
  scenario.at(5000).switches({.from = 10, .to = 0, .state = kSleeping});
  EXPECT_EQ(SchedReplay(scenario).of(10).on_cpu_ns, 0U);
}

TEST(SchedGaps, ASleepThatBeganBeforeTheGapIsNotTimed) {
  StreamBuilder scenario;
  scenario.session(kFallback).seen(10, {.on_cpu = true});
  scenario.at(2000).switches({.from = 10, .to = 0, .state = kSleeping});
  scenario.at(3000).lost(HT_SWITCH, 1, 3500).at(5000).wakeup(10);
  scenario.at(5100).switches({.from = 0, .to = 10});
  const SchedReplay replay(scenario);
  EXPECT_EQ(replay.of(10).sleep_ns, 0U);
  EXPECT_EQ(replay.of(10).wait_ns, 100U) << "what began after the gap is known";
}

TEST(SchedGaps, AWaitAcrossAGapIsUnknown) {
  StreamBuilder scenario;
  scenario.session(kFallback).seen(10, {.on_cpu = true});
  scenario.at(2000).switches({.from = 10, .to = 0});
  scenario.at(3000).lost(HT_SWITCH, 2, 3500);
  scenario.at(9000).switches({.from = 0, .to = 10});
  const SchedReplay replay(scenario);
  EXPECT_EQ(replay.of(10).wait_ns, 0U);
  EXPECT_EQ(replay.of(10).wait_count, 0U);
  EXPECT_EQ(replay.of(10).runs, 1U);
}

TEST(SchedGaps, TheExactTierStillKnowsTheWaitThatEndsAfterTheGap) {
  StreamBuilder scenario;
  scenario.session().seen(10, {.on_cpu = true});
  scenario.at(2000).switches({.from = 10, .to = 0});
  scenario.at(3000).lost(HT_SWITCH, 2, 3500);
  // 999 were added to run_delay by switches whose records were lost: not part of this wait.
  scenario.at(9000).switches({.from = 0, .to = 10, .wait_ns = 70, .elsewhere_ns = 999});
  const SchedReplay replay(scenario);
  EXPECT_EQ(replay.of(10).wait_ns, 70U);
}

TEST(SchedGaps, ARunOnAnotherCpuThanTheGapsGoesOn) {
  StreamBuilder scenario;
  scenario.session().seen(10, {});
  scenario.on_cpu(1).at(2000).switches({.from = 0, .to = 10});
  scenario.on_cpu(0).at(3000).lost(HT_SWITCH, 40, 4000);
  scenario.on_cpu(1).at(5000).switches({.from = 10, .to = 0, .state = kSleeping});
  EXPECT_EQ(SchedReplay(scenario).of(10).on_cpu_ns, 3000U);
}

TEST(SchedGaps, RunsInTheGapAreUnknown) {
  StreamBuilder scenario;
  scenario.session().seen(10, {}).seen(11, {.comm = "b"});
  scenario.at(2000).switches({.from = 0, .to = 11});
  scenario.at(3000).lost(HT_SWITCH, 40, 4000);
  scenario.at(5000).switches({.from = 11, .to = 10, .wait_ns = 2500});
  const SchedReplay replay(scenario);
  // From the gap's end on, b has been running: that much the next switch says.
  const std::map<std::string, std::uint64_t> expected{{"b", 1000}, {"(unknown)", 1500}};
  EXPECT_EQ(replay.behind(10), expected);
  EXPECT_EQ(replay.of(10).behind.total_ns(), 2500U);
}

TEST(SchedGaps, ACpusTimeInTheGapIsNeitherBusyNorIdle) {
  StreamBuilder scenario;
  scenario.at(1000).session().at(2000).switches({.from = 0, .to = 10});
  scenario.at(3000).lost(HT_SWITCH, 40, 4000);
  scenario.at(5000).switches({.from = 10, .to = 0});
  const SchedReplay replay(scenario);
  const CpuStats& cpu = replay.tracker.cpus().at(0);
  EXPECT_EQ(cpu.idle_ns, 1000U);
  EXPECT_EQ(cpu.busy_ns, 1000U) << "4000 to 5000; 2000 to 4000 is not known";
}

TEST(SchedGaps, ALossOfOtherKindsIsNoGapForTheScheduler) {
  StreamBuilder scenario;
  scenario.session().seen(10, {}).at(2000).switches({.from = 0, .to = 10});
  scenario.at(3000).lost(HT_TASK_NAME, 40, 4000);
  scenario.at(5000).switches({.from = 10, .to = 0, .state = kSleeping});
  EXPECT_EQ(SchedReplay(scenario).of(10).on_cpu_ns, 3000U);
}

TEST(SchedGaps, ATaskSeenRunningOnACpuThatNeverSwitchedSurvivesAGap) {
  StreamBuilder scenario;
  scenario.session(HT_SESSION_EXACT).on_cpu(700).seen(10, {.on_cpu = true});
  scenario.on_cpu(0).at(3000).lost(HT_SWITCH, 40, 4000);
  SchedReplay replay(scenario);
  replay.tracker.settle(6000);
  EXPECT_EQ(replay.of(10).on_cpu_ns, 5000U);
}

TEST(SchedGaps, AWakeupAfterTheGapStartsAWaitAsUsual) {
  StreamBuilder scenario;
  scenario.session(kFallback).seen(10, {.on_cpu = true});
  scenario.at(2000).switches({.from = 10, .to = 0});  // queued when the gap begins
  scenario.at(3000).lost(HT_WAKEUP, 1, 3500);
  scenario.at(6000).waking(10, 11).at(6100).wakeup(10).at(6400).switches({.from = 0, .to = 10});
  EXPECT_EQ(SchedReplay(scenario).of(10).wait_ns, 300U);
}

}  // namespace
}  // namespace hoodtrace
