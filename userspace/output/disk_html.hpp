// SPDX-License-Identifier: GPL-2.0-or-later
// The latencies of block devices over time as one HTML page that needs nothing else: no script, no network.
#pragma once

#include <cstdint>
#include <map>
#include <string>

#include "model/disk/heat.hpp"
#include "model/disk/tracker.hpp"

namespace hoodtrace {

// A picture for each device: time to the right, latency upwards, the darker the more requests. `what`:
// the target and the span, a line.
std::string disk_html(const DiskTracker& tracker, const std::map<std::uint32_t, DiskHeat>& heats,
                      const std::string& what);

}  // namespace hoodtrace
