// SPDX-License-Identifier: GPL-2.0-or-later
// The report of faults --cow: a row per fork.
#pragma once

#include "model/faults/fork_tracker.hpp"
#include "model/names/file_table.hpp"
#include "view/report.hpp"
#include "view/view_options.hpp"

namespace hoodtrace {

// Needs report.started_ns.
void add_forks_table(const ForkTracker& tracker, const FileTable& files, const ViewOptions& options,
                     Report& report);

// The schema's `forks`.
void add_forks_json(const ForkTracker& tracker, const FileTable& files, const ViewOptions& options,
                    Report& report);

}  // namespace hoodtrace
