// SPDX-License-Identifier: GPL-2.0-or-later
// The load average from the switches: who counts, and the kernel's formula.
#include "model/sched/load.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "command/pipeline.hpp"
#include "event/feed.hpp"
#include "support/load_scenario.hpp"

namespace hoodtrace {
namespace {

constexpr std::uint64_t kSecond = 1'000'000'000;
constexpr std::uint32_t kExp1 = 1884;
constexpr std::uint32_t kTask = 10;

class LoadTrackerTest : public ::testing::Test {
 protected:
  LoadTrackerTest() { scenario.at(kSecond); }

  LoadTracker& play() {
    for (; played < scenario.records().size(); played++) {
      const std::optional<Event> event = decode(scenario.records().at(played));
      EXPECT_TRUE(event);
      feed(tasks, *event);
      feed(tracker, *event);
    }
    tracker.settle(scenario.now_ns());
    return tracker;
  }
  // Of the 1-minute average from 0, after one sample of 5 s.
  double active_in_5s() {
    loads(scenario, 1);
    const std::optional<LoadAverageOf> now = play().recomputed();
    if (!now) return -1;
    return (*now)[0] / (1 - kExp1 / 2048.0);
  }

  StreamBuilder scenario;
  TaskTable tasks;
  LoadTracker tracker{tasks};
  std::size_t played = 0;
};

// A minute is no half-life: after it 1 - 1/e of a constant load is in the average.
TEST_F(LoadTrackerTest, AfterAMinuteTheAverageHas63PercentOfAConstantLoad) {
  EXPECT_NEAR(load_after(0, kExp1, 1, 12), 1 - std::exp(-1), 0.005);
  EXPECT_NEAR(load_after(0, kExp1, 40, 12), 40 * (1 - std::exp(-1)), 0.05);
  EXPECT_NEAR(load_after(10, kExp1, 0, 12), 10 * std::exp(-1), 0.05);
}

// calc_load() adds FIXED_1 - 1 while the load rises, so that it gets there.
TEST_F(LoadTrackerTest, TheFormulaReachesAConstantLoadAndZero) {
  EXPECT_DOUBLE_EQ(load_after(0, kExp1, 3, 1000), 3);
  EXPECT_DOUBLE_EQ(load_after(3, kExp1, 3, 1000), 3);
  EXPECT_LT(load_after(3, kExp1, 0, 1000), 0.01);
}

TEST_F(LoadTrackerTest, ATaskInDCountsAllTheTimeAndAnIdleWorkerNever) {
  scenario.session().seen(kTask, {.state = kDiskSleep}).seen(11, {.state = kIdleWorker});
  scenario.seen(12, {.state = kSleeping}).seen(13, {.state = kStopped});
  loads(scenario, 0);
  scenario.at(6 * kSecond);
  EXPECT_NEAR(active_in_5s(), 1, 0.01);
}

TEST_F(LoadTrackerTest, ARunCountsFromTheBeginningOfItsWaitToItsSleep) {
  scenario.session().seen(kTask, {});
  loads(scenario, 0);
  scenario.at(3 * kSecond).switches({.to = kTask, .wait_ns = kSecond});
  scenario.at(4 * kSecond).switches({.from = kTask, .state = kSleeping});
  scenario.at(6 * kSecond);
  EXPECT_NEAR(active_in_5s(), 2.0 / 5, 0.01);
}

TEST_F(LoadTrackerTest, BetweenTwoRunsAPreemptedTaskCounts) {
  scenario.session().seen(kTask, {.on_cpu = true}).seen(11, {});
  loads(scenario, 0);
  scenario.at(2 * kSecond).switches({.from = kTask, .to = 11, .preempt = true});
  scenario.at(4 * kSecond)
      .switches({.from = 11, .to = kTask, .state = kSleeping, .wait_ns = 2 * kSecond});
  scenario.at(6 * kSecond);
  EXPECT_NEAR(active_in_5s(), (5.0 + 2.0) / 5, 0.01);
}

// The wait is known at its end, after the kernel's sample.
TEST_F(LoadTrackerTest, AWaitThatEndsLaterCountsInTheWindowInWhichItWas) {
  scenario.session().seen(kTask, {});
  loads(scenario, 0);
  scenario.at(6 * kSecond);
  loads(scenario, 1);
  scenario.at(7 * kSecond).switches({.to = kTask, .wait_ns = 6 * kSecond});
  scenario.at(11 * kSecond);
  loads(scenario, 2);
  const std::optional<LoadAverageOf> now = play().recomputed();
  ASSERT_TRUE(now);
  EXPECT_EQ(tracker.samples(), 2U);
  EXPECT_NEAR((*now)[0], load_after(0, kExp1, 1, 2), 0.001);
}

TEST_F(LoadTrackerTest, SamplesThatDoNotChangeTheAverageAreCountedByTheirTime) {
  scenario.session().seen(kTask, {.state = kDiskSleep});
  loads(scenario, 100);
  scenario.at(17 * kSecond);
  loads(scenario, 100);  // the end of the run
  EXPECT_EQ(play().samples(), 3U);
  EXPECT_NEAR((*tracker.recomputed())[0], 1, 0.001);
}

TEST_F(LoadTrackerTest, WithoutASampleOrWithLossesNothingIsRecomputed) {
  scenario.session().seen(kTask, {.on_cpu = true});
  loads(scenario, 50);
  scenario.at(2 * kSecond);
  loads(scenario, 50);
  EXPECT_FALSE(play().recomputed());
  EXPECT_EQ(tracker.kernel().value()[0], 0.5);
  scenario.at(4 * kSecond).lost(HT_SWITCH, 3, 5 * kSecond);
  scenario.at(7 * kSecond);
  loads(scenario, 51);
  EXPECT_FALSE(play().recomputed());
}

TEST_F(LoadTrackerTest, OfAPartOfTheSystemNothingIsRecomputed) {
  scenario.session(HT_SESSION_EXACT).seen(kTask, {.on_cpu = true});
  loads(scenario, 0);
  scenario.at(6 * kSecond);
  loads(scenario, 1);
  EXPECT_FALSE(play().recomputed());
}

TEST_F(LoadTrackerTest, AnIntervalBeginsWithTheAverageBeforeIt) {
  scenario.session().seen(kTask, {.state = kDiskSleep});
  loads(scenario, 0);
  scenario.at(6 * kSecond);
  loads(scenario, 8);
  play().begin_interval(6 * kSecond);
  scenario.at(11 * kSecond);
  loads(scenario, 16);
  ASSERT_TRUE(play().recomputed());
  EXPECT_EQ(tracker.samples(), 1U);
  EXPECT_NEAR((*tracker.recomputed())[0], load_after(0.08, kExp1, 1, 1), 0.001);
}

}  // namespace
}  // namespace hoodtrace
