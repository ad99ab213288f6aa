// SPDX-License-Identifier: GPL-2.0-or-later
// The one list of a table's columns, and what is made of it: the table, the rows of the JSON
// schema, the order of --sort.
#pragma once

#include <algorithm>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "view/cell_json.hpp"
#include "view/report.hpp"
#include "view/table.hpp"
#include "view/view_options.hpp"

namespace hoodtrace {

template <class RowType>
struct ColumnOf {
  using Row = RowType;
  std::string_view key;      // as in JSON, CSV and --sort
  std::string_view heading;  // for a person
  Unit unit;
  int rank;  // as in Column
  Cell (*get)(const Row& row);
};

// Rows of a text table without --top.
inline constexpr std::size_t kDefaultRows = 25;

// How many of the rows are shown.
inline std::size_t rows_shown(const ViewOptions& options, std::size_t rows) {
  const std::size_t top = options.top.value_or(options.text ? kDefaultRows : 0);
  return top == 0 ? rows : std::min(top, rows);
}

// The same letters, large or small.
inline bool is_same_word(std::string_view a, std::string_view b) {
  const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; };
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [&lower](char x, char y) { return lower(x) == lower(y); });
}

// By its key or by the heading that is on the screen. Null when there is none.
template <class Columns>
auto find_column(const Columns& columns, std::string_view name) {
  const auto found = std::find_if(columns.begin(), columns.end(), [name](const auto& column) {
    return column.key == name || is_same_word(column.heading, name);
  });
  return found == columns.end() ? nullptr : &*found;
}

// "tid, pid, comm"
template <class Columns>
std::string column_keys(const Columns& columns) {
  std::string keys;
  for (const auto& column : columns) (keys += keys.empty() ? "" : ", ") += column.key;
  return keys;
}

// Largest first; texts and ids smallest first. Rows that are equal stay as they are, and so do all
// of them when there is no such column.
template <class Columns, class Row>
void sort_rows(const Columns& columns, std::vector<Row>& rows, std::string_view key) {
  const auto* column = find_column(columns, key);
  if (column == nullptr) return;
  const bool upwards = column->unit == Unit::kText || column->unit == Unit::kId;
  std::vector<std::pair<Cell, std::size_t>> order;  // its cell, and where it is
  order.reserve(rows.size());
  for (const Row& row : rows) order.emplace_back(column->get(row), order.size());
  std::stable_sort(order.begin(), order.end(), [upwards](const auto& a, const auto& b) {
    return upwards ? a.first < b.first : b.first < a.first;
  });
  std::vector<Row> sorted;
  sorted.reserve(rows.size());
  for (const auto& [cell, at] : order) sorted.push_back(std::move(rows[at]));
  rows = std::move(sorted);
}

template <class Columns, class Row>
Json row_json(const Columns& columns, const Row& row) {
  Json object = Json::object();
  for (const auto& column : columns) object[std::string(column.key)] = to_json(column.get(row));
  return object;
}

// The keys and values of row_json() as JSON text, without its braces.
template <class Columns, class Row>
void append_row(const Columns& columns, const Row& row, std::string& out) {
  bool first = true;
  for (const auto& column : columns) {
    out += first ? "\"" : ",\"";
    first = false;
    out += column.key;
    out += "\":";
    append_json(out, column.get(row));
  }
}

// The rows that are shown.
template <class Columns, class Row>
Json rows_json(const Columns& columns, const std::vector<Row>& rows, const ViewOptions& options) {
  Json list = Json::array();
  for (std::size_t i = 0; i < rows_shown(options, rows.size()); i++)
    list.push_back(row_json(columns, rows[i]));
  return list;
}

// The rows that are shown.
template <class Columns, class Row>
Table rows_table(const Columns& columns, const std::vector<Row>& rows, const ViewOptions& options) {
  Table table;
  for (const auto& column : columns)
    table.columns.push_back(
        {std::string(column.key), std::string(column.heading), column.unit, column.rank});
  const std::size_t shown = rows_shown(options, rows.size());
  for (std::size_t i = 0; i < shown; i++) {
    auto& cells = table.rows.emplace_back();
    for (const auto& column : columns) cells.push_back(column.get(rows[i]));
  }
  table.hidden_rows = rows.size() - shown;
  return table;
}

}  // namespace hoodtrace
