// SPDX-License-Identifier: GPL-2.0-or-later
// How large the rings are. Pure.
#pragma once

#include <algorithm>
#include <bit>
#include <cstdint>

#include "probe/features.hpp"

namespace hoodtrace {

// Defaults: 4 MiB hold a CPU's switches for about 60 ms at one million a second; the rings (buffers,
// switches, faults, wakings of half that) together stay below 224 MiB however many CPUs there are.
inline constexpr std::uint64_t kRingBytes = 4 << 20;
inline constexpr std::uint64_t kAllRingsBytes = 64 << 20;
inline constexpr std::uint64_t kLeastRingBytes = 4096;

// Of one CPU's ring; `asked` 0 = chosen by the number of CPUs. A power of two of whole pages.
constexpr std::uint64_t ring_size(std::uint64_t asked, const Features& features) {
  std::uint64_t bytes = asked;
  if (bytes == 0)
    bytes =
        std::min<std::uint64_t>(kRingBytes, kAllRingsBytes / std::max(features.cpus.online, 1U));
  return std::bit_floor(std::max({bytes, kLeastRingBytes, std::uint64_t{features.page_bytes}}));
}

// The number of slots of a group ring that needs as many bytes as a ring buffer of that size.
template <class Group>
constexpr std::uint32_t groups_in(std::uint64_t bytes) {
  return static_cast<std::uint32_t>(bytes / std::bit_ceil(sizeof(Group)));
}

}  // namespace hoodtrace
