// SPDX-License-Identifier: GPL-2.0-or-later
// The sched report: rows per thread, process, comm, cgroup or CPU from the SchedTracker.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "model/names/task_table.hpp"
#include "model/sched/moves.hpp"
#include "model/sched/tracker.hpp"
#include "view/report.hpp"
#include "view/table.hpp"
#include "view/view_options.hpp"

namespace hoodtrace {

// Fills tables, drawings, remarks, audit and body; the rest of the report is the caller's.
// `moves`: for the report by CPU; null = not recorded.
void add_sched_report(const SchedTracker& tracker, const TaskTable& tasks,
                      const ViewOptions& options, Report& report,
                      const MoveTracker* moves = nullptr);

// The table of tasks alone, and per row how many of its waits were in [2^i, 2^(i+1)) ns.
struct SchedTasks {
  Table table;
  std::vector<std::vector<std::uint64_t>> waits;
};
SchedTasks sched_tasks(const SchedTracker& tracker, const TaskTable& tasks,
                       const ViewOptions& options);

// An error that names the columns when `key` is none to sort by.
Result<void> check_sched_sort(const std::string& key, Grouping by);

// One line for a wait that reached the threshold.
std::string long_wait_line(const LongWait& wait, const TaskTable& tasks, std::uint64_t started_ns);

}  // namespace hoodtrace
