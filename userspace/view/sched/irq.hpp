// SPDX-License-Identifier: GPL-2.0-or-later
// The report of sched --irq: interrupts, and what is left of the tasks' time on a CPU.
#pragma once

#include "model/names/task_table.hpp"
#include "model/sched/irq.hpp"
#include "model/sched/tracker.hpp"
#include "view/report.hpp"
#include "view/view_options.hpp"

namespace hoodtrace {

void add_irq_report(const SchedTracker& sched, const IrqTracker& tracker, const TaskTable& tasks,
                    const ViewOptions& options, Report& report);

}  // namespace hoodtrace
