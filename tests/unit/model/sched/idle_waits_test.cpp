// SPDX-License-Identifier: GPL-2.0-or-later
// Waits while another CPU was idle, and time by scheduling class.

#include <gtest/gtest.h>

#include "model/sched/idle_history.hpp"
#include "support/sched_replay.hpp"

namespace hoodtrace {
namespace {

constexpr std::uint32_t kHog = 10;
constexpr std::uint32_t kWaiter = 11;
constexpr SchedTracker::Options kWanted = {.idle_waits = true};

TEST(IdleHistory, CountsTheTimeWithAtLeastOneIdleCpuOnce) {
  IdleHistory history;
  history.set(0, true, 100);
  history.set(1, true, 200);
  history.set(0, false, 300);
  history.set(1, false, 400);
  history.set(1, true, 600);
  EXPECT_EQ(history.idle_ns(0, 700), 300U + 100U);
  EXPECT_EQ(history.idle_ns(150, 250), 100U);
  EXPECT_EQ(history.idle_ns(400, 600), 0U);
  EXPECT_EQ(history.idle_ns(350, 650), 50U + 50U);
}

TEST(IdleHistory, ACpuThatIsForgottenIsNotIdle) {
  IdleHistory history;
  history.set(0, true, 100);
  history.forget(0, 200);
  EXPECT_EQ(history.idle_ns(0, 1000), 100U);
}

// CPU 1 is idle from 2 000 on; the waiter is queued behind the hog on CPU 0 from 1 000 to 5 000.
StreamBuilder two_cpus(std::uint8_t policy) {
  StreamBuilder scenario;
  scenario.at(1'000).session().on_cpu(0).seen(kHog, {.on_cpu = true}).seen(kWaiter, {});
  scenario.on_cpu(1).seen(12, {.on_cpu = true});
  scenario.at(2'000).switches({.from = 12, .to = 0, .state = kSleeping});
  scenario.on_cpu(0).at(5'000).switches(
      {.from = kHog, .to = kWaiter, .wait_ns = 4'000, .policy = policy});
  return scenario;
}

TEST(SchedIdleWaits, AWaitCountsAsFarAsAnotherCpuWasIdle) {
  SchedReplay replay(two_cpus(0), kWanted);
  const CpuStats& cpu = replay.tracker.cpus()[0];
  EXPECT_EQ(cpu.wait_idle_ns, 3'000U);
  EXPECT_EQ(cpu.wait_idle_movable_ns, 3'000U);
  ASSERT_EQ(replay.tracker.idle_waits().size(), 1U);
  EXPECT_EQ(replay.tracker.idle_waits()[0].idle_ns, 3'000U);
  EXPECT_EQ(replay.tasks[replay.tracker.idle_waits()[0].task].tid, kWaiter);
}

TEST(SchedIdleWaits, APinnedTaskCouldNotHaveRunThere) {
  SchedReplay replay(two_cpus(HT_POLICY_PINNED), kWanted);
  EXPECT_EQ(replay.tracker.cpus()[0].wait_idle_ns, 3'000U);
  EXPECT_EQ(replay.tracker.cpus()[0].wait_idle_movable_ns, 0U);
  EXPECT_TRUE(replay.tracker.idle_waits().empty());
  // The bit is no policy.
  EXPECT_EQ(replay.tracker.sched_class(replay.tasks.find(kWaiter)).policy, 0);
}

TEST(SchedIdleWaits, WithoutBeingAskedForTheyAreNotCounted) {
  SchedReplay replay(two_cpus(0));
  EXPECT_FALSE(replay.tracker.has_idle_waits());
  EXPECT_EQ(replay.tracker.cpus()[0].wait_idle_ns, 0U);
}

// The way from idle to a task is no wait for another CPU.
TEST(SchedIdleWaits, TheWakeUpOfAnIdleCpuIsNone) {
  StreamBuilder scenario;
  scenario.at(1'000).session().seen(kWaiter, {});
  scenario.on_cpu(0).at(2'000).switches({.from = 12, .to = 0, .state = kSleeping});
  scenario.at(3'000).switches({.from = 0, .to = kWaiter, .wait_ns = 500});
  SchedReplay replay(scenario, kWanted);
  EXPECT_EQ(replay.tracker.cpus()[0].wait_idle_ns, 0U);
}

TEST(SchedIdleWaits, AfterALossTheCpuIsNotTakenForIdle) {
  StreamBuilder scenario;
  scenario.at(1'000).session().on_cpu(0).seen(kHog, {.on_cpu = true}).seen(kWaiter, {});
  scenario.on_cpu(1).at(2'000).switches({.from = 12, .to = 0, .state = kSleeping});
  scenario.at(3'000).lost(HT_SWITCH, 1, 3'500);
  scenario.on_cpu(0).at(5'000).switches({.from = kHog, .to = kWaiter, .wait_ns = 4'000});
  SchedReplay replay(scenario, kWanted);
  EXPECT_EQ(replay.tracker.cpus()[0].wait_idle_ns, 1'000U);
}

TEST(SchedIdleWaits, TheThreeLongestAreKept) {
  StreamBuilder scenario = two_cpus(0);
  std::uint64_t now = 5'000;
  for (const std::uint64_t wait : {200, 100, 400, 300}) {
    scenario.at(now += 1'000)
        .switches({.from = kWaiter, .to = kHog, .wait_ns = wait, .clock_age_ns = 0});
    scenario.at(now += 1'000).switches({.from = kHog, .to = kWaiter});
  }
  SchedReplay replay(scenario, kWanted);
  std::vector<std::uint64_t> kept;
  for (const IdleWait& one : replay.tracker.idle_waits()) kept.push_back(one.idle_ns);
  EXPECT_EQ(kept, (std::vector<std::uint64_t>{3'000, 400, 300}));
}

TEST(SchedClasses, BusyTimeIsDividedByTheClassOfWhoRan) {
  StreamBuilder scenario;
  scenario.at(1'000).session().seen(kHog, {.on_cpu = true}).seen(kWaiter, {});
  constexpr std::uint8_t kFifo = 1;
  constexpr std::uint8_t kDeadline = 6;
  constexpr std::uint8_t kExt = 7;
  scenario.at(2'000).switches({.from = kHog, .to = kWaiter, .prio = 98, .policy = kFifo});
  scenario.at(4'000).switches({.from = kWaiter, .to = 12, .prio = 255, .policy = kDeadline});
  scenario.at(8'000).switches({.from = 12, .to = 13, .policy = kExt});
  scenario.at(16'000).switches({.from = 13, .to = 0, .state = kSleeping});
  SchedReplay replay(scenario, kWanted);
  const CpuStats& cpu = replay.tracker.cpus()[0];
  EXPECT_EQ(cpu.class_ns, (std::array<std::uint64_t, kClasses>{1'000, 2'000, 4'000, 8'000}));
  EXPECT_EQ(cpu.busy_ns, 15'000U);
}

}  // namespace
}  // namespace hoodtrace
