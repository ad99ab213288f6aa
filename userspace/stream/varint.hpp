// SPDX-License-Identifier: GPL-2.0-or-later
// Numbers of variable length: LEB128, and zigzag for those that may be negative.
#pragma once

#include <cstdint>
#include <vector>

namespace hoodtrace {

inline constexpr std::size_t kMaxVarintBytes = 10;

inline void put_varint(std::vector<std::uint8_t>& out, std::uint64_t value) {
  while (value >= 0x80) {
    out.push_back(static_cast<std::uint8_t>(value | 0x80));
    value >>= 7;
  }
  out.push_back(static_cast<std::uint8_t>(value));
}

// Reads at `at` and advances it; reads up to kMaxVarintBytes bytes, whatever they contain.
inline std::uint64_t get_varint(const std::uint8_t*& at) {
  std::uint64_t value = *at & 0x7fU;
  if (*at++ < 0x80) return value;
  for (unsigned shift = 7; shift < 70; shift += 7) {
    const std::uint64_t byte = *at++;
    if (shift < 64) value |= (byte & 0x7f) << shift;
    if (byte < 0x80) break;
  }
  return value;
}

inline std::uint64_t zigzag(std::int64_t value) {
  return (static_cast<std::uint64_t>(value) << 1) ^ static_cast<std::uint64_t>(value >> 63);
}
inline std::int64_t unzigzag(std::uint64_t value) {
  return static_cast<std::int64_t>(value >> 1) ^ -static_cast<std::int64_t>(value & 1);
}

}  // namespace hoodtrace
