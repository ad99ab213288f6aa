// SPDX-License-Identifier: GPL-2.0-or-later
// What a task of the fair class was due and got, its runs against its slice, its lag at wake-ups.
#include "model/sched/fair.hpp"

#include <gtest/gtest.h>

#include "command/pipeline.hpp"
#include "event/feed.hpp"
#include "support/fair_scenario.hpp"

namespace hoodtrace {
namespace {

constexpr std::uint64_t kMs = 1'000'000;
constexpr std::uint32_t kSpinner = 10;

class FairTrackerTest : public ::testing::Test {
 protected:
  FairTrackerTest() { scenario.at(kMs).session().seen(kSpinner, {.comm = "spinner"}); }

  const FairStats& play() {
    for (; played < scenario.records().size(); played++) {
      const std::optional<Event> event = decode(scenario.records().at(played));
      EXPECT_TRUE(event);
      feed(tasks, *event);
      feed(tracker, *event);
    }
    const FairStats* stats = tracker.stats(tasks.find(kSpinner));
    static const FairStats kNone{};
    return stats == nullptr ? kNone : *stats;
  }

  StreamBuilder scenario;
  FairScenario fair{scenario};
  TaskTable tasks;
  FairTracker tracker{tasks};
  std::size_t played = 0;
};

// 1024 beside 110: 9.0 of 10 ms. It waited 2 ms of them, and ran 8.
TEST_F(FairTrackerTest, DueIsTheWeightsPartOfTheQueuesTimeWhileItWaitsAndRuns) {
  const std::uint64_t waited = virtual_time(2 * kMs, 1024 + 110);
  const std::uint64_t ran = virtual_time(10 * kMs, 1024 + 110);
  fair.wakes({.tid = kSpinner});
  fair.runs({.tid = kSpinner, .virtual_in = waited, .virtual_now = ran, .exec_ns = 8 * kMs});
  const FairStats& stats = play();
  EXPECT_NEAR(static_cast<double>(stats.due_ns), 10e6 * 1024 / 1134, 10);
  EXPECT_EQ(stats.got_ns, 8 * kMs);
  EXPECT_EQ(stats.unplaced_ns, 0U);
}

TEST_F(FairTrackerTest, DueOfTheLightOneIsTheRest) {
  const std::uint64_t all = virtual_time(10 * kMs, 1024 + 110);
  fair.wakes({.tid = kSpinner, .weight = 110, .nice = 10});
  fair.runs({.tid = kSpinner, .virtual_now = all, .exec_ns = kMs, .weight = 110, .nice = 10});
  EXPECT_NEAR(static_cast<double>(play().due_ns), 10e6 * 110 / 1134, 10);
  EXPECT_EQ(tracker.state(tasks.find(kSpinner)).weight, 110U);
  EXPECT_EQ(tracker.state(tasks.find(kSpinner)).nice, 10);
}

TEST_F(FairTrackerTest, VirtualTimeMayWrapAroundAndSpansMayBeLong) {
  const std::uint64_t from = 0 - virtual_time(kMs, 2048);
  const std::uint64_t later = from + virtual_time(100 * kMs, 2048) * 1000;
  fair.wakes({.tid = kSpinner, .virtual_now = from});
  fair.runs({.tid = kSpinner, .virtual_in = from, .virtual_now = later, .exec_ns = kMs});
  EXPECT_NEAR(static_cast<double>(play().due_ns), 50e9, 1e4);
}

TEST_F(FairTrackerTest, AWaitOnAnotherQueueHasNoDueAndItsRunNoGot) {
  fair.wakes({.tid = kSpinner, .queue = 2});
  fair.runs({.tid = kSpinner, .virtual_now = virtual_time(4 * kMs, 1024), .exec_ns = 4 * kMs});
  EXPECT_EQ(play().due_ns, 0U);
  EXPECT_EQ(play().got_ns, 0U);
  EXPECT_EQ(play().unplaced_ns, 4 * kMs);
}

TEST_F(FairTrackerTest, ARunThatEndsOnAnotherQueueIsUnplaced) {
  fair.wakes({.tid = kSpinner});
  fair.runs({.tid = kSpinner, .queue = 2, .virtual_now = 5, .exec_ns = 4 * kMs});
  EXPECT_EQ(play().unplaced_ns, 4 * kMs);
}

// It waited with the weight of nice 19, and ran with that of nice 0: since when, no record says.
TEST_F(FairTrackerTest, ARunInWhichTheWeightChangedIsUnplaced) {
  const std::uint64_t first = virtual_time(300 * kMs, 1024);
  const std::uint64_t second = first + virtual_time(8 * kMs, 2048);
  fair.wakes({.tid = kSpinner, .weight = 15, .nice = 19});
  fair.runs({.tid = kSpinner, .virtual_now = first, .exec_ns = 4 * kMs});
  fair.runs({.tid = kSpinner, .virtual_in = first, .virtual_now = second, .exec_ns = 4 * kMs});
  const FairStats& stats = play();
  EXPECT_EQ(stats.unplaced_ns, 4 * kMs);
  EXPECT_EQ(stats.got_ns, 4 * kMs);
  EXPECT_NEAR(static_cast<double>(stats.due_ns), 4e6, 10);
}

TEST_F(FairTrackerTest, TimeAsleepIsNotDue) {
  constexpr std::uint8_t kSleeps = HT_FAIR_WHOLE | HT_FAIR_EEVDF;
  const std::uint64_t one = virtual_time(kMs, 1024);
  fair.wakes({.tid = kSpinner});
  fair.runs({.tid = kSpinner, .virtual_now = one, .exec_ns = kMs, .flags = kSleeps});
  fair.wakes({.tid = kSpinner, .virtual_now = 50 * one});
  fair.runs({.tid = kSpinner,
             .virtual_in = 50 * one,
             .virtual_now = 51 * one,
             .exec_ns = kMs,
             .flags = kSleeps});
  EXPECT_NEAR(static_cast<double>(play().due_ns), 2e6, 10);
  EXPECT_EQ(play().runs_slept, 2U);
}

TEST_F(FairTrackerTest, VruntimeOfAnotherQueueIsNoGrowth) {
  fair.runs({.tid = kSpinner, .exec_ns = kMs}).runs({.tid = kSpinner, .queue = 2, .exec_ns = kMs});
  const FairStats stats = play();
  EXPECT_EQ(stats.vruntime_ns, kMs);
  EXPECT_EQ(stats.vruntime_ran_ns, kMs);
}

// Below more groups than HT_FAIR_LEVELS: the queue may have been another one.
TEST_F(FairTrackerTest, VruntimeOfAQueueThatIsNotKnownIsNoGrowth) {
  fair.wakes({.tid = kSpinner, .queue = 0});
  fair.runs({.tid = kSpinner, .queue = 0, .queue_in = 0, .exec_ns = kMs});
  const FairStats stats = play();
  EXPECT_EQ(stats.vruntime_ns, 0U);
  EXPECT_EQ(stats.vruntime_ran_ns, 0U);
  EXPECT_EQ(stats.unplaced_ns, kMs);
  EXPECT_EQ(stats.runs, 1U);
}

TEST_F(FairTrackerTest, RunsAreToldApartByTheSlice) {
  fair.runs({.tid = kSpinner, .exec_ns = 2'999'999}).runs({.tid = kSpinner, .exec_ns = 3'000'000});
  fair.runs({.tid = kSpinner, .exec_ns = kMs, .flags = HT_FAIR_WHOLE | HT_FAIR_EEVDF});
  EXPECT_EQ(play().runs_before_slice, 1U);
  EXPECT_EQ(play().runs_at_slice, 1U);
  EXPECT_EQ(play().runs_slept, 1U);
  EXPECT_EQ(play().runs, 3U);
}

TEST_F(FairTrackerTest, WithoutEevdfThereIsNoSliceAndNoLag) {
  fair.wakes({.tid = kSpinner, .lag_ns = 5, .flags = 0});
  fair.runs({.tid = kSpinner, .exec_ns = kMs, .flags = HT_FAIR_WHOLE | HT_FAIR_RUNNABLE});
  EXPECT_EQ(play().runs_before_slice + play().runs_at_slice, 0U);
  EXPECT_EQ(play().lag_p50_ns(), std::nullopt);
  EXPECT_EQ(tracker.state(tasks.find(kSpinner)).slice_ns, std::nullopt);
}

TEST_F(FairTrackerTest, LagIsVirtualTimeTimesTheWeight) {
  fair.wakes({.tid = kSpinner, .lag_ns = 20, .weight = 2048});
  EXPECT_EQ(play().lag_p50_ns(), 40);
}

TEST_F(FairTrackerTest, TheMedianOfLagsCountsThoseBelowZero) {
  for (const std::int64_t lag_ns : {-30, -20, -10, 5, 6})
    fair.wakes({.tid = kSpinner, .lag_ns = lag_ns});
  EXPECT_EQ(play().lag_p50_ns(), -10);
  for (const std::int64_t lag_ns : {7, 8}) fair.wakes({.tid = kSpinner, .lag_ns = lag_ns});
  EXPECT_EQ(play().lag_p50_ns(), 5);
}

TEST_F(FairTrackerTest, AWakeupThatEndsADelayedDequeueHasNoLag) {
  fair.runs({.tid = kSpinner, .flags = HT_FAIR_WHOLE | HT_FAIR_EEVDF | HT_FAIR_DELAYED});
  fair.wakes({.tid = kSpinner, .lag_ns = 20});
  EXPECT_EQ(play().lag_p50_ns(), std::nullopt);
  EXPECT_EQ(play().delayed_sleeps, 1U);
}

TEST_F(FairTrackerTest, ARunWhoseBeginningWasNotSeenHasNoLength) {
  fair.runs({.tid = kSpinner, .flags = HT_FAIR_EEVDF | HT_FAIR_RUNNABLE});
  EXPECT_EQ(play().runs_unmeasured, 1U);
  EXPECT_EQ(play().run_ns.count(), 0U);
}

TEST_F(FairTrackerTest, AfterALossNothingIsDueForTheWaitBefore) {
  fair.wakes({.tid = kSpinner});
  scenario.lost(HT_FAIR, 1, scenario.now_ns());
  fair.runs({.tid = kSpinner, .virtual_now = virtual_time(kMs, 1024), .exec_ns = kMs});
  EXPECT_EQ(play().due_ns, 0U);
  EXPECT_EQ(play().unplaced_ns, kMs);
}

TEST_F(FairTrackerTest, AnIntervalCountsAnewAndKnowsWhereTasksAreQueued) {
  const std::uint64_t one = virtual_time(kMs, 1024);
  fair.runs({.tid = kSpinner, .virtual_now = one, .exec_ns = kMs});
  play();
  tracker.begin_interval();
  EXPECT_EQ(play().runs, 0U);
  fair.runs({.tid = kSpinner, .virtual_in = one, .virtual_now = 3 * one, .exec_ns = 2 * kMs});
  EXPECT_NEAR(static_cast<double>(play().due_ns), 2e6, 10);
  EXPECT_EQ(play().got_ns, 2 * kMs);
}

// Due 5 of 10 ms, got 4, and owed 0.7 more than before: 0.3 were taken from it.
TEST_F(FairTrackerTest, ShiftedIsWhatItGotAndIsOwedLessWhatItWasDue) {
  fair.wakes({.tid = kSpinner, .owed_ns = -200'000});
  fair.runs({.tid = kSpinner,
             .virtual_now = virtual_time(10 * kMs, 2048),
             .exec_ns = 4 * kMs,
             .owed_ns = 500'000});
  ASSERT_TRUE(play().shifted_ns());
  EXPECT_NEAR(static_cast<double>(*play().shifted_ns()), -300'000, 10);
}

// From one run to the next: what it is owed is a state, and only its growth counts.
TEST_F(FairTrackerTest, OwedOfTheEndOfARunIsThatOfTheNextWaitsBeginning) {
  const std::uint64_t one = virtual_time(kMs, 1024);
  fair.wakes({.tid = kSpinner, .owed_ns = 0});
  for (const std::int64_t owed_ns : {-300'000, 200'000, -300'000})
    fair.runs({.tid = kSpinner, .virtual_now = one, .exec_ns = kMs, .owed_ns = owed_ns});
  EXPECT_EQ(play().owed_growth_ns, -300'000);
}

TEST_F(FairTrackerTest, NothingIsShiftedWhereOneLagIsNotKnown) {
  const std::uint64_t one = virtual_time(kMs, 1024);
  fair.wakes({.tid = kSpinner, .owed_ns = 0});
  fair.runs({.tid = kSpinner, .virtual_now = one, .exec_ns = kMs, .owed_ns = 0});
  ASSERT_TRUE(play().shifted_ns());
  fair.runs({.tid = kSpinner, .virtual_now = 2 * one, .exec_ns = kMs});
  EXPECT_EQ(play().shifted_ns(), std::nullopt);
}

// A sleep: what is owed at the wake-up is what the kernel set there.
TEST_F(FairTrackerTest, WhatIsOwedAcrossASleepIsNoGrowth) {
  const std::uint64_t one = virtual_time(kMs, 1024);
  constexpr std::uint8_t kSleeps = HT_FAIR_WHOLE | HT_FAIR_EEVDF;
  fair.wakes({.tid = kSpinner, .owed_ns = 0});
  fair.runs(
      {.tid = kSpinner, .virtual_now = one, .exec_ns = kMs, .owed_ns = 100'000, .flags = kSleeps});
  fair.wakes({.tid = kSpinner, .virtual_now = one, .owed_ns = 700'000});
  fair.runs({.tid = kSpinner,
             .virtual_now = 2 * one,
             .exec_ns = kMs,
             .owed_ns = 600'000,
             .flags = kSleeps});
  EXPECT_EQ(play().owed_growth_ns, 0);
}

TEST_F(FairTrackerTest, AForgottenTaskIsInTheSumOfThose) {
  fair.runs({.tid = kSpinner, .exec_ns = kMs});
  play();
  tracker.fold(tasks.find(kSpinner));
  EXPECT_EQ(tracker.ended_others_count(), 1U);
  EXPECT_EQ(tracker.ended_others().runs, 1U);
}

}  // namespace
}  // namespace hoodtrace
