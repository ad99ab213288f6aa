// SPDX-License-Identifier: GPL-2.0-or-later
// Two counters of each CPU's PMU for the programs to read: the cycles in user mode, and those in the
// kernel.
#pragma once

#include <vector>

#include "base/fd.hpp"
#include "base/result.hpp"

namespace hoodtrace {

// 0: this machine has a PMU with such counters, and we may use it. Else the errno of why not.
int try_cycle_counters();

class CycleCounters {
 public:
  // Opens them on the CPUs that are online, and puts them into the maps (descriptors of
  // BPF_MAP_TYPE_PERF_EVENT_ARRAY). A CPU that has none, whose counters others use, or that comes online
  // later makes no records. An error when no CPU has any.
  Result<void> open(int user_map, int kernel_map);

 private:
  std::vector<Fd> counters_;
};

}  // namespace hoodtrace
