// SPDX-License-Identifier: GPL-2.0-or-later
#include "model/times/process_times.hpp"

#include <gtest/gtest.h>

#include <numeric>

#include "command/pipeline.hpp"
#include "event/feed.hpp"
#include "support/stream_builder.hpp"

namespace hoodtrace {
namespace {

class Replay {
 public:
  explicit Replay(const StreamBuilder& scenario) : sched_(tasks_, {1, true}), times_(tasks_) {
    for (std::size_t i = 0; i < scenario.records().size(); i++) {
      const std::optional<Event> event = decode(scenario.records().at(i));
      feed(tasks_, *event);
      feed(sched_, *event);
      for (const LongWait& wait : sched_.take_long_waits()) times_.on_wait(wait);
      feed(times_, *event);
    }
    times_.settle(scenario.now_ns());
  }

  [[nodiscard]] const ProcessTime& of(std::uint32_t pid, std::uint64_t start_ns = 1) const {
    static const ProcessTime kNone;
    const ProcessTime* time = times_.find(times_.index(), pid, start_ns);
    return time == nullptr ? kNone : *time;
  }
  [[nodiscard]] std::uint64_t ns(std::uint32_t pid, TaskTime time,
                                 std::uint64_t start_ns = 1) const {
    return of(pid, start_ns).ns[static_cast<std::size_t>(time)];
  }

 private:
  TaskTable tasks_;
  SchedTracker sched_;
  ProcessTimes times_;
};

TEST(ProcessTimes, ARunThatNoSwitchShowsIsInTheSums) {
  StreamBuilder scenario;
  scenario.at(1000).session().seen(10, {.on_cpu = true}).with_runtimes();
  scenario.at(2000).switches({.from = 10, .to = 0, .state = kSleeping});
  scenario.at(2500).hides({.from = 0, .to = 10, .wait_ns = 100});
  scenario.at(2900).hides({.from = 10, .to = 0, .state = kSleeping});
  scenario.at(4000).switches({.from = 0, .to = 10, .wait_ns = 100});
  scenario.at(5000).switches({.from = 10, .to = 0, .state = kSleeping});
  const Replay replay(scenario);
  EXPECT_EQ(replay.ns(10, TaskTime::kRunning), 1000U + 400U + 1000U);
  EXPECT_EQ(replay.ns(10, TaskTime::kWaiting), 200U);
  EXPECT_EQ(replay.ns(10, TaskTime::kSleeping), 2000U - 400U - 200U);
}

TEST(ProcessTimes, EveryNanosecondIsOfOneKind) {
  StreamBuilder scenario;
  scenario.at(1000).session().seen(10, {.comm = "make", .on_cpu = true}).seen(11, {});
  scenario.at(2000).switches({.from = 10, .to = 11, .state = kSleeping, .wait_ns = 300});
  scenario.at(2500).switches({.from = 11, .to = 10, .state = kDiskSleep, .wait_ns = 100});
  scenario.at(3000).switches({.from = 10, .to = 11, .preempt = true, .wait_ns = 200});
  scenario.at(4000);
  const Replay replay(scenario);
  EXPECT_EQ(replay.ns(10, TaskTime::kRunning), 1000U + 500U);
  EXPECT_EQ(replay.ns(10, TaskTime::kSleeping), 400U) << "from 2000 until it was woken";
  EXPECT_EQ(replay.ns(10, TaskTime::kWaiting), 100U + 1000U) << "still queued at the end";
  EXPECT_EQ(replay.ns(11, TaskTime::kSleeping), 700U);
  EXPECT_EQ(replay.ns(11, TaskTime::kWaiting), 300U + 200U);
  EXPECT_EQ(replay.ns(11, TaskTime::kDisk), 300U);
  for (const std::uint32_t pid : {10U, 11U}) {
    const auto& ns = replay.of(pid).ns;
    EXPECT_EQ(std::accumulate(ns, ns + kTaskTimes, 0ULL), 3000U) << pid;
  }
}

TEST(ProcessTimes, ThreadsAddUpInTheirProcess) {
  StreamBuilder scenario;
  scenario.at(1000).session().seen(10, {.on_cpu = true});
  scenario.on_cpu(1).seen(11, {.pid = 10, .on_cpu = true});
  scenario.at(2000);
  const Replay replay(scenario);
  EXPECT_EQ(replay.ns(10, TaskTime::kRunning), 2000U);
  EXPECT_EQ(replay.of(10).strip.pieces()[0][0], 2000);
}

TEST(ProcessTimes, AReusedPidIsAnotherProcess) {
  constexpr std::uint64_t kThread = 0x00010000;
  StreamBuilder scenario;
  scenario.at(1000).session().born(10, {.start_ns = 1000}).born(11, {.pid = 10}, kThread);
  scenario.at(1500).switches({.from = 0, .to = 10, .wait_ns = 100});
  scenario.at(1700).switches({.from = 10, .to = 0, .state = kDead}).ends(10);
  scenario.at(2000).born(10, {.start_ns = 2000});
  scenario.at(2500).switches({.from = 0, .to = 10, .wait_ns = 100});
  scenario.at(3000);
  const Replay replay(scenario);
  EXPECT_EQ(replay.ns(10, TaskTime::kRunning, 1000), 200U);
  EXPECT_EQ(replay.ns(10, TaskTime::kRunning, 2000), 500U);
}

TEST(ProcessTimes, AGapHasNoTime) {
  StreamBuilder scenario;
  scenario.at(1000).session().seen(10, {.on_cpu = true});
  scenario.at(2000).lost(HT_SWITCH, 3, 5000);
  scenario.at(9000);
  const Replay replay(scenario);
  EXPECT_EQ(replay.ns(10, TaskTime::kRunning), 1000U);
}

TEST(ProcessTimes, NamesWhomItWaitedBehind) {
  StreamBuilder scenario;
  scenario.at(1000).session().seen(10, {.comm = "hog", .on_cpu = true}).seen(11, {});
  scenario.at(2000).switches({.from = 10, .to = 11, .preempt = true, .wait_ns = 300});
  const Replay replay(scenario);
  EXPECT_EQ(replay.of(11).waits, 1U);
  EXPECT_EQ(replay.of(11).longest_wait_ns, 300U);
  EXPECT_EQ(replay.of(11).behind.total_ns(), 300U);
}

}  // namespace
}  // namespace hoodtrace
