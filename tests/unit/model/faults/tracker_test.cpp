// SPDX-License-Identifier: GPL-2.0-or-later
#include "model/faults/tracker.hpp"

#include <gtest/gtest.h>

#include "command/pipeline.hpp"
#include "event/feed.hpp"
#include "support/fault_scenario.hpp"

namespace hoodtrace {
namespace {

const TouchFields kZeroed{.write = true, .alloc = true, .zeroed = true, .rss = HT_FAULT_RSS_ANON};

// A stream of one or more tasks, and the tracker after it.
class FaultTrackerTest : public ::testing::Test {
 protected:
  FaultTrackerTest() { scenario.session(); }

  void play() {
    for (; played_ < scenario.records().size(); played_++) {
      const std::optional<Event> event = decode(scenario.records().at(played_));
      ASSERT_TRUE(event);
      feed(tasks, *event);
      feed(tracker, *event);
    }
  }
  [[nodiscard]] const FaultStats& of(std::uint32_t tid) const {
    return tracker.stats(tasks.find(tid));
  }

  StreamBuilder scenario;
  FaultScenario faults{scenario};
  TaskTable tasks;
  FaultTracker tracker{tasks};

 private:
  std::size_t played_ = 0;
};

TEST_F(FaultTrackerTest, CountsTimesAndBytesByKind) {
  scenario.seen(10, {});
  TouchFields slow = kZeroed;
  slow.took_ns = 9000;
  faults.touch(10, kZeroed).touch(10, slow).touch(10, {.major = true, .place = HT_PLACE_FILE});
  play();
  const FaultCount* zeroed = of(10).find(FaultKind::kDemandZero);
  ASSERT_NE(zeroed, nullptr);
  EXPECT_EQ(zeroed->count, 2U);
  EXPECT_EQ(zeroed->time_ns, 9500U);
  EXPECT_EQ(zeroed->max_ns, 9000U);
  EXPECT_EQ(zeroed->bytes, 8192U);
  EXPECT_EQ(of(10).minor, 2U);
  EXPECT_EQ(of(10).major, 1U);
  EXPECT_EQ(of(10).find(FaultKind::kShmem), nullptr);
}

// docs/kernel-notes.md, note 16: get_user_pages raises min_flt and no perf event.
TEST_F(FaultTrackerTest, FaultsThatOnlyTheKernelCountedAreGup) {
  scenario.seen(10, {});
  faults.touch(10, kZeroed).unseen(10, 2).touch(10, kZeroed).unseen(10, 1).counters(10);
  play();
  EXPECT_EQ(tracker.unreported(tasks.find(10)), 3U);
  const FaultAudit audit = tracker.audit();
  EXPECT_EQ(audit.seen, 2U);
  EXPECT_EQ(audit.gup, 3U);
  EXPECT_EQ(audit.kernel, 5U);
}

// Where fentry shows them, they have their time.
TEST_F(FaultTrackerTest, GupWithARecordIsGup) {
  scenario.seen(10, {});
  TouchFields gup = kZeroed;
  gup.facts = HT_FAULT_GUP;
  faults.touch(10, gup).touch(10, kZeroed).counters(10);
  play();
  EXPECT_EQ(of(10).minor, 1U);
  EXPECT_EQ(of(10).find(FaultKind::kGup)->time_ns, 500U);
  EXPECT_EQ(tracker.audit().gup, 1U);
  EXPECT_EQ(tracker.audit().seen, 1U);
  EXPECT_EQ(tracker.audit().kernel, 2U);
}

TEST_F(FaultTrackerTest, ASnapshotNewerThanAPendingFaultIsCorrected) {
  scenario.seen(10, {});
  faults.touch(10, kZeroed).unseen(10, 1).counters(10);
  // A fault that the counters include already; its record comes after them.
  ht_fault late = fault_record(kZeroed);
  late.head = {scenario.now_ns(), 10, HT_FAULT, 0};
  late.flt = 2;
  scenario.raw(&late, sizeof(late));
  play();
  EXPECT_EQ(tracker.unreported(tasks.find(10)), 0U);
  EXPECT_EQ(tracker.audit().seen, 2U);
  EXPECT_EQ(tracker.audit().kernel, 2U);
}

TEST_F(FaultTrackerTest, ATaskBornHereIsCountedFromZero) {
  scenario.seen(10, {}).born(11, {.pid = 11, .parent_pid = 10});
  faults.unseen(11, 1).touch(11, kZeroed).ends(11);
  play();
  EXPECT_EQ(tracker.unreported(tasks.find(11)), 1U);
  EXPECT_EQ(tracker.audit().kernel, 2U);
}

TEST_F(FaultTrackerTest, FaultsBeforeTheScanBeginTheSpan) {
  faults.unseen(10, 100).touch(10, kZeroed);
  scenario.at(2000).seen(10, {});
  faults.touch(10, kZeroed);
  // The tid is unknown before the scan, so that first fault has no task.
  play();
  EXPECT_EQ(tracker.audit().seen, 1U);
  EXPECT_EQ(tracker.unreported(tasks.find(10)), 101U) << "the scenario's counters begin at 0";
}

TEST_F(FaultTrackerTest, FailedOnesAreNotInTheKernelsCount) {
  scenario.seen(10, {});
  faults.touch(10, kZeroed)
      .touch(10, {.done = false, .signal = 11})
      .touch(10, kZeroed)
      .counters(10);
  play();
  EXPECT_EQ(of(10).count(FaultKind::kInvalid), 1U);
  EXPECT_EQ(of(10).minor, 2U);
  EXPECT_EQ(tracker.audit().kernel, 2U);
  EXPECT_EQ(tracker.audit().gup, 0U);
}

TEST_F(FaultTrackerTest, ARetriedFaultIsOne) {
  scenario.seen(10, {});
  faults.touch(
      10, {.took_ns = 80000, .major = true, .facts = HT_FAULT_RETRIED, .place = HT_PLACE_FILE});
  faults.counters(10);
  play();
  EXPECT_EQ(of(10).count(FaultKind::kFileMajor), 1U);
  EXPECT_EQ(tracker.audit().gup, 0U);
}

TEST_F(FaultTrackerTest, AFaultThatKillsTheTaskIsRecorded) {
  scenario.seen(10, {});
  faults.touch(10, {.took_ns = HT_UNKNOWN_NS, .done = false, .facts = HT_FAULT_DIED}).ends(10);
  play();
  const FaultCount* unresolved = of(10).find(FaultKind::kUnresolved);
  ASSERT_NE(unresolved, nullptr);
  EXPECT_EQ(unresolved->count, 1U);
  EXPECT_EQ(unresolved->timed, 0U) << "its length is not known";
}

TEST_F(FaultTrackerTest, AnEndThatWasNotShownCountsWithoutATime) {
  scenario.seen(10, {});
  faults.touch(10, {.took_ns = HT_UNKNOWN_NS, .facts = HT_FAULT_LATE, .place = HT_PLACE_UNKNOWN});
  faults.counters(10);
  play();
  EXPECT_EQ(of(10).minor, 1U);
  EXPECT_EQ(of(10).total().timed, 0U);
  EXPECT_EQ(tracker.audit().gup, 0U);
}

TEST_F(FaultTrackerTest, LostRecordsAreNotCountedAsGup) {
  scenario.seen(10, {});
  faults.touch(10, kZeroed);
  scenario.lost(HT_FAULT, 7, 3000);
  faults.unseen(10, 7).touch(10, kZeroed).counters(10);
  play();
  const FaultAudit audit = tracker.audit();
  EXPECT_EQ(audit.lost, 7U);
  EXPECT_EQ(audit.gup, 7U);
  EXPECT_EQ(audit.seen, 2U);
}

TEST_F(FaultTrackerTest, MappingsAreAProcesssFiles) {
  scenario.seen(10, {.pid = 10}).seen(11, {.pid = 10});
  TouchFields in_libc{.place = HT_PLACE_FILE, .inode = 42, .dev = 8};
  faults.touch(10, in_libc).touch(11, in_libc).touch(10, kZeroed);
  play();
  ASSERT_EQ(tracker.mappings().size(), 2U);
  const MappingKey libc{10, HT_PLACE_FILE, {42, 8}};
  EXPECT_EQ(tracker.mappings().at(libc).stats.count(FaultKind::kFileMinor), 2U);
}

TEST_F(FaultTrackerTest, CopiesAreComparedWithTheKernelsCount) {
  const TouchFields copy{.present = true, .write = true, .alloc = true};
  scenario.seen(10, {});
  faults.copies(10, 5, HT_FAULT_BOOKS_FIRST).touch(10, copy).touch(10, copy).touch(10, kZeroed);
  faults.copies(10, 7);
  play();
  const FaultAudit audit = tracker.audit();
  EXPECT_TRUE(audit.copies_known);
  EXPECT_EQ(audit.copies, 2U);
  EXPECT_EQ(audit.kernel_copies, 2U);
}

TEST_F(FaultTrackerTest, AnIntervalBeginsWhereTheLastOneEnded) {
  scenario.seen(10, {});
  faults.touch(10, kZeroed).counters(10);
  play();
  tracker.begin_interval();
  EXPECT_TRUE(of(10).is_empty());
  faults.unseen(10, 1).touch(10, kZeroed).counters(10);
  play();
  EXPECT_EQ(tracker.audit().kernel, 2U);
  EXPECT_EQ(tracker.audit().gup, 1U);
  EXPECT_EQ(of(10).minor, 1U);
}

TEST_F(FaultTrackerTest, AFoldedTaskStaysInTheSums) {
  scenario.seen(10, {});
  faults.touch(10, kZeroed).unseen(10, 1).ends(10);
  play();
  tracker.fold(tasks.find(10));
  EXPECT_EQ(tracker.ended_others_count(), 1U);
  EXPECT_EQ(tracker.ended_others().count(FaultKind::kDemandZero), 1U);
  EXPECT_EQ(tracker.ended_others().count(FaultKind::kGup), 1U);
  EXPECT_EQ(tracker.audit().kernel, 2U);
}

}  // namespace
}  // namespace hoodtrace
