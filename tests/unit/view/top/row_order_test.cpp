// SPDX-License-Identifier: GPL-2.0-or-later
#include "view/top/row_order.hpp"

#include <gtest/gtest.h>

#include "support/top_snapshots.hpp"

namespace hoodtrace {
namespace {

using testing::task_table;

std::string names(const RowOrder& order) {
  std::string out;
  for (const RowOrder::Row& row : order.rows()) out += std::get<std::string>(row.cells[2]);
  return out;
}

TEST(TopRowOrder, TheLongestComesFirst) {
  RowOrder order("wait_ns");
  order.arrange(task_table({{1, "a", 10}, {2, "b", 30}, {3, "c", 20}}), {}, false);
  EXPECT_EQ(names(order), "bca");
  order.reverse();
  order.arrange(task_table({{1, "a", 10}, {2, "b", 30}, {3, "c", 20}}), {}, false);
  EXPECT_EQ(names(order), "acb");
}

TEST(TopRowOrder, TheSelectedTaskStaysSelectedWhereverItGoes) {
  RowOrder order("wait_ns");
  order.arrange(task_table({{1, "a", 10}, {2, "b", 30}}), {}, false);
  order.select(1);
  order.arrange(task_table({{1, "a", 90}, {2, "b", 30}, {3, "c", 50}}), {}, false);
  EXPECT_EQ(names(order), "acb");
  EXPECT_EQ(order.selected(), 0U);
}

TEST(TopRowOrder, WhileItRestsNothingMoves) {
  RowOrder order("wait_ns");
  order.arrange(task_table({{1, "a", 10}, {2, "b", 30}}), {}, false);
  order.arrange(task_table({{1, "a", 90}, {2, "b", 30}, {3, "c", 500}}), {}, true);
  EXPECT_EQ(names(order), "bac");
}

TEST(TopRowOrder, AnEndedTaskStaysWhileItIsSelected) {
  RowOrder order("wait_ns");
  order.arrange(task_table({{1, "a", 10}, {2, "b", 30}}), {}, false);
  order.select(0);
  order.arrange(task_table({{1, "a", 10}}), {}, false);
  ASSERT_EQ(names(order), "ba");
  EXPECT_TRUE(order.rows()[0].is_gone);
  order.select(1);
  order.arrange(task_table({{1, "a", 10}}), {}, false);
  EXPECT_EQ(names(order), "a");
}

TEST(TopRowOrder, AReusedTidIsAnotherTask) {
  RowOrder order("wait_ns");
  const auto task = [](std::uint64_t start_ns) {
    return task_table({{1, "sh", 10, "/a.slice", "", 0, start_ns}});
  };
  order.arrange(task(100), {}, false);
  order.select(0);
  order.arrange(task(200), {}, false);
  ASSERT_EQ(order.rows().size(), 2U);
  EXPECT_TRUE(order.rows()[order.selected()].is_gone);
  order.select(1);
  order.arrange(task(200), {}, false);
  EXPECT_EQ(order.rows().size(), 1U);
  EXPECT_FALSE(order.rows()[0].is_gone);
}

TEST(TopRowOrder, AnExecIsTheSameTask) {
  RowOrder order("wait_ns");
  order.arrange(task_table({{1, "sh", 10}, {2, "b", 5}}), {}, false);
  order.select(0);
  order.pin();
  order.arrange(task_table({{1, "postgres", 1}, {2, "b", 5}}), {}, false);
  ASSERT_EQ(order.rows().size(), 2U);
  EXPECT_EQ(names(order), "postgresb");
  EXPECT_TRUE(order.rows()[order.selected()].is_pinned);
  EXPECT_EQ(order.selected(), 0U);
}

TEST(TopRowOrder, OneThatTheFilterExcludesHasNotEnded) {
  RowOrder order("wait_ns");
  const Table table = task_table({{1, "a", 10}, {2, "b", 30}});
  order.arrange(table, {}, false);
  order.select(0);
  order.arrange(table, *RowFilter::parse("comm:a"), false);
  EXPECT_EQ(names(order), "a");
  order.arrange(table, {}, false);
  EXPECT_EQ(names(order), "ba");
  EXPECT_EQ(order.selected(), 0U);
}

TEST(TopRowOrder, PinnedRowsComeFirstAndPassEveryFilter) {
  RowOrder order("wait_ns");
  const Table table = task_table({{1, "a", 10}, {2, "b", 30}, {3, "c", 20}});
  order.arrange(table, {}, false);
  order.select(2);
  order.pin();
  order.arrange(table, *RowFilter::parse("comm:b"), false);
  EXPECT_EQ(names(order), "ab");
}

}  // namespace
}  // namespace hoodtrace
