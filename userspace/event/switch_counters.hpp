// SPDX-License-Identifier: GPL-2.0-or-later
// A task's own counters of switches, which each record of a switch away from it has (ht_switch.prev_nvcsw,
// prev_nivcsw).
#pragma once

#include <cstdint>

namespace hoodtrace {

// They grow by less between two of its switches. More: they are not of the same task (a thread that executes
// has its leader's tid then), or the file is damaged.
inline constexpr std::uint32_t kMostSwitches = 1U << 20;

}  // namespace hoodtrace
