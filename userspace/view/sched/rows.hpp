// SPDX-License-Identifier: GPL-2.0-or-later
// The rows of the sched report, and the one list of their columns.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "model/names/task_table.hpp"
#include "model/sched/tracker.hpp"
#include "view/table.hpp"
#include "view/view_options.hpp"

namespace hoodtrace {

// A row: one task, or several with the same process, comm or cgroup.
struct SchedRow {
  std::optional<std::uint32_t> tid;
  std::optional<std::uint32_t> pid;
  std::optional<std::string> comm;
  std::optional<std::string> cgroup;
  std::optional<SchedClass> sched_class;
  std::optional<TaskState> state;  // at the end of the span
  SchedStats stats;
  bool wakers = false;
  bool has_iowait = false;
  const WhoTable* names = nullptr;
};

struct SchedColumn {
  const char* key;
  const char* heading;
  Unit unit;
  int rank;
  Cell (*get)(const SchedRow& row);
};

// In the order of the JSON schema.
std::span<const SchedColumn> sched_columns();

// Null when there is none of that key.
const SchedColumn* find_sched_column(const std::string& key);

// One per task, process, comm or cgroup that did anything; tasks that were forgotten are one more.
// The names are those of `tasks`, which must outlive the rows.
std::vector<SchedRow> make_sched_rows(const SchedTracker& tracker, const TaskTable& tasks,
                                      Grouping by);

// The largest first by the column, names and ids in their own order; empty = by wait.
void sort_sched_rows(std::vector<SchedRow>& rows, const std::string& key);

}  // namespace hoodtrace
