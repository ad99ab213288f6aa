// SPDX-License-Identifier: GPL-2.0-or-later
// Signed sums of times. A damaged file's times are as large as it likes: the sums end at some 73 years, and
// no more is lost, for no such report is right.
#pragma once

#include <algorithm>
#include <cstdint>

namespace hoodtrace {

constexpr std::int64_t kMostSignedNs = std::int64_t{1} << 61;

constexpr std::int64_t bounded_ns(std::uint64_t ns) {
  return static_cast<std::int64_t>(std::min<std::uint64_t>(ns, kMostSignedNs));
}

// Of bounded ones, at most two of them added or subtracted.
constexpr std::int64_t bounded_ns(std::int64_t sum_ns) {
  return std::clamp(sum_ns, -kMostSignedNs, kMostSignedNs);
}

}  // namespace hoodtrace
