// SPDX-License-Identifier: GPL-2.0-or-later
#include "base/sched_debug.hpp"

#include <algorithm>
#include <charconv>
#include <string>

namespace hoodtrace {
namespace {

// Of the line "key    : value".
std::string_view value_of(std::string_view text, std::string_view key) {
  while (!text.empty()) {
    const std::string_view line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(text.size(), line.size() + 1));
    const std::size_t colon = line.find(": ");
    if (colon == std::string_view::npos || !line.starts_with(key)) continue;
    if (line.find_first_not_of(' ', key.size()) == colon) return line.substr(colon + 2);
  }
  return {};
}

// Milliseconds with six decimals.
std::optional<std::int64_t> ns_of(std::string_view text) {
  constexpr std::size_t kDecimals = 6;
  const std::size_t point = text.find('.');
  if (point == std::string_view::npos || text.size() - point - 1 != kDecimals) return std::nullopt;
  std::string digits(text.substr(0, point));
  digits += text.substr(point + 1);
  std::int64_t ns = 0;
  const char* const end = digits.data() + digits.size();
  const auto read = std::from_chars(digits.data(), end, ns);
  if (read.ec != std::errc{} || read.ptr != end) return std::nullopt;
  return ns;
}

}  // namespace

std::optional<std::int64_t> monotonic_lag_ns(std::string_view head) {
  // Where they always are (arm64) there is no such line.
  const std::string_view stable = value_of(head, "sched_clock_stable()");
  const bool is_whole = head.find("\nsysctl_sched") != std::string_view::npos;
  if (stable.empty() ? !is_whole : stable != "1") return std::nullopt;
  const auto monotonic_ns = ns_of(value_of(head, "ktime"));
  const auto cpu_ns = ns_of(value_of(head, "cpu_clk"));
  if (!monotonic_ns || !cpu_ns) return std::nullopt;
  return *monotonic_ns - *cpu_ns;
}

}  // namespace hoodtrace
