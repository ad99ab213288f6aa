// SPDX-License-Identifier: GPL-2.0-or-later
// hoodtrace record --ring: the flight recorder.
#pragma once

#include "command/options.hpp"

namespace hoodtrace {

Result<int> run_flight(const Options& options, const Environment& environment);

}  // namespace hoodtrace
