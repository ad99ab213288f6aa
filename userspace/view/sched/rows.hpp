// SPDX-License-Identifier: GPL-2.0-or-later
// The rows of the sched report, and the one list of their columns.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "model/names/task_table.hpp"
#include "model/sched/tracker.hpp"
#include "view/columns.hpp"

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
  bool has_dispatch = false;
  const WhoTable* names = nullptr;
};

using SchedColumn = ColumnOf<SchedRow>;

// In the order of the JSON schema.
std::span<const SchedColumn> sched_columns();

// One per task, process, comm or cgroup that did anything; tasks that were forgotten are one more.
// The names are those of `tasks`, which must outlive the rows.
std::vector<SchedRow> make_sched_rows(const SchedTracker& tracker, const TaskTable& tasks,
                                      Grouping by);

}  // namespace hoodtrace
