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

// When a row's thread and its process were started, CLOCK_BOOTTIME; 0 = not known. With the tid or the
// pid it says which task a row is about: numbers are reused, and names change.
struct RowStart {
  std::uint64_t thread_ns = 0;
  std::uint64_t process_ns = 0;
  bool is_kthread = false;
};

// The key of the column that has it, in tables that are asked for it: never drawn.
inline constexpr std::string_view kStartKey = "start_ns";
// And of the one that is 1 for a kernel thread.
inline constexpr std::string_view kKthreadKey = "kthread";

inline RowStart start_of(const Task& task, const TaskTable& tasks) {
  RowStart start{task.start_boottime_ns, task.tid == task.pid ? task.start_boottime_ns : 0,
                 task.kthread};
  if (task.pid != 0 && task.tid != task.pid) {
    const Task& leader = tasks[tasks.find(task.pid)];
    start.process_ns = leader.start_boottime_ns;
  }
  return start;
}

// Appends both to a table of these rows; `row_of(i)` is the one behind table.rows[i].
template <class RowOf>
void add_start_columns(Table& table, Grouping by, const RowOf& row_of) {
  table.columns.push_back({std::string(kStartKey), "START", Unit::kId, 0});
  table.columns.push_back({std::string(kKthreadKey), "KTHREAD", Unit::kCount, 0});
  for (std::size_t i = 0; i < table.rows.size(); i++) {
    const RowStart& start = row_of(i).started;
    const std::uint64_t ns = by == Grouping::kThread    ? start.thread_ns
                             : by == Grouping::kProcess ? start.process_ns
                                                        : 0;
    table.rows[i].push_back(ns == 0 ? Cell() : Cell(ns));
    table.rows[i].push_back(start.is_kthread ? Cell(std::uint64_t{1}) : Cell());
  }
}

// Fills tid, pid, comm and cgroup, and the start of rows that have one.
template <class Row>
void name_row(Row& row, const Task& task, const TaskTable& tasks) {
  row.tid = task.tid;
  if (task.pid != 0) row.pid = task.pid;
  if constexpr (requires { row.started; }) row.started = start_of(task, tasks);
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
    if (is_new && by == Grouping::kProcess) {
      group.pid = row.pid;
      if constexpr (requires { group.started; }) group.started = row.started;
    }
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
