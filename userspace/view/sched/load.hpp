// SPDX-License-Identifier: GPL-2.0-or-later
// The part of the sched report that --load adds: the load average as a sum with names.
#pragma once

#include <string>

#include "base/result.hpp"
#include "model/names/task_table.hpp"
#include "model/sched/load.hpp"
#include "model/sched/tracker.hpp"
#include "view/report.hpp"
#include "view/view_options.hpp"

namespace hoodtrace {

// A table and two remarks, or "load" and "loads" of the JSON body. Means over report.duration_ns.
void add_load_report(const SchedTracker& tracker, const LoadTracker& load, const TaskTable& tasks,
                     const ViewOptions& options, Report& report);

// The table alone, for `top`.
void add_load_table(const SchedTracker& tracker, const TaskTable& tasks, const ViewOptions& options,
                    Report& report);

// An error that names the columns when `key` is none to sort by.
Result<void> check_load_sort(const std::string& key);

}  // namespace hoodtrace
