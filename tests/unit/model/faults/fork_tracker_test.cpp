// SPDX-License-Identifier: GPL-2.0-or-later
#include "model/faults/fork_tracker.hpp"

#include <gtest/gtest.h>

#include "command/pipeline.hpp"
#include "event/feed.hpp"
#include "support/fault_scenario.hpp"

namespace hoodtrace {
namespace {

constexpr std::uint64_t kVm = 0x100;
constexpr std::uint64_t kVforkFlags = 0x4100;
constexpr std::uint64_t kThreadFlags = 0x10100;
const TouchFields kCopy{.present = true, .write = true, .alloc = true};
const TouchFields kReuse{.present = true, .write = true};

class ForkTrackerTest : public ::testing::Test {
 protected:
  ForkTrackerTest() { scenario.session().seen(10, {.pid = 10, .comm = "server"}); }

  void forks(std::uint32_t parent, std::uint32_t child, std::uint64_t flags = 0) {
    scenario.at(scenario.now_ns() + 100).born(child, {.pid = child, .parent_pid = parent}, flags);
  }
  void returns(std::uint32_t parent, std::uint32_t child, std::uint64_t fork_ns,
               std::uint64_t anon_bytes) {
    ht_fork record{};
    record.head = {scenario.now_ns(), parent, HT_FORK, 0};
    record.fork_ns = fork_ns;
    record.anon_bytes = anon_bytes;
    record.child_pid = child;
    record.pid = parent;
    scenario.raw(&record, sizeof(record));
  }
  void touch(std::uint32_t tid, const TouchFields& what, int times = 1) {
    for (int i = 0; i < times; i++) faults.touch(tid, what);
  }
  void play() {
    for (; played_ < scenario.records().size(); played_++) {
      const std::optional<Event> event = decode(scenario.records().at(played_));
      ASSERT_TRUE(event);
      feed(tasks, *event);
      feed(tracker, *event);
    }
  }
  [[nodiscard]] const Fork& of(std::uint32_t child) const {
    for (const auto& [id, fork] : tracker.forks())
      if (fork.child_pid == child) return fork;
    static const Fork kNone;
    return kNone;
  }

  StreamBuilder scenario;
  FaultScenario faults{scenario};
  TaskTable tasks;
  ForkTracker tracker{tasks};

