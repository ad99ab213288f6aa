// SPDX-License-Identifier: GPL-2.0-or-later
// What the rows of every view by task share: a number that may be missing as a cell, and rows of
// threads joined to rows of processes, comms or cgroups.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

#include "model/names/task_table.hpp"
#include "view/table.hpp"
#include "view/view_options.hpp"

namespace hoodtrace {

// What was not measured is empty.
template <class T>
Cell optional_cell(const std::optional<T>& value) {
  if (!value) return {};
  if constexpr (std::is_same_v<T, std::string>)
    return *value;
  else
    return static_cast<std::uint64_t>(*value);
}

// Fills tid, pid, comm and cgroup.
template <class Row>
void name_row(Row& row, const Task& task, const TaskTable& tasks) {
  row.tid = task.tid;
  if (task.pid != 0) row.pid = task.pid;
  row.comm = std::string(comm_view(task));
  if (const std::string_view path = tasks.cgroup_path(task.cgroup_id); !path.empty())
    row.cgroup = std::string(path);
}

// Rows of threads that are one process (its name is its leader's), have one comm, or are in one
// cgroup become one row; their stats are merged.
template <class Row>
std::vector<Row> group_rows(const std::vector<Row>& rows, Grouping by) {
  std::map<std::tuple<std::uint32_t, std::string>, Row> groups;
  const auto key_of = [by](const Row& row) -> std::tuple<std::uint32_t, std::string> {
    if (by == Grouping::kProcess) return {row.pid.value_or(0), ""};
    return {0, (by == Grouping::kComm ? row.comm : row.cgroup).value_or("")};
  };
  for (const Row& row : rows) {
    const auto [at, is_new] = groups.try_emplace(key_of(row));
    Row& group = at->second;
    if (is_new && by == Grouping::kProcess) group.pid = row.pid;
    if (is_new && by != Grouping::kComm) group.cgroup = row.cgroup;
    if (by != Grouping::kCgroup && (is_new || (by == Grouping::kProcess && row.tid == row.pid)))
      group.comm = row.comm;
    group.stats.merge(row.stats);
  }
  std::vector<Row> list;
  for (auto& [key, row] : groups) list.push_back(std::move(row));
  return list;
}

}  // namespace hoodtrace
