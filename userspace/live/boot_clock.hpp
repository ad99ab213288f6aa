// SPDX-License-Identifier: GPL-2.0-or-later
// The one clock of the stream: CLOCK_BOOTTIME, as bpf_ktime_get_boot_ns() reads it.
#pragma once

#include <sys/timex.h>

#include <cstdint>
#include <ctime>
#include <optional>

namespace hoodtrace {

inline std::uint64_t clock_ns(clockid_t clock) {
  timespec time{};
  ::clock_gettime(clock, &time);
  return static_cast<std::uint64_t>(time.tv_sec) * 1'000'000'000U +
         static_cast<std::uint64_t>(time.tv_nsec);
}

inline std::uint64_t boot_clock_ns() { return clock_ns(CLOCK_BOOTTIME); }

// By how many parts in a thousand million NTP lets it run ahead of the hardware's clock now (adjtimex(2): a
// frequency in 2^-16 ppm, and the microseconds of a tick, which are 10 000 without a correction). Nothing where it
// cannot be read.
inline std::optional<std::int64_t> boot_clock_rate_ppb() {
  constexpr std::int64_t kTickUs = 10'000;
  timex state{};
  if (::adjtimex(&state) < 0) return std::nullopt;
  return state.freq * 1000 / 65536 + (state.tick - kTickUs) * (1'000'000'000 / kTickUs);
}

}  // namespace hoodtrace
