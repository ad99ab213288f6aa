// SPDX-License-Identifier: GPL-2.0-or-later
// Numbers of a FaultCount as cells: what was not measured is empty.
#pragma once

#include <algorithm>
#include <cstdint>

#include "model/faults/stats.hpp"
#include "view/task_rows.hpp"

namespace hoodtrace {

inline Cell quantile(const FaultCount& count, double share) {
  if (count.timed == 0) return {};
  // The middle of a bucket can lie above the largest value in it.
  return std::min(count.latency.quantile(share), count.max_ns);
}

inline Cell longest(const FaultCount& count) {
  if (count.timed == 0) return {};
  return count.max_ns;
}

}  // namespace hoodtrace
