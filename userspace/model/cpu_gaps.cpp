// SPDX-License-Identifier: GPL-2.0-or-later
#include "model/cpu_gaps.hpp"

#include <algorithm>

namespace hoodtrace {

void CpuGaps::on(const ht_cpu& change) {
  const auto open = std::find_if(gaps_.begin(), gaps_.end(), [&](const CpuGap& gap) {
    return gap.cpu == change.head.cpu && gap.until_ns == 0;
  });
  if (change.online == 0 && open == gaps_.end())
    gaps_.push_back({change.head.cpu, change.head.time_ns, 0});
  if (change.online != 0 && open != gaps_.end()) open->until_ns = change.head.time_ns;
}

void CpuGaps::begin_interval() {
  std::erase_if(gaps_, [](const CpuGap& gap) { return gap.until_ns != 0; });
}

}  // namespace hoodtrace
