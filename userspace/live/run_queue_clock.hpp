// SPDX-License-Identifier: GPL-2.0-or-later
// The clock of the run queues (rq->clock), seen from user space.
#pragma once

#include <cstdint>
#include <optional>

namespace hoodtrace {

// How far CLOCK_BOOTTIME is ahead of it now, where it is fresh; too little by the time between two
// readings of a clock, some 50 ns. Nothing where the CPUs' clocks are not one clock, or debugfs cannot
// be read (a container, no privilege).
std::optional<std::int64_t> run_queue_clock_lag_ns();

}  // namespace hoodtrace
