// SPDX-License-Identifier: GPL-2.0-or-later
// What a real-time task takes from fair ones, and what keeps it off a CPU.
#include "model/sched/realtime.hpp"

#include <gtest/gtest.h>

#include "command/pipeline.hpp"
#include "event/feed.hpp"
#include "support/stream_builder.hpp"

namespace hoodtrace {
namespace {

constexpr std::uint64_t kMs = 1'000'000;
constexpr std::uint32_t kFair = 10;
constexpr std::uint32_t kFifo = 11;
constexpr std::uint8_t kFifoPrio = 89;

class RealtimeTrackerTest : public ::testing::Test {
 protected:
  RealtimeTrackerTest() {
    scenario.at(kMs).session().seen(kFair, {.comm = "fair"}).seen(kFifo, {.comm = "fifo"});
  }

  void leaves(std::uint32_t tid, std::uint8_t flags, std::int64_t late_ns = 0) {
    ht_realtime record{};
    record.head = {scenario.now_ns(), tid, HT_REALTIME, 0};
    record.flags = flags;
    record.late_ns = late_ns;
    record.prio = 89;
    record.policy = 1;
    scenario.add(record);
  }
  RealtimeStats play() {
    for (; played < scenario.records().size(); played++) {
      const std::optional<Event> event = decode(scenario.records().at(played));
      EXPECT_TRUE(event);
      feed(tasks, *event);
      feed(tracker, *event);
    }
    const auto found = tracker.stats().find(tasks.find(kFifo));
    return found == tracker.stats().end() ? RealtimeStats{} : found->second;
  }

