// SPDX-License-Identifier: GPL-2.0-or-later
// The parts of the sched report that view.cpp puts together.
#pragma once

#include "model/sched/moves.hpp"
#include "model/sched/tracker.hpp"
#include "view/report.hpp"
#include "view/view_options.hpp"

namespace hoodtrace {

// cpu_table.cpp: a row per CPU.
void add_sched_cpus(const SchedTracker& tracker, const MoveTracker* moves, const TaskTable& tasks,
                    const ViewOptions& options, Report& report);
// audit.cpp: the schema's `audit`, and its lines for a person.
void add_sched_audit(const SchedTracker& tracker, Report& report);

}  // namespace hoodtrace
