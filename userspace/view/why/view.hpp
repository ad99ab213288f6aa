// SPDX-License-Identifier: GPL-2.0-or-later
// The why report: where the time of each thread, process, comm or cgroup went.
#pragma once

#include <cstdint>
#include <string>

#include "model/why/tracker.hpp"
#include "view/report.hpp"
#include "view/view_options.hpp"

namespace hoodtrace {

// Fills lines, tables, remarks, audit and body; the rest of the report is the caller's.
void add_why_report(const WhyTracker& tracker, const ViewOptions& options, Report& report);

}  // namespace hoodtrace
