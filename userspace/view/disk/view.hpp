// SPDX-License-Identifier: GPL-2.0-or-later
// The disk view: tables of devices, files, tasks and kinds of requests, and the audit.
#pragma once

#include <string>

#include "base/result.hpp"
#include "model/disk/tracker.hpp"
#include "view/report.hpp"
#include "view/view_options.hpp"

namespace hoodtrace {

// The body of a report. With --by one table; in JSON always all lists.
void add_disk_report(const DiskTracker& tracker, const ViewOptions& options, Report& report);

// Is there such a column to sort by?
Result<void> check_disk_sort(const std::string& column);

// The line of a request over the threshold; printable, without a newline.
std::string long_request_line(const LongRequest& one, const DiskTracker& tracker,
                              std::uint64_t started_ns);

}  // namespace hoodtrace
