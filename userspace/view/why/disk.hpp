// SPDX-License-Identifier: GPL-2.0-or-later
// Of the why report: for which files and devices threads slept, when block requests were recorded as well.
#pragma once

#include "model/why/tracker.hpp"
#include "view/report.hpp"
#include "view/view_options.hpp"

namespace hoodtrace {

// A list `disk` in JSON, a table in text, and how its sum compares with the sleeps for I/O of the
// switches. Nothing when no requests were recorded.
void add_why_disk(const WhyTracker& tracker, const ViewOptions& options, Report& report);

}  // namespace hoodtrace
