// SPDX-License-Identifier: GPL-2.0-or-later
// Copies a few bytes without a call: names of tasks have at most 15.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>

namespace hoodtrace {

inline void short_copy(char* to, const char* from, std::size_t bytes) {
  // Two pieces of a fixed size, which may overlap.
  const auto copy_ends = [&](auto piece) {
    auto last = piece;
    std::memcpy(&piece, from, sizeof(piece));
    std::memcpy(&last, from + bytes - sizeof(last), sizeof(last));
    std::memcpy(to, &piece, sizeof(piece));
    std::memcpy(to + bytes - sizeof(last), &last, sizeof(last));
  };
  if (bytes > 16)
    std::memcpy(to, from, bytes);
  else if (bytes >= 8)
    copy_ends(std::uint64_t{});
  else if (bytes >= 4)
    copy_ends(std::uint32_t{});
  else
    for (std::size_t i = 0; i < bytes; i++) to[i] = from[i];
}

}  // namespace hoodtrace
