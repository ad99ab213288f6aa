// SPDX-License-Identifier: GPL-2.0-or-later
#include "view/top/filter.hpp"

#include <gtest/gtest.h>

#include "support/top_snapshots.hpp"

namespace hoodtrace {
namespace {

using testing::task_table;

std::size_t admitted(std::string_view text) {
  const Table table = task_table({{1, "postgres", 7'000'000, "/pg.slice"},
                                  {2, "pgbouncer", 1'000'000, "/pg.slice"},
                                  {3, "nginx", 20'000'000, "/www.slice"}});
  const Result<RowFilter> filter = RowFilter::parse(text);
  if (!filter) return 99;
  std::size_t count = 0;
  for (const auto& row : table.rows) count += filter->admits(table, row) ? 1 : 0;
  return count;
}

TEST(TopFilter, AWordIsAPartOfAnyText) {
  EXPECT_EQ(admitted(""), 3U);
  EXPECT_EQ(admitted("pg"), 2U);  // a name, or the cgroup
  EXPECT_EQ(admitted("PG.SLICE"), 2U);
  EXPECT_EQ(admitted("nothing"), 0U);
}

TEST(TopFilter, NumbersHaveUnits) {
  EXPECT_EQ(admitted("wait>5ms"), 2U);
  EXPECT_EQ(admitted("wait<5ms"), 1U);
  EXPECT_EQ(admitted("wait>7000000"), 1U);
  EXPECT_EQ(admitted("TID>1"), 2U);
}

TEST(TopFilter, AllWordsMustBeFulfilled) {
  EXPECT_EQ(admitted("wait>5ms cgroup:pg*"), 1U);
  EXPECT_EQ(admitted("  comm:p?b   "), 1U);
}

TEST(TopFilter, AColumnGoesByItsBeginning) {
  EXPECT_EQ(admitted("wai>5ms"), 2U);
  EXPECT_EQ(admitted("on-c>1"), 0U);
  EXPECT_EQ(admitted("nocolumn>1"), 0U);
}

TEST(TopFilter, WhatIsWrongIsSaid) {
  for (const char* text : {"wait>", ">5", "wait>abc", "comm:"}) {
    const Result<RowFilter> filter = RowFilter::parse(text);
    ASSERT_FALSE(filter) << text;
    EXPECT_FALSE(filter.error().message.empty());
  }
}

TEST(TopFilter, ManyStarsEndAtOnce) {
  EXPECT_EQ(admitted("comm:" + std::string(60, '*') + "z" + std::string(60, '*') + "y"), 0U);
}

}  // namespace
}  // namespace hoodtrace
