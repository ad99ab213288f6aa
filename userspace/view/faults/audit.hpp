// SPDX-License-Identifier: GPL-2.0-or-later
// The faults that were seen against those that the kernel counted.
#pragma once

#include "model/faults/tracker.hpp"
#include "view/report.hpp"

namespace hoodtrace {

void add_faults_audit(const FaultTracker& tracker, Report& report);

}  // namespace hoodtrace
