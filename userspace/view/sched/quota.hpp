// SPDX-License-Identifier: GPL-2.0-or-later
// The report of sched --quota: groups with a CPU quota, and the tasks that waited because of it.
#pragma once

#include "model/names/task_table.hpp"
#include "model/sched/quota.hpp"
#include "view/report.hpp"
#include "view/view_options.hpp"

namespace hoodtrace {

void add_quota_report(const QuotaTracker& tracker, const TaskTable& tasks,
                      const ViewOptions& options, Report& report);

}  // namespace hoodtrace