  StreamBuilder scenario;
  TaskTable tasks;
  RealtimeTracker tracker{tasks};
  std::size_t played = 0;
};

// The fair one waits for 8 ms, in 5 of which the real-time task runs.
TEST_F(RealtimeTrackerTest, ItTookThePartOfAFairWaitInWhichItRan) {
  scenario.at(2 * kMs).switches({.from = 0, .to = kFair});
  scenario.at(10 * kMs).switches({.from = kFair, .to = kFifo, .prio = kFifoPrio, .policy = 1});
  scenario.at(15 * kMs).switches({.from = kFifo, .to = 0, .state = kSleeping});
  scenario.at(18 * kMs).switches({.from = 0, .to = kFair, .wait_ns = 8 * kMs});
  const RealtimeStats stats = play();
  EXPECT_EQ(stats.took_ns, 5 * kMs);
  EXPECT_EQ(stats.ran_ns, 5 * kMs);
  EXPECT_EQ(stats.longest_run_ns, 5 * kMs);
  EXPECT_EQ(stats.runs, 1U);
  EXPECT_EQ(tracker.victims().at(tasks.find(kFair)), 5 * kMs);
}

// Runs and waits are those of the run queue's clock, however old that is at the switch. The rest of the wait,
// up to the switch, is the real-time task's too: the CPU comes from it.
TEST_F(RealtimeTrackerTest, TheAgeOfTheClockIsNotLostBetweenRunAndWait) {
  scenario.at(2 * kMs).switches({.from = 0, .to = kFair, .clock_age_ns = 0});
  scenario.at(10 * kMs).switches(
      {.from = kFair, .to = kFifo, .prio = kFifoPrio, .policy = 1, .clock_age_ns = 800'000});
  scenario.at(15 * kMs).switches({.from = kFifo,
                                  .to = kFair,
                                  .state = kSleeping,
                                  .wait_ns = 5'400'000,
                                  .clock_age_ns = 400'000});
  const RealtimeStats stats = play();
  // By the clock it ran from 9.2 to 14.6 ms, and the other one waited from 9.2 to 15 ms.
  EXPECT_EQ(stats.ran_ns, 5'400'000U);
  EXPECT_EQ(stats.took_ns, 5'800'000U);
  EXPECT_EQ(tracker.victims().at(tasks.find(kFair)), 5'800'000U);
}

// A throttled wait begins by the clock too, on whichever side of the switch the record comes.
TEST_F(RealtimeTrackerTest, AThrottledWaitBeginsByTheClockOfTheSwitch) {
  constexpr std::uint8_t kThrottled =
      HT_REALTIME_RUNNABLE | HT_REALTIME_DEADLINE | HT_REALTIME_DL_THROTTLED;
  const auto comes = [&](std::uint64_t at_ns) {
    scenario.at(at_ns).switches(
        {.from = 0, .to = kFifo, .prio = 255, .policy = 6, .clock_age_ns = 0});
  };
  comes(2 * kMs);
  scenario.at(4 * kMs).switches({.from = kFifo, .to = 0, .clock_age_ns = 400'000});
  leaves(kFifo, kThrottled);
  comes(12 * kMs);
  EXPECT_EQ(play().own_throttled_ns, 8'400'000U);
  scenario.at(14 * kMs);
  leaves(kFifo, kThrottled);
  scenario.switches({.from = kFifo, .to = 0, .clock_age_ns = 400'000});
  comes(22 * kMs);
  EXPECT_EQ(play().own_throttled_ns, 2 * 8'400'000U);
}

TEST_F(RealtimeTrackerTest, RunsBeforeTheWaitAndOnOtherCpusTookNothing) {
  scenario.at(2 * kMs).switches({.from = 0, .to = kFifo, .prio = kFifoPrio, .policy = 1});
  scenario.at(5 * kMs).switches({.from = kFifo, .to = 0, .state = kSleeping});
  scenario.on_cpu(1).at(20 * kMs).switches({.from = 0, .to = kFair, .wait_ns = 19 * kMs});
  scenario.on_cpu(0).at(21 * kMs).switches({.from = 0, .to = kFair, .wait_ns = kMs});
  EXPECT_EQ(play().took_ns, 0U);
}

TEST_F(RealtimeTrackerTest, KeptOffByTheFairServerUntilItsNextRun) {
  scenario.at(2 * kMs).switches({.from = 0, .to = kFifo, .prio = kFifoPrio, .policy = 1});
  scenario.at(10 * kMs).switches({.from = kFifo, .to = kFair});
  leaves(kFifo, HT_REALTIME_RUNNABLE | HT_REALTIME_SERVER);
  scenario.at(60 * kMs).switches({.from = kFair, .to = kFifo, .prio = kFifoPrio, .policy = 1});
  const RealtimeStats stats = play();
  EXPECT_EQ(stats.limited, 1U);
  EXPECT_EQ(stats.limited_ns, 50 * kMs);
  EXPECT_EQ(tracker.limited(RealtimeLimit::kServer), 1U);
  EXPECT_EQ(tracker.limited(RealtimeLimit::kThrottled), 0U);
}

// The kernel clears them when a task that ends leaves its CPU, if its time is used up.
TEST_F(RealtimeTrackerTest, TheParametersOfADeadlineTaskStayKnownWhenItHasEnded) {
  ht_realtime record{};
  record.head = {scenario.now_ns(), kFifo, HT_REALTIME, 0};
  record.flags = HT_REALTIME_DEADLINE | HT_REALTIME_RUNNABLE;
  record.dl_runtime_ns = 2 * kMs;
  record.dl_deadline_ns = 5 * kMs;
  record.dl_period_ns = 10 * kMs;
  scenario.add(record);
  record.flags = HT_REALTIME_DEADLINE;
  record.dl_runtime_ns = record.dl_deadline_ns = record.dl_period_ns = 0;
  scenario.add(record);
  play();
  const RealtimeState* state = tracker.state(tasks.find(kFifo));
  ASSERT_NE(state, nullptr);
  EXPECT_TRUE(state->is_deadline);
  EXPECT_EQ(state->dl_runtime_ns, 2 * kMs);
  EXPECT_EQ(state->dl_deadline_ns, 5 * kMs);
  EXPECT_EQ(state->dl_period_ns, 10 * kMs);
}

TEST_F(RealtimeTrackerTest, ADeadlineTaskOverrunsAndIsLate) {
  scenario.at(2 * kMs).switches({.from = 0, .to = kFifo, .prio = 255, .policy = 6});
  scenario.at(4 * kMs).switches({.from = kFifo, .to = 0});
  leaves(kFifo, HT_REALTIME_RUNNABLE | HT_REALTIME_DEADLINE | HT_REALTIME_DL_THROTTLED);
  scenario.at(12 * kMs).switches({.from = 0, .to = kFifo, .prio = 255, .policy = 6});
  scenario.at(13 * kMs).switches({.from = kFifo, .to = 0, .state = kSleeping});
  leaves(kFifo, HT_REALTIME_DEADLINE | HT_REALTIME_LATE, 700);
  const RealtimeStats stats = play();
  EXPECT_EQ(stats.overruns, 1U);
  EXPECT_EQ(stats.own_throttled_ns, 8 * kMs);
  EXPECT_EQ(stats.late, 1U);
  EXPECT_EQ(stats.latest_ns, 700U);
}

TEST_F(RealtimeTrackerTest, AForgottenTasksPartStays) {
  scenario.at(2 * kMs).switches({.from = 0, .to = kFifo, .prio = kFifoPrio, .policy = 1});
  scenario.at(5 * kMs).switches({.from = kFifo, .to = 0, .state = kSleeping});
  play();
  tracker.fold(tasks.find(kFifo));
  EXPECT_EQ(tracker.stats().at(kNoTask).ran_ns, 3 * kMs);
}

}  // namespace
}  // namespace hoodtrace
