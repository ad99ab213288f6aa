// SPDX-License-Identifier: GPL-2.0-or-later
// The head of debugfs's sched/debug (sched_debug_header(), kernel/sched/debug.c).
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace hoodtrace {

// CLOCK_MONOTONIC minus the CPUs' clock, as the kernel read them one after the other. Nothing when
// the CPUs' clocks are not one clock (sched_clock_stable() is 0), or the text has no such lines.
std::optional<std::int64_t> monotonic_lag_ns(std::string_view head);

}  // namespace hoodtrace
