// SPDX-License-Identifier: GPL-2.0-or-later
// The one clock of the stream: CLOCK_BOOTTIME, as bpf_ktime_get_boot_ns() reads it.
#pragma once

#include <cstdint>
#include <ctime>

namespace hoodtrace {

inline std::uint64_t clock_ns(clockid_t clock) {
  timespec time{};
  ::clock_gettime(clock, &time);
  return static_cast<std::uint64_t>(time.tv_sec) * 1'000'000'000U +
         static_cast<std::uint64_t>(time.tv_nsec);
}

inline std::uint64_t boot_clock_ns() { return clock_ns(CLOCK_BOOTTIME); }

}  // namespace hoodtrace
