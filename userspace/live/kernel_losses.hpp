// SPDX-License-Identifier: GPL-2.0-or-later
// Counts of missing records and skipped programs from the kernel side, as records.
#pragma once

#include <cstdint>
#include <vector>

#include "settings.h"
#include "stream/record_buffer.hpp"

namespace hoodtrace {

class KernelLosses {
 public:
  KernelLosses() = default;
  // `programs`: those whose skipped runs are missing (not those that step in for others).
  KernelLosses(int cpu_states_map, std::uint32_t possible_cpus, std::vector<int> programs)
      : map_(cpu_states_map), cpus_(possible_cpus), programs_(std::move(programs)) {}

  // ht_trouble records of what was counted since the last call. At any time.
  void add_troubles(std::uint64_t now_ns, RecordBuffer& out);
  // ht_lost records of what is not in the stream yet: once no program runs any more and the rings
  // are empty.
  void add_pending(std::uint64_t now_ns, RecordBuffer& out) const;

 private:
  bool read_state(std::uint32_t cpu, ht_cpu_state& state) const;
  [[nodiscard]] std::uint64_t recursion_misses() const;

  int map_ = -1;
  std::uint32_t cpus_ = 0;
  std::vector<int> programs_;
  std::uint64_t reported_misses_ = 0;
  std::uint64_t reported_no_ring_ = 0;
  std::uint64_t reported_map_full_ = 0;
};

}  // namespace hoodtrace
