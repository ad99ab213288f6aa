// SPDX-License-Identifier: GPL-2.0-or-later
#include "command/time_window.hpp"

#include <fmt/format.h>

#include <cstdio>

#include "base/text.hpp"
#include "base/units.hpp"

namespace hoodtrace {
namespace {

constexpr std::uint64_t kSecondNs = 1'000'000'000;
constexpr std::uint64_t kDayNs = 24 * 3600 * kSecondNs;

// "14:03" or "14:03:10".
std::optional<std::uint64_t> parse_time_of_day(const std::string& text) {
  unsigned hours = 0;
  unsigned minutes = 0;
  unsigned seconds = 0;
  int used = 0;
  const int fields =
      std::sscanf(text.c_str(), "%2u:%2u%n:%2u%n", &hours, &minutes, &used, &seconds, &used);
  if (fields < 2 || static_cast<std::size_t>(used) != text.size()) return std::nullopt;
  if (hours > 23 || minutes > 59 || seconds > 59) return std::nullopt;
  return (hours * std::uint64_t{3600} + minutes * 60 + seconds) * kSecondNs;
}

Result<std::optional<Moment>> parse_moment(const std::string& text) {
  if (text.empty()) return std::optional<Moment>();
  if (text.find(':') != std::string::npos) {
    if (const auto ns = parse_time_of_day(text)) return std::optional<Moment>(Moment{true, *ns});
    return usage(fmt::format("'{}' is no time of day, such as 14:03:10", printable(text)));
  }
  if (text == "0") return std::optional<Moment>(Moment{false, 0});
  const Result<std::uint64_t> ns = parse_duration(text);
  if (!ns) return ns.error();
  return std::optional<Moment>(Moment{false, *ns});
}

}  // namespace

std::uint64_t Moment::boottime_ns(std::uint64_t started_ns, std::uint64_t wall_ns) const {
  if (!by_clock) return started_ns + ns;
  return started_ns + (ns + kDayNs - wall_ns % kDayNs) % kDayNs;
}

Result<TimeWindow> parse_time_window(const std::string& text) {
  const std::size_t dots = text.find("..");
  if (dots == std::string::npos || text.size() == 2)
    return usage(
        fmt::format("--between takes FROM..UNTIL, such as 2s..5s, ..5s or "
                    "14:03:10..14:03:20 (UTC); not '{}'",
                    printable(text)));
  const auto from = parse_moment(text.substr(0, dots));
  if (!from) return from.error();
  const auto until = parse_moment(text.substr(dots + 2));
  if (!until) return until.error();
  TimeWindow window{*from, *until};
  if (window.from && window.until && window.from->by_clock == window.until->by_clock &&
      window.from->ns >= window.until->ns && !window.from->by_clock)
    return usage(fmt::format("--between {} ends before it begins", printable(text)));
  return window;
}

}  // namespace hoodtrace
