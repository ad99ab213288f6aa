// SPDX-License-Identifier: GPL-2.0-or-later
// The two tables of the cache view, and what they share: columns that are one list each, for text,
// CSV and JSON.
#pragma once

#include <algorithm>
#include <string>
#include <vector>

#include "base/text.hpp"
#include "model/cache/tracker.hpp"
#include "view/report.hpp"
#include "view/view_options.hpp"

namespace hoodtrace {

template <class Row>
struct CacheColumn {
  const char* key;
  const char* heading;
  Unit unit;
  int rank;
  Cell (*get)(const Row& row);
};

inline Cell cell_or_nothing(bool known, std::uint64_t value) {
  if (!known) return {};
  return value;
}

// Hits of all uses; nothing when there were none.
inline Cell hit_ratio(bool known, const CacheCounts& counts) {
  const std::uint64_t uses = counts.hits + counts.misses;
  if (!known || uses == 0) return {};
  return static_cast<double>(counts.hits) / static_cast<double>(uses);
}

inline Json cell_json(const Cell& cell) {
  struct Convert {
    Json operator()(std::monostate) const { return nullptr; }
    Json operator()(const std::string& text) const { return valid_utf8(text); }
    Json operator()(std::uint64_t value) const { return value; }
    Json operator()(std::int64_t value) const { return value; }
    Json operator()(double value) const { return value; }
  };
  return std::visit(Convert{}, cell);
}

template <class Columns>
bool has_column(const Columns& columns, const std::string& key) {
  return std::any_of(columns.begin(), columns.end(),
                     [&](const auto& column) { return key == column.key; });
}

// Largest first (texts: smallest); rows that are equal stay as they are. False: no such column.
template <class Columns, class Row>
void sort_by(const Columns& columns, std::vector<Row>& rows, const std::string& key) {
  const auto column = std::find_if(columns.begin(), columns.end(),
                                   [&](const auto& other) { return key == other.key; });
  if (column == columns.end()) return;
  std::stable_sort(rows.begin(), rows.end(), [&](const Row& a, const Row& b) {
    const Cell x = column->get(a);
    const Cell y = column->get(b);
    return column->unit == Unit::kText ? x < y : y < x;
  });
}

inline std::size_t shown_rows(const ViewOptions& options, std::size_t rows) {
  constexpr std::size_t kDefaultTop = 25;
  const std::size_t top = options.top.value_or(options.text ? kDefaultTop : 0);
  return top == 0 ? rows : std::min(top, rows);
}

template <class Columns, class Row>
Json rows_json(const Columns& columns, const std::vector<Row>& rows, const ViewOptions& options) {
  Json list = Json::array();
  const std::size_t shown = shown_rows(options, rows.size());
  for (std::size_t i = 0; i < shown; i++) {
    Json object = Json::object();
    for (const auto& column : columns) object[column.key] = cell_json(column.get(rows[i]));
    list.push_back(std::move(object));
  }
  return list;
}

template <class Columns, class Row>
Table rows_table(const Columns& columns, const std::vector<Row>& rows, const ViewOptions& options) {
  Table table;
  for (const auto& column : columns)
    table.columns.push_back({column.key, column.heading, column.unit, column.rank});
  const std::size_t shown = shown_rows(options, rows.size());
  for (std::size_t i = 0; i < shown; i++) {
    auto& cells = table.rows.emplace_back();
    for (const auto& column : columns) cells.push_back(column.get(rows[i]));
  }
  table.hidden_rows = rows.size() - shown;
  // For a person: what happened to nobody, or cannot be told at all, needs no column.
  for (std::size_t i = 0; options.text && i < table.columns.size(); i++) {
    const auto is_nothing = [i](const std::vector<Cell>& row) {
      return row[i] == Cell(std::uint64_t{0}) || row[i] == Cell();
    };
    if (table.columns[i].rank > 3 && std::all_of(table.rows.begin(), table.rows.end(), is_nothing))
      table.columns[i].rank = 0;
  }
  return table;
}

// cache_files.cpp, cache_tasks.cpp
void add_cache_files(const CacheTracker& tracker, const ViewOptions& options, Report& report);
void add_cache_tasks(const CacheTracker& tracker, const TaskTable& tasks,
                     const ViewOptions& options, Report& report);
bool has_cache_file_column(const std::string& key);
bool has_cache_task_column(const std::string& key);

}  // namespace hoodtrace
