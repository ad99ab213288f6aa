// SPDX-License-Identifier: GPL-2.0-or-later
// The faults report: rows from the FaultTracker, the sum by kind, the audit.
#pragma once

#include <string>

#include "base/result.hpp"
#include "model/faults/fork_tracker.hpp"
#include "model/faults/ranges.hpp"
#include "model/faults/signals.hpp"
#include "model/faults/tracker.hpp"
#include "model/names/file_table.hpp"
#include "model/names/task_table.hpp"
#include "view/report.hpp"
#include "view/view_options.hpp"

namespace hoodtrace {

// What the report is made from; all of them outlive it.
struct FaultsInput {
  const FaultTracker& tracker;
  const TaskTable& tasks;
  const FileTable& files;
  const FaultSignals& signals;
  const FaultRanges* ranges = nullptr;  // with --by address
  const ForkTracker* forks = nullptr;   // with --cow
};

// Fills tables, drawings, remarks, audit and body; the rest of the report is the caller's.
void add_faults_report(const FaultsInput& input, const ViewOptions& options, Report& report);

// An error that names the columns when `key` is none to sort by, or the grouping is not for faults.
Result<void> check_faults_view(const ViewOptions& options);

}  // namespace hoodtrace
