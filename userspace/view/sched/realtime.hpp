// SPDX-License-Identifier: GPL-2.0-or-later
// The report of sched --realtime.
#pragma once

#include "model/names/task_table.hpp"
#include "model/sched/realtime.hpp"
#include "model/sched/tracker.hpp"
#include "view/report.hpp"
#include "view/view_options.hpp"

namespace hoodtrace {

void add_realtime_report(const SchedTracker& sched, const RealtimeTracker& tracker,
                         const TaskTable& tasks, const ViewOptions& options, Report& report);

}  // namespace hoodtrace
