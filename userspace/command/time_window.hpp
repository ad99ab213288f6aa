// SPDX-License-Identifier: GPL-2.0-or-later
// A part of a recording's time: "2s..5s" from its start, or "14:03:10..14:03:20" by the clock (UTC).
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "base/result.hpp"

namespace hoodtrace {

struct Moment {
  bool by_clock = false;  // `ns` since 00:00 UTC, and else since the start of the recording
  std::uint64_t ns = 0;

  // In CLOCK_BOOTTIME, for a recording that began then; by the clock, the first such time of day
  // not before it.
  [[nodiscard]] std::uint64_t boottime_ns(std::uint64_t started_ns, std::uint64_t wall_ns) const;
};

struct TimeWindow {
  std::optional<Moment> from;
  std::optional<Moment> until;

  [[nodiscard]] bool is_all() const { return !from && !until; }
};

// "A..B"; A or B may be missing.
Result<TimeWindow> parse_time_window(const std::string& text);

}  // namespace hoodtrace
