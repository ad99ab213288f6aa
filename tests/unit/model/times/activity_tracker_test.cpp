// SPDX-License-Identifier: GPL-2.0-or-later
#include "model/times/activity_tracker.hpp"

#include <gtest/gtest.h>

#include <tuple>
#include <vector>

#include "command/pipeline.hpp"
#include "event/feed.hpp"
#include "support/stream_builder.hpp"

namespace hoodtrace {
namespace {

using Span = std::tuple<std::uint64_t, std::uint64_t, TaskTime>;

std::vector<Span> spans(const StreamBuilder& scenario, std::uint32_t pid, std::uint64_t end_ns) {
  TaskTable tasks;
  ActivityTracker tracker(tasks);
  for (std::size_t i = 0; i < scenario.records().size(); i++) {
    const std::optional<Event> event = decode(scenario.records().at(i));
    feed(tasks, *event);
    feed(tracker, *event);
  }
  tracker.settle(end_ns);
  std::vector<Span> list;
  for (const ActivitySpan& span : tracker.spans_of(pid))
    list.emplace_back(span.from_ns, span.to_ns, span.time);
  return list;
}

TEST(ActivityTracker, ASleeperWokeWhenItsWaitBegan) {
  StreamBuilder scenario;
  scenario.session().at(1000).seen(10, {.comm = "a"});
  scenario.at(5000).switches({.from = 0, .to = 10, .wait_ns = 700});
  scenario.at(6000).switches({.from = 10, .to = 0, .state = kSleeping});
  EXPECT_EQ(spans(scenario, 10, 9000), (std::vector<Span>{{1000, 4300, TaskTime::kSleeping},
                                                          {4300, 5000, TaskTime::kWaiting},
                                                          {5000, 6000, TaskTime::kRunning},
                                                          {6000, 9000, TaskTime::kSleeping}}));
}

TEST(ActivityTracker, OneThatLostTheCpuWaitsAllTheWhile) {
  StreamBuilder scenario;
  scenario.session().at(1000).seen(10, {.on_cpu = true});
  scenario.at(2000).switches({.from = 10, .to = 0, .state = kRunnable});
  scenario.at(3000).switches({.from = 0, .to = 10, .wait_ns = 1000});
  EXPECT_EQ(spans(scenario, 10, 3500), (std::vector<Span>{{1000, 2000, TaskTime::kRunning},
                                                          {2000, 3000, TaskTime::kWaiting},
                                                          {3000, 3500, TaskTime::kRunning}}));
}

TEST(ActivityTracker, DiskSleepIsDistinguishedFromSleepAndFromIdleWorkers) {
  StreamBuilder scenario;
  scenario.session().at(1000).seen(10, {.on_cpu = true}).seen(11, {.on_cpu = true});
  scenario.at(2000).switches({.from = 10, .to = 0, .state = kDiskSleep});
  scenario.at(2000).switches({.from = 11, .to = 0, .state = kIdleWorker});
  scenario.seen(12, {.on_cpu = true});
  scenario.at(2000).switches({.from = 12, .to = 0, .state = kDiskSleep, .iowait = false});
  EXPECT_EQ(spans(scenario, 10, 3000).back(), (Span{2000, 3000, TaskTime::kDisk}));
  EXPECT_EQ(spans(scenario, 12, 3000).back(), (Span{2000, 3000, TaskTime::kUninterruptible}));
  EXPECT_EQ(spans(scenario, 11, 3000).back(), (Span{2000, 3000, TaskTime::kSleeping}));
}

TEST(ActivityTracker, ThreadsCountForTheirProcessAndDeadOnesForNone) {
  StreamBuilder scenario;
  scenario.session().at(1000).born(11, {.pid = 10});
  scenario.at(2000).switches({.from = 0, .to = 11, .wait_ns = 1000});
  scenario.at(3000).switches({.from = 11, .to = 0, .state = kDead});
  EXPECT_EQ(spans(scenario, 10, 9000), (std::vector<Span>{{1000, 2000, TaskTime::kWaiting},
                                                          {2000, 3000, TaskTime::kRunning}}));
}

TEST(ActivityTracker, NothingIsKnownAcrossALoss) {
  StreamBuilder scenario;
  scenario.session().at(1000).seen(10, {.on_cpu = true});
  scenario.at(2000).lost(HT_SWITCH, 3, 2500);
  scenario.at(4000).switches({.from = 10, .to = 0, .state = kSleeping});
  EXPECT_EQ(spans(scenario, 10, 4000), (std::vector<Span>{{1000, 2000, TaskTime::kRunning}}));
}

}  // namespace
}  // namespace hoodtrace
