// SPDX-License-Identifier: GPL-2.0-or-later
#include "view/top/remarks.hpp"

#include <gtest/gtest.h>

#include "support/top_snapshots.hpp"

namespace hoodtrace {
namespace {

using testing::interval;

TEST(TopRemarks, NothingIsRemarkableWhenNothingIs) {
  EXPECT_TRUE(remarks_of(*interval(1, {{1, "calm", 99'000'000}})).empty());
}

TEST(TopRemarks, TheWorstComesFirstWithItsReasonAndItsRow) {
  const auto snapshot =
      interval(1, {{1, "some", 150'000'000}, {2, "worse", 400'000'000, "/a", "cc1plus (9) 80 %"}});
  const std::vector<Remark> remarks = remarks_of(*snapshot);
  ASSERT_EQ(remarks.size(), 2U);
  EXPECT_EQ(remarks[0].text,
            "worse (2) waited for a CPU 40 % of its time, behind cc1plus (9) 80 %");
  const Table& table = *snapshot->table(remarks[0].screen);
  EXPECT_EQ(remarks[0].row_key, row_key(table, table.rows[1]));
}

TEST(TopRemarks, AStormDoesNotHideTheOthers) {
  std::vector<testing::TopTask> tasks;
  for (std::uint64_t tid = 1; tid <= 50; tid++) tasks.push_back({tid, "storm", 500'000'000});
  const std::vector<Remark> remarks = remarks_of(*interval(1, tasks));
  ASSERT_EQ(remarks.size(), 5U);
  EXPECT_EQ(remarks[4].text, "storm (5) waited for a CPU 50 % of its time; and 45 more like it");
}

TEST(TopRemarks, OnlyTheWaitWithinTheIntervalCounts) {
  const auto snapshot = interval(1, {{1, "long", 1'300'000'000}});
  Table& table = *snapshot->tables[index_of(ScreenId::kTasks)];
  table.columns.push_back({"wait_outside_ns", "OUTSIDE", Unit::kNs, 0});
  table.columns.push_back({"wait_open_ns", "OPEN", Unit::kNs, 0});
  table.rows[0].emplace_back(std::uint64_t{800'000'000});
  table.rows[0].emplace_back(std::uint64_t{100'000'000});
  EXPECT_EQ(remarks_of(*snapshot).at(0).text, "long (1) waited for a CPU 60 % of its time");
}

TEST(TopRemarks, WhatAShortLifeLosesIsLittleOfTheInterval) {
  const auto snapshot = interval(1, {{1, "short", 39'000'000}, {2, "half", 450'000'000}});
  Table& table = *snapshot->tables[index_of(ScreenId::kTasks)];
  const std::size_t window = *place_of(table, "window_ns");
  table.rows[0][window] = std::uint64_t{40'000'000};
  table.rows[1][window] = std::uint64_t{500'000'000};
  const std::vector<Remark> remarks = remarks_of(*snapshot);
  ASSERT_EQ(remarks.size(), 1U);
  EXPECT_EQ(remarks[0].text, "half (2) waited for a CPU 90 % of its time");
  EXPECT_DOUBLE_EQ(remarks[0].weight, 0.45);
}

TEST(TopRemarks, WrongFiguresComeBeforeAll) {
  const auto snapshot = interval(1, {{1, "slow", 900'000'000}});
  snapshot->lost["behind"] = 5;
  snapshot->audit_is_equal = false;
  const std::vector<Remark> remarks = remarks_of(*snapshot);
  ASSERT_EQ(remarks.size(), 3U);
  EXPECT_EQ(remarks[0].text, "5 events were lost: the figures of this interval are too low");
  EXPECT_EQ(remarks[1].text, "the sums of this interval are not those of kernel accounting");
}

TEST(TopRemarks, OneEventIsOne) {
  const auto snapshot = interval(1, {});
  snapshot->lost["cut"] = 1;
  const std::vector<Remark> remarks = remarks_of(*snapshot);
  ASSERT_EQ(remarks.size(), 1U);
  EXPECT_EQ(remarks[0].text, "1 event was lost: the figures of this interval are too low");
  EXPECT_TRUE(remarks[0].is_about_figures());
}

// Rows of Why: what blocked whom for how long, and whether that is a kernel thread.
Table causes(const std::string& reason, bool is_kthread) {
  Table table;
  table.columns = {{"tid", "TID", Unit::kId, 1},           {"comm", "COMM", Unit::kText, 1},
                   {"ns", "TIME", Unit::kNs, 1},           {"part", "PART", Unit::kText, 1},
                   {"reason", "REASON", Unit::kText, 0},   {"what", "WHAT", Unit::kText, 1},
                   {"kthread", "KTHREAD", Unit::kCount, 0}};
  table.rows.push_back({std::uint64_t{7}, std::string("one"), std::uint64_t{900'000'000},
                        std::string("blocked"), reason, std::string("something"),
                        is_kthread ? Cell(std::uint64_t{1}) : Cell()});
  return table;
}

TEST(TopRemarks, WaitingForAChildAndIdleKernelThreadsAreNotRemarkable) {
  const auto count = [](const std::string& reason, bool is_kthread) {
    const auto snapshot = interval(1, {});
    snapshot->tables[index_of(ScreenId::kWhy)] = causes(reason, is_kthread);
    return remarks_of(*snapshot).size();
  };
  EXPECT_EQ(count("futex_lock", false), 1U);
  EXPECT_EQ(count("child", false), 0U);
  EXPECT_EQ(count("thread_end", false), 0U);
  EXPECT_EQ(count("rcu", true), 0U);
}

TEST(TopRemarks, ManyOldZombiesOfOneParentAreOneSentence) {
  const auto snapshot = interval(100, {});
  Table lives;
  for (const char* key : {"pid", "parent_pid", "comm", "start_ns", "exit_ns", "reaped_ns"})
    lives.columns.push_back({key, key, Unit::kId, 1});
  const std::uint64_t second = 1'000'000'000;
  const auto add = [&lives](std::uint64_t pid, std::uint64_t parent, Cell exit_ns, Cell reaped_ns) {
    lives.rows.push_back({pid, parent, std::string("worker"), pid, exit_ns, reaped_ns});
  };
  add(7, 1, {}, {});
  for (std::uint64_t i = 0; i < 12; i++) add(100 + i, 7, (90 + i % 8) * second, {});
  for (std::uint64_t i = 0; i < 12; i++) add(200 + i, 8, 90 * second, 91 * second);  // were reaped
  for (std::uint64_t i = 0; i < 12; i++) add(300 + i, 9, 100 * second - 1, {});      // just exited
  for (std::uint64_t i = 0; i < 9; i++) add(400 + i, 10, 90 * second, {});           // too few
  snapshot->tables[index_of(ScreenId::kLives)] = lives;
  const std::vector<Remark> remarks = remarks_of(*snapshot);
  ASSERT_EQ(remarks.size(), 1U);
  EXPECT_EQ(remarks[0].text,
            "worker (7) has 12 zombies that it does not reap, the oldest for 10.0 s");
  EXPECT_EQ(remarks[0].screen, ScreenId::kLives);
  EXPECT_EQ(remarks[0].row_key, row_key(lives, lives.rows[9])) << "the oldest; of equals the last";
}

TEST(TopRemarks, AHostileNameIsShownHarmless) {
  const std::vector<Remark> remarks = remarks_of(*interval(1, {{1, "\033[31mred\n", 400'000'000}}));
  ASSERT_EQ(remarks.size(), 1U);
  EXPECT_EQ(remarks[0].text.find('\033'), std::string::npos);
  EXPECT_EQ(remarks[0].text.find('\n'), std::string::npos);
}

}  // namespace
}  // namespace hoodtrace
