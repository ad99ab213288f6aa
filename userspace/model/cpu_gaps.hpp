// SPDX-License-Identifier: GPL-2.0-or-later
// When CPUs were offline: nothing can have run there, so nothing was missed.
#pragma once

#include <cstdint>
#include <map>
#include <vector>

#include "event/event.hpp"

namespace hoodtrace {

struct CpuGap {
  std::uint32_t cpu = 0;
  std::uint64_t from_ns = 0;
  std::uint64_t until_ns = 0;  // 0 = still offline
};

class CpuGaps {
 public:
  void on(const ht_cpu& change);

  // Those that reach into the current interval, in order of their beginning.
  [[nodiscard]] const std::vector<CpuGap>& gaps() const { return gaps_; }

  void begin_interval();

 private:
  std::vector<CpuGap> gaps_;
};

}  // namespace hoodtrace
