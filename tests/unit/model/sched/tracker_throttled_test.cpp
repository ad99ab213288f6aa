// SPDX-License-Identifier: GPL-2.0-or-later
// A wait that began because the cgroup's CPU quota was used up is the quota's, not a neighbour's.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "model/sched/tracker.hpp"

namespace hoodtrace {
namespace {

using ::testing::ElementsAre;
using ::testing::Pair;

constexpr std::uint32_t kTid = 42;
constexpr std::uint32_t kNeighbour = 43;

class SchedThrottled : public ::testing::Test {
 protected:
  SchedThrottled() {
    ht_session session{};
    session.head = {1'000, 0, HT_SESSION, HT_NO_CPU};
    session.flags = HT_SESSION_EXACT | HT_SESSION_WHOLE;
    tasks_.on(session);
    tracker_.on(session);
  }

  void go(std::uint64_t time_ns, std::uint32_t prev, std::uint16_t prev_state, std::uint32_t next,
          std::uint64_t wait_ns, std::uint8_t flags = 0) {
    ht_switch record{};
    record.head = {time_ns, next, HT_SWITCH, 0};
    record.prev_tid = prev;
    record.prev_state = prev_state;
    record.wait_ns = wait_ns;
    record.flags = flags | HT_SWITCH_EXACT | HT_SWITCH_PREV_TRACED | HT_SWITCH_NEXT_TRACED;
    if (next == kTid) {
      record.run_delay_ns = booked_ns_;
      booked_ns_ += wait_ns;
    }
    tasks_.on(record);
    tracker_.on(record);
  }

  const SchedStats& stats() { return tracker_.stats(tasks_.find(kTid)); }

  TaskTable tasks_;
  SchedTracker tracker_{tasks_, {}};
  std::uint64_t booked_ns_ = 0;
};

TEST_F(SchedThrottled, Trap09_TheWaitIsThrottled) {
  go(2'000, 0, 0, kTid, 0);
  go(3'000, kTid, 0, kNeighbour, 0, HT_SWITCH_PREV_THROTTLED);
  go(9'000, kNeighbour, 1, kTid, 6'000);
  EXPECT_EQ(stats().wait_throttled_ns, 6'000U);
  EXPECT_EQ(stats().wait_preempted_ns, 6'000U);
  EXPECT_EQ(stats().wait_ns, 6'000U);
  EXPECT_THAT(stats().behind.sorted(), ElementsAre(Pair(WhoTable::kThrottled, 6'000U)));
}

// SCHED_DEADLINE throttles a task that has used up its own runtime (update_curr_dl(),
// dl_throttled).
TEST_F(SchedThrottled, Trap45_ADeadlineTaskWaitsForItsOwnPeriod) {
  go(2'000, 0, 0, kTid, 0);
  go(3'000, kTid, 0, kNeighbour, 0, HT_SWITCH_PREV_OWN_DEADLINE);
  go(9'000, kNeighbour, 1, kTid, 6'000);
  EXPECT_EQ(stats().wait_throttled_ns, 6'000U);
  EXPECT_THAT(stats().behind.sorted(), ElementsAre(Pair(WhoTable::kOwnDeadline, 6'000U)));
}

TEST_F(SchedThrottled, Trap09_AnOrdinaryPreemptionIsBehindTheNeighbour) {
  go(2'000, 0, 0, kTid, 0);
  go(3'000, kTid, 0, kNeighbour, 0);
  go(9'000, kNeighbour, 1, kTid, 6'000);
  EXPECT_EQ(stats().wait_throttled_ns, 0U);
  EXPECT_THAT(stats().behind.sorted(), ElementsAre(Pair(tasks_.who(kNeighbour), 6'000U)));
}

TEST_F(SchedThrottled, Trap09_OnlyTheWaitAtHand) {
  go(2'000, 0, 0, kTid, 0);
  go(3'000, kTid, 0, kNeighbour, 0, HT_SWITCH_PREV_THROTTLED);
  go(9'000, kNeighbour, 1, kTid, 6'000);
  go(10'000, kTid, 1, kNeighbour, 0);  // sleeps
  go(12'000, kNeighbour, 1, kTid, 500);
  EXPECT_EQ(stats().wait_throttled_ns, 6'000U);
  EXPECT_EQ(stats().wait_woken_ns, 500U);
}

}  // namespace
}  // namespace hoodtrace
