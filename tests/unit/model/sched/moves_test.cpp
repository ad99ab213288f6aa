// SPDX-License-Identifier: GPL-2.0-or-later
// Migrations by reason and distance, and queues by class over time.
#include "model/sched/moves.hpp"

#include <gtest/gtest.h>

#include "command/pipeline.hpp"
#include "event/feed.hpp"
#include "support/stream_builder.hpp"

namespace hoodtrace {
namespace {

TEST(CpuGroups, CpusOfDifferentListsAreApart) {
  CpuGroups groups;
  EXPECT_FALSE(groups.known());
  groups.read("0-3;4-7");
  EXPECT_TRUE(groups.known());
  EXPECT_FALSE(groups.are_apart(0, 3));
  EXPECT_TRUE(groups.are_apart(3, 4));
  EXPECT_FALSE(groups.are_apart(0, 8));  // not known of 8
}

class MoveTrackerTest : public ::testing::Test {
 protected:
  MoveTrackerTest() {
    ht_session session{};
    session.head = {1, 0, HT_SESSION, HT_NO_CPU};
    session.flags = HT_SESSION_WHOLE | HT_SESSION_EXACT;
    using namespace std::string_literals;
    scenario.at(1).add(session,
                       "families\0sched,cpus\0cpu_caches\0"
                       "0-1;2-3\0cpu_nodes\0"
                       "0-3\0"s);
  }
  void play() {
    for (; played < scenario.records().size(); played++) {
      const std::optional<Event> event = decode(scenario.records().at(played));
      ASSERT_TRUE(event);
      feed(tasks, *event);
      feed(tracker, *event);
    }
  }

  StreamBuilder scenario;
  TaskTable tasks;
  MoveTracker tracker{tasks};
  std::size_t played = 0;
};

TEST_F(MoveTrackerTest, ByReasonAndAcrossCaches) {
  scenario.at(5).seen(10, {}).on_cpu(1);
  scenario.migrates(10, 0, HT_MOVE_WAKEUP)
      .migrates(10, 2, HT_MOVE_WAKEUP)
      .migrates(10, 3, HT_MOVE_PULL);
  play();
  EXPECT_TRUE(tracker.is_recorded());
  EXPECT_EQ(tracker.moves().at(HT_MOVE_WAKEUP).count, 2U);
  EXPECT_EQ(tracker.moves().at(HT_MOVE_WAKEUP).other_cache, 1U);
  EXPECT_EQ(tracker.moves().at(HT_MOVE_WAKEUP).other_node, 0U);
  EXPECT_EQ(tracker.moves().at(HT_MOVE_PULL).count, 1U);
}

TEST_F(MoveTrackerTest, AForksFirstRunOnAnotherCpuIsItsPlacement) {
  scenario.at(5).born(10, {}).born(11, {});
  scenario.at(7).on_cpu(2).switches({.from = 0, .to = 10});
  scenario.at(8).on_cpu(0).switches({.from = 0, .to = 11});
  scenario.at(9).on_cpu(1).switches({.from = 0, .to = 10});
  play();
  EXPECT_EQ(tracker.moves().at(MoveTracker::kFork).count, 1U);
}

TEST_F(MoveTrackerTest, QueuesAreMeansOverTime) {
  ht_queue queue{};
  queue.head = {100, 0, HT_QUEUE, 0};
  queue.fair = 2;
  queue.delayed = 1;
  scenario.at(100).add(queue);
  queue.head.time_ns = 150;
  queue.fair = 0;
  queue.real_time = 1;
  queue.delayed = 0;
  scenario.at(150).add(queue);
  play();
  tracker.settle(200);
  const QueueTimes* times = tracker.queue(0);
  ASSERT_NE(times, nullptr);
  EXPECT_EQ(times->known_ns, 100U);
  EXPECT_EQ(times->fair_ns, 100U);
  EXPECT_EQ(times->delayed_ns, 50U);
  EXPECT_EQ(times->real_time_ns, 50U);
  EXPECT_EQ(times->all_ns(), 150U);  // without those that sleep
  EXPECT_EQ(tracker.queue(1), nullptr);
}

}  // namespace
}  // namespace hoodtrace
