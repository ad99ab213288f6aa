// SPDX-License-Identifier: GPL-2.0-or-later
// The rings of a loaded BPF object, as userspace reads them: a ring buffer per online CPU, and where
// such records are traced a ring of switches, of faults and of wakings per CPU.
#pragma once

#include <cstdint>
#include <vector>

#include "base/result.hpp"
#include "live/group_ring.hpp"
#include "live/ring_reader.hpp"

namespace hoodtrace {

struct Rings {
  std::vector<RingReader> buffers;
  std::vector<SwitchRing> switches;
  std::vector<FaultRing> faults;
  std::vector<WakingRing> wakings;

  // Makes the ring buffers and puts them into `rings_map`, for all `possible_cpus`.
  Result<void> make_buffers(int rings_map, std::uint64_t ring_bytes, std::uint32_t possible_cpus);
};

}  // namespace hoodtrace