 private:
  std::size_t played_ = 0;
};

TEST_F(ForkTrackerTest, BothSidesOfAForkAreCharged) {
  forks(10, 20);
  returns(10, 20, 250'000, 100 * 4096);
  touch(20, kCopy, 3);
  touch(10, kCopy, 2);
  play();
  EXPECT_EQ(of(20).parent_pid, 10U);
  EXPECT_EQ(of(20).fork_ns, 250'000U);
  EXPECT_EQ(of(20).parent_anon_bytes, 409'600U);
  EXPECT_EQ(of(20).child.copied, 3U);
  EXPECT_EQ(of(20).child.copied_bytes, 3U * 4096);
  EXPECT_EQ(of(20).child.time_ns, 1500U);
  EXPECT_EQ(of(20).parent.copied, 2U);
  EXPECT_TRUE(of(20).is_open());
}

TEST_F(ForkTrackerTest, AfterTheChildEndsTheParentReusesTheRest) {
  forks(10, 20);
  returns(10, 20, 1000, 4 * 4096);
  touch(20, kCopy);
  scenario.ends(20);
  touch(10, kReuse, 3);
  play();
  EXPECT_EQ(of(20).parent.reused, 3U);
  EXPECT_TRUE(of(20).is_open()) << "one page is still read-only";
  touch(10, kReuse);
  play();
  EXPECT_FALSE(of(20).is_open());
}

TEST_F(ForkTrackerTest, PagesAreOfTheSizeThatTheSessionNames) {
  ht_session session{};
  session.head = {scenario.now_ns(), 0, HT_SESSION, HT_NO_CPU};
  session.page_shift = 16;
  scenario.raw(&session, sizeof(session));
  forks(10, 20);
  returns(10, 20, 1000, 2 * 65536);
  scenario.ends(20);
  touch(10, kReuse);
  play();
  EXPECT_TRUE(of(20).is_open()) << "one page of 64 KiB is still read-only";
  touch(10, kReuse);
  play();
  EXPECT_FALSE(of(20).is_open());
}

TEST_F(ForkTrackerTest, AnExecEndsTheChildsPart) {
  forks(10, 20);
  touch(20, kCopy);
  scenario.execs(20, 20);
  touch(20, kReuse, 5);
  play();
  EXPECT_EQ(of(20).child.copied, 1U);
  EXPECT_EQ(of(20).child.reused, 0U);
  EXPECT_EQ(tracker.unexplained().reused, 5U) << "its new program's own affair";
}

TEST_F(ForkTrackerTest, CopiesByThreadsAreChargedToTheirProcess) {
  scenario.born(11, {.pid = 10, .parent_pid = 10}, kThreadFlags);
  scenario.born(12, {.pid = 10, .parent_pid = 10}, kThreadFlags);
  forks(10, 20);
  scenario.born(21, {.pid = 20, .parent_pid = 20}, kThreadFlags);
  touch(12, kCopy, 2);
  touch(21, kCopy, 3);
  scenario.ends(21);
  play();
  EXPECT_EQ(of(20).parent.copied, 2U);
  EXPECT_EQ(of(20).child.copied, 3U);
  EXPECT_TRUE(of(20).is_open()) << "the child's first thread lives";
}

// A copy means that somebody else has the page still: not the one that has gone.
TEST_F(ForkTrackerTest, ACopyIsChargedToTheMostRecentForkThatSharesThePage) {
  forks(10, 20);
  forks(10, 30);
  scenario.execs(30, 30);
  touch(10, kCopy, 4);
  touch(10, kReuse);
  play();
  EXPECT_EQ(of(20).parent.copied, 4U);
  EXPECT_EQ(of(30).parent.copied, 0U);
  EXPECT_EQ(of(30).parent.reused, 1U) << "the most recent one took the permission away";
}

TEST_F(ForkTrackerTest, AForkOfAForkHasItsOwnRow) {
  forks(10, 20);
  forks(20, 30);
  touch(30, kCopy, 2);
  touch(20, kCopy, 3);
  scenario.ends(30);
  touch(20, kCopy);
  play();
  EXPECT_EQ(of(30).child.copied, 2U);
  EXPECT_EQ(of(30).parent.copied, 3U);
  EXPECT_EQ(of(20).child.copied, 1U) << "the grandchild is gone: shared with the parent alone";
}

TEST_F(ForkTrackerTest, AGrandchildKeepsTheOuterForkOpen) {
  forks(10, 20);
  returns(10, 20, 1000, 4096);
  forks(20, 30);
  scenario.ends(20);
  play();
  EXPECT_TRUE(of(20).is_open());
  touch(10, kCopy);
  scenario.ends(30);
  play();
  EXPECT_EQ(of(20).parent.copied, 1U);
  EXPECT_FALSE(of(20).is_open());
}

// docs/kernel-notes.md, note 6.
TEST_F(ForkTrackerTest, AVforkSharesTheMemoryAndCopiesNothing) {
  forks(10, 20, kVforkFlags);
  touch(20, kReuse);
  play();
  EXPECT_TRUE(of(20).shares_memory);
  EXPECT_EQ(of(20).child.reused, 0U);
  EXPECT_EQ(tracker.unexplained().reused, 1U);
  EXPECT_FALSE(of(20).is_open());
  scenario.execs(20, 20);
  forks(10, 30, kVm);
  play();
  EXPECT_TRUE(of(30).shares_memory);
}

TEST_F(ForkTrackerTest, KernelWritesForTheTaskAreCharged) {
  forks(10, 20);
  TouchFields into_a_buffer = kCopy;
  into_a_buffer.kernel = true;
  touch(20, into_a_buffer);
  play();
  EXPECT_EQ(of(20).child.copied, 1U);
}

TEST_F(ForkTrackerTest, MappingsAreCountedPerFork) {
  forks(10, 20);
  TouchFields heap = kCopy;
  heap.place = HT_PLACE_HEAP;
  touch(20, heap, 2);
  touch(10, kCopy);
  play();
  const auto& mappings = of(20).mappings;
  EXPECT_EQ(mappings.at({HT_PLACE_HEAP, {}}).copied, 2U);
  EXPECT_EQ(mappings.at({HT_PLACE_ANON, {}}).copied, 1U);
}

TEST_F(ForkTrackerTest, EndedForksAreDroppedAfterTheirInterval) {
  forks(10, 20);
  forks(20, 30);
  scenario.ends(20);
  play();
  tracker.begin_interval();
  EXPECT_EQ(tracker.forks().size(), 2U) << "the grandchild looks through the outer one";
  scenario.ends(30);
  returns(10, 20, 1, 0);
  play();
  tracker.begin_interval();
  EXPECT_TRUE(tracker.forks().empty());
}

TEST_F(ForkTrackerTest, AReusedPidIsAnotherChild) {
  forks(10, 20);
  scenario.ends(20);
  forks(10, 20);
  touch(20, kCopy);
  returns(10, 20, 77, 4096);
  play();
  ASSERT_EQ(tracker.forks().size(), 2U);
  EXPECT_EQ(tracker.forks().begin()->second.child.copied, 0U);
  EXPECT_EQ(tracker.forks().rbegin()->second.child.copied, 1U);
  EXPECT_EQ(tracker.forks().rbegin()->second.fork_ns, 77U);
}

TEST_F(ForkTrackerTest, CopiesOfKsmPagesAreNotChargedToTheFork) {
  forks(10, 11);
  TouchFields merged = kCopy;
  merged.facts = HT_FAULT_KSM;
  touch(10, merged, 3);
  touch(10, kCopy, 2);
  play();
  EXPECT_EQ(of(11).parent.copied, 2U);
  EXPECT_EQ(tracker.of_ksm().copied, 3U);
  EXPECT_EQ(tracker.unexplained().copied, 0U);
}

TEST_F(ForkTrackerTest, CopiesInAnotherProcesssMemoryAreNotTheWriters) {
  forks(10, 11);
  TouchFields remote = kCopy;
  remote.facts = HT_FAULT_GUP | HT_FAULT_REMOTE;
  remote.took_ns = HT_UNKNOWN_NS;
  touch(10, remote, 4);
  touch(10, kCopy);
  play();
  EXPECT_EQ(of(11).parent.copied, 1U);
  EXPECT_EQ(of(11).parent.by_kernel, 0U);
  EXPECT_EQ(of(11).child.copied, 0U);
  EXPECT_EQ(tracker.remote().copied, 4U);
  EXPECT_EQ(tracker.unexplained().copied, 0U);
  EXPECT_EQ(given_bytes(fault_record(remote)), 0U);
}

TEST_F(ForkTrackerTest, AWaitForUserfaultfdIsNotOnTheForksBill) {
  forks(10, 11);
  TouchFields waited = kCopy;
  waited.facts = HT_FAULT_UFFD | HT_FAULT_UFFD_WP;
  touch(10, waited, 2);
  play();
  EXPECT_EQ(of(11).parent.copied, 2U);
  EXPECT_EQ(of(11).parent.time_ns, 0U);
}

TEST_F(ForkTrackerTest, CopiesByTheKernelAndSplitsAreCountedInTheirSide) {
  forks(10, 11);
  TouchFields own = kCopy;
  own.facts = HT_FAULT_GUP;
  own.took_ns = HT_UNKNOWN_NS;
  touch(11, own, 4);
  TouchFields split = kCopy;
  split.facts = HT_FAULT_SPLIT;
  touch(11, split, 2);
  play();
  EXPECT_EQ(of(11).child.copied, 6U);
  EXPECT_EQ(of(11).child.by_kernel, 4U);
  EXPECT_EQ(of(11).child.huge_splits, 2U);
  EXPECT_EQ(of(11).child.time_ns, 2 * kCopy.took_ns);
}

// Recordings from before those were measured have no flags.
TEST_F(ForkTrackerTest, WhatTheForkItselfCopiedIsKnownOnlyWhereItWasMeasured) {
  forks(10, 11);
  returns(10, 11, 1'000, 4096);
  play();
  EXPECT_FALSE(of(11).at_fork);
  EXPECT_EQ(tracker.measured(), 0U);
  forks(10, 12);
  ht_fork record{};
  record.head = {scenario.now_ns(), 10, HT_FORK, 0};
  record.child_pid = 12;
  record.pid = 10;
  record.copied_pages = 7;
  record.copied_bytes = 7 * 4096;
  record.hugetlb_bytes = 2 << 20;
  record.flags = HT_FORK_OWN;
  scenario.raw(&record, sizeof(record));
  play();
  ASSERT_TRUE(of(12).at_fork);
  EXPECT_EQ(of(12).at_fork->pages, 7U);
  EXPECT_EQ(of(12).parent_hugetlb_bytes, 2U << 20);
}

}  // namespace
}  // namespace hoodtrace
