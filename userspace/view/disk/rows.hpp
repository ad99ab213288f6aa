// SPDX-License-Identifier: GPL-2.0-or-later
// The tables of the disk view, and what they share.
#pragma once

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include "model/disk/tracker.hpp"
#include "view/columns.hpp"

namespace hoodtrace {

// Each makes its table, or its list of the JSON body.
void add_disk_devices(const DiskTracker& tracker, const ViewOptions& options, Report& report);
void add_disk_files(const DiskTracker& tracker, const ViewOptions& options, Report& report);
void add_disk_tasks(const DiskTracker& tracker, const ViewOptions& options, Report& report);
void add_disk_ops(const DiskTracker& tracker, const ViewOptions& options, Report& report);

bool has_disk_device_column(std::string_view key);
bool has_disk_file_column(std::string_view key);
bool has_disk_task_column(std::string_view key);
bool has_disk_op_column(std::string_view key);

// "read", "readahead", "sync write" ...
std::string_view disk_op_word(DiskOp op);

// What a request without a file is for: `kind` is HT_DISK_OF_*. Hostile as the device's name.
std::string disk_place_text(std::uint8_t kind, std::string_view device);

// A file, or what a request without one is for. Hostile.
std::string disk_file_text(const DiskTracker& tracker, FileId id);

// In text, a column without any value is left out.
inline void hide_empty_disk_columns(Table& table) {
  for (std::size_t i = 0; i < table.columns.size(); i++) {
    const auto is_nothing = [i](const std::vector<Cell>& row) {
      return row[i] == Cell(std::uint64_t{0}) || row[i] == Cell() || row[i] == Cell(0.0);
    };
    if (table.columns[i].rank > 2 && std::all_of(table.rows.begin(), table.rows.end(), is_nothing))
      table.columns[i].rank = 0;
  }
}

// Sorts as asked, or by what most is: bytes first, then requests.
template <class Columns, class Row>
void sort_disk_rows(const Columns& columns, std::vector<Row>& rows, const ViewOptions& options) {
  std::stable_sort(rows.begin(), rows.end(), [](const Row& a, const Row& b) {
    return a.counts().bytes() != b.counts().bytes() ? a.counts().bytes() > b.counts().bytes()
                                                    : a.counts().requests() > b.counts().requests();
  });
  if (!options.sort.empty()) sort_rows(columns, rows, options.sort);
}

// The table with its title, or the list of the JSON body under its key.
template <class Columns, class Row>
Table* add_disk_table(const Columns& columns, const std::vector<Row>& rows, std::string_view title,
                      std::string_view json_key, const ViewOptions& options, Report& report) {
  if (options.json) {
    if (!json_key.empty())
      report.body.emplace_back(std::string(json_key), rows_json(columns, rows, options));
    return nullptr;
  }
  Table table = rows_table(columns, rows, options);
  if (options.text) hide_empty_disk_columns(table);
  table.title = options.text ? title : "";
  report.tables.push_back(std::move(table));
  return &report.tables.back();
}

}  // namespace hoodtrace
