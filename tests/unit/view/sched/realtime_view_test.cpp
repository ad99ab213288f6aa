// SPDX-License-Identifier: GPL-2.0-or-later
// The table of sched --realtime: what is not measured is absent.
#include <gtest/gtest.h>

#include "event/feed.hpp"
#include "support/stream_builder.hpp"
#include "view/sched/realtime.hpp"

namespace hoodtrace {
namespace {

constexpr std::uint64_t kMs = 1'000'000;

TEST(RealtimeView, ATaskThatBecameRealTimeInItsOnlyRunHasNoTimeOnACpu) {
  constexpr std::uint32_t kTid = 11;
  StreamBuilder scenario;
  scenario.at(kMs).session().seen(kTid, {.comm = "chrt"});
  scenario.at(2 * kMs).switches({.from = 0, .to = kTid});
  scenario.at(9 * kMs).switches({.from = kTid, .to = 0, .state = kSleeping});
  ht_realtime record{};
  record.head = {scenario.now_ns(), kTid, HT_REALTIME, 0};
  record.prio = 89;
  record.policy = 1;
  scenario.add(record);

  TaskTable tasks;
  SchedTracker sched(tasks, {});
  RealtimeTracker tracker(tasks);
  for (std::size_t i = 0; i < scenario.records().size(); i++) {
    const std::optional<Event> event = decode(scenario.records().at(i));
    ASSERT_TRUE(event);
    feed(tasks, *event);
    feed(sched, *event);
    feed(tracker, *event);
  }
  ViewOptions options;
  options.json = true;
  Report report;
  add_realtime_report(sched, tracker, tasks, options, report);
  const Json row = report.body.at(0).second.at(0);
  EXPECT_EQ(row["policy"], "FIFO");
  EXPECT_EQ(row["runs"], 0);
  EXPECT_TRUE(row["on_cpu_ns"].is_null());
  EXPECT_TRUE(row["longest_run_ns"].is_null());
  EXPECT_TRUE(row["took_from_fair_ns"].is_null());
}

}  // namespace
}  // namespace hoodtrace
