// SPDX-License-Identifier: GPL-2.0-or-later
#include "model/procs/reaping.hpp"

#include <gtest/gtest.h>

namespace hoodtrace {
namespace {

struct WaitWords {
  std::uint32_t selected_pid = HT_WAIT_ANY;
  std::uint32_t options = 0x4;  // WEXITED
  std::uint32_t pid = 10;
};

// The children of process 10, whose first thread is 10 and whose other threads are 11, 12, ….
class ReapedFamily {
 public:
  ProcessLife& child(std::uint32_t pid, std::uint32_t parent_tid = 10) {
    ProcessLife& life = table_.make(pid, pid);
    life.born_to_pid = 10;
    life.parent_tid = parent_tid;
    reaping.add(life);
    return life;
  }
  void exits(ProcessLife& life, std::uint64_t now_ns) {
    life.exit_ns = now_ns;
    table_.end(life);
    reaping.add_zombie(life);
  }
  // Until its last switch it may be no zombie yet.
  void leaves_cpu(ProcessLife& life) { reaping.settle(life); }
  void looks(std::uint32_t tid, std::uint64_t now_ns, const WaitWords& words = {}) {
    ht_wait wait{};
    wait.head = {now_ns, tid, HT_WAIT, 0};
    wait.pid = words.pid;
    wait.selected_pid = words.selected_pid;
    wait.options = words.options;
    wait.kind = HT_WAIT_LOOKS;
    reaping.on(wait);
  }
  void wakes(std::uint32_t tid, std::uint64_t now_ns) {
    ht_wait wait{};
    wait.head = {now_ns, tid, HT_WAIT, 0};
    wait.pid = 10;
    wait.kind = HT_WAIT_RUNS;
    reaping.on(wait);
  }

 private:
  ProcessTable table_;
  LifeEvents events_{true};

