// SPDX-License-Identifier: GPL-2.0-or-later
// hoodtrace cache: a row per file and a row per task, the system's line, and the audit.
#pragma once

#include <string>

#include "base/result.hpp"
#include "model/cache/tracker.hpp"
#include "view/report.hpp"
#include "view/view_options.hpp"

namespace hoodtrace {

// Fills in everything but the head; schema hoodtrace.cache/1.
void add_cache_report(const CacheTracker& tracker, const TaskTable& tasks,
                      const ViewOptions& options, Report& report);

// An error for a --by or --sort that does not apply.
Result<void> check_cache_view(const ViewOptions& options);

}  // namespace hoodtrace
