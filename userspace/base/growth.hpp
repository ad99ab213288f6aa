// SPDX-License-Identifier: GPL-2.0-or-later
// How far a counter or a clock went between two readings of it.
#pragma once

#include <cstdint>

namespace hoodtrace {

// `to` less `from`, in their unit. 0 when `to` is the smaller one: records of several CPUs can come in another
// order than they were made in, and a counter of the kernel can be read anew after it was set back.
constexpr std::uint64_t growth(std::uint64_t from, std::uint64_t to) {
  return to > from ? to - from : 0;
}

}  // namespace hoodtrace
