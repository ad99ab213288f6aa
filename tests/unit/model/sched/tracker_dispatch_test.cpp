// SPDX-License-Identifier: GPL-2.0-or-later
// A wait ends when the task runs, not where the run queue's clock stood still.
#include <gtest/gtest.h>

#include "support/sched_replay.hpp"

namespace hoodtrace {
namespace {

// Task 10 naps on CPU 0 and is woken 8 us before it runs; the kernel accounts no wait.
StreamBuilder napper(std::uint32_t flags = HT_SESSION_WHOLE | HT_SESSION_EXACT) {
  StreamBuilder scenario;
  scenario.at(1'000'000).session(flags).seen(10, {.comm = "nap", .on_cpu = true});
  scenario.at(1'100'000).switches({.from = 10, .to = 0, .state = kSleeping, .clock_age_ns = 0});
  scenario.at(2'100'000).switches({.from = 0, .to = 10, .clock_age_ns = 8000});
  return scenario;
}

TEST(SchedDispatch, AWakeUpOnAnIdleCpuWaitsUntilTheTaskRuns) {
  const SchedReplay replay(napper());
  const SchedStats& stats = replay.of(10);
  EXPECT_EQ(stats.wait_ns, 8000U);
  EXPECT_EQ(stats.dispatch_ns, 8000U);
  EXPECT_EQ(stats.wait_woken_ns, 8000U);
  EXPECT_EQ(stats.wait_count, 1U);
  EXPECT_EQ(stats.wait_max_ns, 8000U);
  EXPECT_NEAR(static_cast<double>(stats.waits.quantile(0.5)), 8000, 8000 * 0.016);
  EXPECT_EQ(stats.sleep_ns, 992'000U) << "shorter by the dispatch time";
  const std::map<std::string, std::uint64_t> expected{{"(idle)", 8000}};
  EXPECT_EQ(replay.behind(10), expected);
}

TEST(SchedDispatch, WithATargetDispatchTimeIsBehindTheRunningTask) {
  StreamBuilder scenario = napper(HT_SESSION_EXACT);
  scenario.seen(11, {.comm = "hog", .traced = false});
  scenario.at(2'200'000).switches(
      {.from = 10, .to = 11, .state = kSleeping, .to_traced = false, .clock_age_ns = 0});
  scenario.at(3'200'000)
      .behind(10, {{11, 500}})
      .switches({.from = 11, .to = 10, .wait_ns = 500, .from_traced = false, .clock_age_ns = 1600});
  const SchedReplay replay(scenario);
  const std::map<std::string, std::uint64_t> expected{{"(idle)", 8000}, {"hog", 2100}};
  EXPECT_EQ(replay.behind(10), expected);
  EXPECT_EQ(replay.of(10).wait_ns, 10'100U);
}

TEST(SchedDispatch, TheAuditComparesTheAccountedPart) {
  StreamBuilder scenario = napper();
  scenario.at(2'200'000).switches({.from = 10, .to = 0, .state = kSleeping, .clock_age_ns = 0});
  scenario.at(2'300'000).switches({.from = 0, .to = 10, .wait_ns = 700, .clock_age_ns = 4000});
  scenario.counters(10);
  const SchedReplay replay(scenario);
  EXPECT_EQ(replay.of(10).wait_ns, 12'700U);
  EXPECT_EQ(replay.tracker.audit().wait_ns, 700U);
  EXPECT_EQ(replay.tracker.audit().kernel_run_delay_ns, 700U);
  EXPECT_EQ(replay.tracker.audit().reported_on_cpu_ns,
            replay.of(10).on_cpu_ns + replay.of(10).dispatch_ns);
  EXPECT_GT(replay.of(10).dispatch_ns, 0U);
}

// The run queue's clock was 6 us old when 10 was preempted, and 2 us when it came back: the kernel
// counts the wait from clock to clock.
TEST(SchedDispatch, TheColumnsOfAPreemptedTaskAddUpToItsWindow) {
  StreamBuilder scenario = napper();
  scenario.seen(11, {.comm = "hog"});
  scenario.at(2'200'000).switches({.from = 10, .to = 11, .clock_age_ns = 6000});
  scenario.at(2'300'000).switches(
      {.from = 11, .to = 10, .state = kSleeping, .wait_ns = 104'000, .clock_age_ns = 2000});
  scenario.at(2'400'000).switches({.from = 10, .to = 0, .state = kSleeping, .clock_age_ns = 0});
  const std::uint64_t now_ns = 2'500'000;
  SchedReplay replay(scenario.at(now_ns));
  replay.tracker.settle(now_ns);
  const SchedStats& stats = replay.of(10);
  EXPECT_EQ(stats.on_cpu_ns, 100'000U + 94'000U + 100'000U);
  EXPECT_EQ(stats.wait_ns, 8000U + 106'000U);
  EXPECT_EQ(stats.on_cpu_ns + stats.wait_ns + stats.sleep_ns, stats.window_ns);
  EXPECT_EQ(replay.tracker.cpus()[0].stats.on_cpu_ns, stats.on_cpu_ns + replay.of(11).on_cpu_ns);
  // Not behind itself: the hog has the CPU from the run queue's clock on.
  const std::map<std::string, std::uint64_t> expected{{"(idle)", 8000}, {"hog", 106'000}};
  EXPECT_EQ(replay.behind(10), expected);
}

TEST(SchedDispatch, TheThresholdIncludesDispatchTime) {
  SchedReplay replay(napper(), {8000, true});
  const std::vector<LongWait> waits = replay.tracker.take_long_waits();
  ASSERT_EQ(waits.size(), 1U);
  EXPECT_EQ(waits[0].wait_ns, 8000U);
}

TEST(SchedDispatch, WithoutTheClockDispatchTimeIsNotMeasured) {
  StreamBuilder scenario;
  scenario.at(1'000'000).session().seen(10, {.on_cpu = true});
  scenario.at(1'100'000).switches({.from = 10, .to = 0, .state = kSleeping});
  scenario.at(2'100'000).switches({.from = 0, .to = 10, .wait_ns = 300});
  const SchedReplay replay(scenario);
  EXPECT_FALSE(replay.tracker.has_dispatch());
  EXPECT_EQ(replay.of(10).wait_ns, 300U);
  EXPECT_TRUE(SchedReplay(napper()).tracker.has_dispatch());
}

}  // namespace
}  // namespace hoodtrace