 public:
  Reaping reaping{table_, events_};
};

TEST(Reaping, AWaitReapsTheOldestChildFirst) {
  ReapedFamily family;
  ProcessLife& older = family.child(20);
  ProcessLife& younger = family.child(21);
  family.exits(younger, 100);
  family.exits(older, 200);
  family.looks(10, 300);
  EXPECT_EQ(older.reaped_ns, 300U);
  EXPECT_FALSE(younger.reaped_ns);
  family.looks(10, 400);
  EXPECT_EQ(younger.reaped_ns, 400U);
}

TEST(Reaping, ADyingChildIsTakenOnlyWithoutAZombie) {
  ReapedFamily family;
  ProcessLife& dying = family.child(20);
  ProcessLife& zombie = family.child(21);
  family.exits(dying, 100);
  family.exits(zombie, 100);
  family.leaves_cpu(zombie);
  family.looks(10, 200);
  EXPECT_EQ(zombie.reaped_ns, 200U);
  EXPECT_FALSE(dying.reaped_ns);
  family.looks(10, 300);  // becomes a zombie before the wait has gone to sleep
  family.looks(10, 400);
  EXPECT_EQ(dying.reaped_ns, 300U);
}

TEST(Reaping, AWaitThatSleptHasNotTakenWhatWasDying) {
  ReapedFamily family;
  ProcessLife& dying = family.child(20);
  ProcessLife& zombie = family.child(21);
  family.exits(dying, 100);
  family.looks(10, 200);
  family.exits(zombie, 300);
  family.leaves_cpu(zombie);
  family.wakes(10, 400);
  EXPECT_EQ(zombie.reaped_ns, 400U);
  EXPECT_FALSE(dying.reaped_ns);
  family.leaves_cpu(dying);
  family.looks(10, 500);
  EXPECT_EQ(dying.reaped_ns, 500U);
}

TEST(Reaping, AWaitThatIsPreemptedKeepsWhatItTook) {
  ReapedFamily family;
  ProcessLife& zombie = family.child(20);
  ProcessLife& later = family.child(21);
  family.exits(zombie, 100);
  family.leaves_cpu(zombie);
  family.looks(10, 200);
  family.exits(later, 250);
  family.leaves_cpu(later);
  family.wakes(10, 300);
  EXPECT_EQ(zombie.reaped_ns, 200U);
  EXPECT_FALSE(later.reaped_ns);
}

TEST(Reaping, APollDoesNotTakeADyingChild) {
  ReapedFamily family;
  ProcessLife& life = family.child(20);
  const WaitWords poll{.options = 0x4 | 0x1};  // WNOHANG
  family.exits(life, 100);
  family.looks(10, 200, poll);
  EXPECT_FALSE(life.reaped_ns);
  family.leaves_cpu(life);
  family.looks(10, 300, poll);
  EXPECT_EQ(life.reaped_ns, 300U);
}

TEST(Reaping, AfterLossesTheExitMakesTheZombie) {
  ReapedFamily family;
  const WaitWords poll{.options = 0x4 | 0x1};  // WNOHANG
  ProcessLife& before = family.child(20);
  family.exits(before, 100);
  family.reaping.trust_exits();
  family.looks(10, 200, poll);
  EXPECT_EQ(before.reaped_ns, 200U);
  ProcessLife& after = family.child(21);
  family.exits(after, 300);
  family.looks(10, 400, poll);
  EXPECT_EQ(after.reaped_ns, 400U);
}

TEST(Reaping, AThreadReapsItsOwnChildrenFirst) {
  ReapedFamily family;
  ProcessLife& others = family.child(20, 10);
  ProcessLife& own = family.child(21, 11);
  family.exits(others, 100);
  family.exits(own, 100);
  family.looks(11, 300);
  EXPECT_EQ(own.reaped_ns, 300U);
  EXPECT_EQ(own.reaped_by_tid, 11U);
  family.looks(11, 400);
  EXPECT_EQ(others.reaped_ns, 400U);
}

TEST(Reaping, AWaitForAPidReapsThatProcess) {
  ReapedFamily family;
  ProcessLife& first = family.child(20);
  ProcessLife& second = family.child(21);
  family.exits(first, 100);
  family.exits(second, 100);
  family.looks(10, 300, {.selected_pid = 21});
  EXPECT_TRUE(second.reaped_ns);
  EXPECT_FALSE(first.reaped_ns);
  family.looks(10, 300, {.selected_pid = 99});
  EXPECT_FALSE(first.reaped_ns);
}

TEST(Reaping, OfSeveralZombiesAWaitForAGroupTakesNone) {
  ReapedFamily family;
  ProcessLife& first = family.child(20);
  ProcessLife& second = family.child(21);
  family.exits(first, 100);
  family.exits(second, 100);
  family.looks(10, 200, {.selected_pid = HT_WAIT_GROUP});
  EXPECT_FALSE(first.reaped_ns || second.reaped_ns);
  family.reaping.remove(first);
  family.looks(10, 300, {.selected_pid = HT_WAIT_GROUP});
  EXPECT_EQ(second.reaped_ns, 300U);
}

TEST(Reaping, AWaitWithWnowaitOrForStopsReapsNothing) {
  ReapedFamily family;
  ProcessLife& life = family.child(20);
  family.exits(life, 100);
  family.looks(10, 200, {.options = 0x4 | 0x01000000});  // WNOWAIT
  family.looks(10, 200, {.options = 0x2});               // WSTOPPED
  EXPECT_FALSE(life.reaped_ns);
}

TEST(Reaping, ASleepingWaitReapsALaterZombie) {
  ReapedFamily family;
  ProcessLife& life = family.child(20);
  family.looks(10, 100);
  family.exits(life, 200);
  family.wakes(10, 300);
  EXPECT_EQ(life.reaped_ns, 300U);
}

// The parent looked just before the child was a zombie, and found it before it went to sleep.
TEST(Reaping, AFinishedWaitHasReapedALaterZombie) {
  ReapedFamily family;
  ProcessLife& first = family.child(20);
  ProcessLife& second = family.child(21);
  family.looks(10, 100);
  family.exits(first, 200);
  family.looks(10, 300);  // the next wait, of which the second child is
  EXPECT_FALSE(first.reaped_ns);
  EXPECT_EQ(first.freed_ns, 300U);
  family.exits(second, 400);
  family.wakes(10, 500);
  EXPECT_EQ(second.reaped_ns, 500U);
}

TEST(Reaping, AParentThatForksAgainHasLeftItsWait) {
  ReapedFamily family;
  ProcessLife& life = family.child(20);
  family.looks(10, 100);
  family.exits(life, 200);
  family.reaping.end_wait(10, 300);
  EXPECT_EQ(life.freed_ns, 300U);
  EXPECT_FALSE(life.is_zombie());
}

TEST(Reaping, AWaitThatTookOneEndsWithoutAnother) {
  ReapedFamily family;
  ProcessLife& first = family.child(20);
  ProcessLife& second = family.child(21);
  family.exits(first, 100);
  family.looks(10, 200);
  family.exits(second, 300);
  family.reaping.end_wait(10, 400);
  EXPECT_EQ(first.reaped_ns, 200U);
  EXPECT_TRUE(second.is_zombie());
}

TEST(Reaping, AfterLossesNoZombieIsKnownAndNoWait) {
  ReapedFamily family;
  ProcessLife& life = family.child(20);
  family.looks(10, 100);
  family.exits(life, 200);
  family.reaping.doubt_all();
  EXPECT_FALSE(life.is_zombie());
  EXPECT_TRUE(life.is_unreaped());
  family.wakes(10, 300);
  family.looks(10, 400);
  EXPECT_FALSE(life.reaped_ns);
}

TEST(Reaping, AZombieInTheKernelsListAfterLossesIsOne) {
  ReapedFamily family;
  ProcessLife& life = family.child(20);
  family.exits(life, 200);
  family.reaping.doubt_all();
  family.reaping.confirm_zombie(life);
  EXPECT_TRUE(life.is_zombie());
  family.looks(10, 400);
  EXPECT_EQ(life.reaped_ns, 400U);
}

TEST(Reaping, TheNewParentReapsInheritedZombiesInOrder) {
  ReapedFamily family;
  ProcessLife& zombie = family.child(20);
  ProcessLife& living = family.child(21);
  family.exits(zombie, 100);
  family.reaping.hand_over(10, 1, "init", 200);
  EXPECT_EQ(living.reaper_pid(), 1U);
  EXPECT_EQ(zombie.adoptions.size(), 1U);
  family.looks(10, 300);
  EXPECT_FALSE(zombie.reaped_ns);
  family.looks(1, 400, {.pid = 1});
  EXPECT_EQ(zombie.reaped_ns, 400U);
}

}  // namespace
}  // namespace hoodtrace
