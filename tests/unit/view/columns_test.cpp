// SPDX-License-Identifier: GPL-2.0-or-later
#include "view/columns.hpp"

#include <gtest/gtest.h>

#include <array>

#include "output/json.hpp"

namespace hoodtrace {
namespace {

struct Row {
  std::uint64_t tid;
  std::uint64_t wait_ns;
  std::string comm;
};

constexpr std::array kColumns = {
    ColumnOf<Row>{"tid", "TID", Unit::kId, 1, [](const Row& r) -> Cell { return r.tid; }},
    ColumnOf<Row>{"wait_ns", "WAIT", Unit::kNs, 1, [](const Row& r) -> Cell { return r.wait_ns; }},
    ColumnOf<Row>{"comm", "COMM", Unit::kText, 1, [](const Row& r) -> Cell { return r.comm; }},
};

std::vector<Row> rows() { return {{7, 10, "b"}, {5, 30, "c"}, {6, 10, "a"}}; }

std::vector<std::uint64_t> sorted_by(std::string_view name) {
  std::vector<Row> list = rows();
  sort_rows(kColumns, list, name);
  std::vector<std::uint64_t> tids;
  for (const Row& row : list) tids.push_back(row.tid);
  return tids;
}

TEST(Columns, AColumnIsFoundByItsKeyOrByItsHeadingInAnyCase) {
  for (const char* name : {"wait_ns", "WAIT", "wait"}) {
    ASSERT_NE(find_column(kColumns, name), nullptr) << name;
    EXPECT_EQ(find_column(kColumns, name)->key, "wait_ns");
  }
  for (const char* name : {"", "WAIT_NS", "wai", "waits"})
    EXPECT_EQ(find_column(kColumns, name), nullptr) << name;
  EXPECT_EQ(column_keys(kColumns), "tid, wait_ns, comm");
}

TEST(Columns, NumbersSortDownwardsIdsAndTextsUpwardsAndEqualRowsStay) {
  EXPECT_EQ(sorted_by("wait"), (std::vector<std::uint64_t>{5, 7, 6}));
  EXPECT_EQ(sorted_by("tid"), (std::vector<std::uint64_t>{5, 6, 7}));
  EXPECT_EQ(sorted_by("COMM"), (std::vector<std::uint64_t>{6, 7, 5}));
  EXPECT_EQ(sorted_by("none"), (std::vector<std::uint64_t>{7, 5, 6}));
}

TEST(Columns, ARowAsTextHasTheBytesOfItsJson) {
  std::vector<Row> hostile = rows();
  hostile.push_back({1, ~std::uint64_t{0}, "a\"\\\n\t\x01\x7f\xff\xe2\x80\xae\xc3\xa9"});
  for (const Row& row : hostile) {
    std::string text = "{";
    append_row(kColumns, row, text);
    EXPECT_EQ(text + "}\n", json_line(row_json(kColumns, row)));
  }
  std::string text;
  append_json(text, Cell(1.0 / 3));
  append_json(text += ',', Cell(std::int64_t{-1}));
  append_json(text += ',', Cell());
  EXPECT_EQ(text, Json(1.0 / 3).dump() + ",-1,null");
}

TEST(Columns, TopCutsTheTableAndTheJsonAndCountsWhatItHides) {
  ViewOptions options;
  options.top = 2;
  EXPECT_EQ(rows_table(kColumns, rows(), options).rows.size(), 2U);
  EXPECT_EQ(rows_table(kColumns, rows(), options).hidden_rows, 1U);
  EXPECT_EQ(rows_json(kColumns, rows(), options).size(), 2U);
  options.top = 0;
  EXPECT_EQ(rows_json(kColumns, rows(), options).size(), 3U);
  options.top.reset();
  EXPECT_EQ(rows_shown(options, 100), 100U) << "JSON and CSV have all";
  options.text = true;
  EXPECT_EQ(rows_shown(options, 100), kDefaultRows);
}

}  // namespace
}  // namespace hoodtrace
