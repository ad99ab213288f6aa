// SPDX-License-Identifier: GPL-2.0-or-later
// The actions of `hoodtrace boot`, one file each.
#pragma once

#include "command/options.hpp"

namespace hoodtrace {

// install.cpp: the unit, its link, the parts for the initrd.
Result<int> enable_boot(const Options& options);
Result<int> disable_boot(const Options& options);
// status.cpp
Result<int> show_boot_status(const Options& options);
// capture.cpp: what the unit runs.
Result<int> capture_boot(const Options& options, const Environment& environment);
// report.cpp
Result<int> report_boot(const Options& options, const Environment& environment);

}  // namespace hoodtrace
