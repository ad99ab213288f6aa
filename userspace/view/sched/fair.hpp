// SPDX-License-Identifier: GPL-2.0-or-later
// The part of the sched report that --fair adds.
#pragma once

#include <string>

#include "base/result.hpp"
#include "model/names/task_table.hpp"
#include "model/sched/fair.hpp"
#include "view/report.hpp"
#include "view/view_options.hpp"

namespace hoodtrace {

// A table, or the list "fair" of the JSON body.
void add_fair_report(const FairTracker& tracker, const TaskTable& tasks, const ViewOptions& options,
                     Report& report);

// An error that names the columns when `key` is none to sort by.
Result<void> check_fair_sort(const std::string& key);

}  // namespace hoodtrace
