// SPDX-License-Identifier: GPL-2.0-or-later
#include "base/units.hpp"

#include <fmt/format.h>

#include <array>
#include <charconv>
#include <cmath>
#include <span>

namespace hoodtrace {
namespace {

struct NamedUnit {
  std::string_view suffix;
  double factor;
};

constexpr std::array kDurations = {
    NamedUnit{"ns", 1},   NamedUnit{"us", 1e3},   NamedUnit{"µs", 1e3},  NamedUnit{"ms", 1e6},
    NamedUnit{"s", 1e9},  NamedUnit{"", 1e9},     NamedUnit{"sec", 1e9}, NamedUnit{"min", 60e9},
    NamedUnit{"m", 60e9}, NamedUnit{"h", 3600e9},
};

constexpr double kKi = 1024;
constexpr std::array kSizes = {
    NamedUnit{"", 1},
    NamedUnit{"B", 1},
    NamedUnit{"K", kKi},
    NamedUnit{"KiB", kKi},
    NamedUnit{"KB", kKi},
    NamedUnit{"M", kKi* kKi},
    NamedUnit{"MiB", kKi* kKi},
    NamedUnit{"MB", kKi* kKi},
    NamedUnit{"G", kKi* kKi* kKi},
    NamedUnit{"GiB", kKi* kKi* kKi},
    NamedUnit{"GB", kKi* kKi* kKi},
};

// 2^53: up to here a double holds every whole number.
constexpr double kExact = 9007199254740992.0;

Result<std::uint64_t> parse(std::string_view text, std::span<const NamedUnit> units,
                            std::string_view what, std::string_view example) {
  const auto bad = [&] {
    return usage(fmt::format("'{}' is not a {}; write for example {}", text, what, example));
  };
  double number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc{} || !std::isfinite(number) || number < 0) return bad();
  const std::string_view suffix(end, static_cast<std::size_t>(text.data() + text.size() - end));
  for (const NamedUnit& unit : units) {
    if (unit.suffix != suffix) continue;
    const double scaled = number * unit.factor;
    if (scaled >= kExact) return bad();
    return static_cast<std::uint64_t>(std::llround(scaled));
  }
  return bad();
}

std::string three_digits(double value, std::string_view unit) {
  if (value < 9.995) return fmt::format("{:.2f} {}", value, unit);
  if (value < 99.95) return fmt::format("{:.1f} {}", value, unit);
  return fmt::format("{:.0f} {}", value, unit);
}

}  // namespace

Result<std::uint64_t> parse_duration(std::string_view text) {
  return parse(text, kDurations, "duration", "10s, 250ms or 2min");
}

Result<std::uint64_t> parse_bytes(std::string_view text) {
  return parse(text, kSizes, "size", "64K, 4M or 1G");
}

std::string format_duration(std::uint64_t ns) {
  const auto value = static_cast<double>(ns);
  if (ns < 1000) return fmt::format("{} ns", ns);
  if (value < 999.5e3) return three_digits(value / 1e3, "us");
  if (value < 999.5e6) return three_digits(value / 1e6, "ms");
  return three_digits(value / 1e9, "s");
}

std::string format_grouped(std::uint64_t number) {
  std::string digits = fmt::format("{}", number);
  for (std::size_t at = digits.size(); at > 3; at -= 3) digits.insert(at - 3, 1, ' ');
  return digits;
}

std::string format_bytes(std::uint64_t bytes) {
  const auto value = static_cast<double>(bytes);
  if (bytes < 1024) return fmt::format("{} B", bytes);
  if (value < 999.5 * kKi) return three_digits(value / kKi, "KiB");
  if (value < 999.5 * kKi * kKi) return three_digits(value / kKi / kKi, "MiB");
  return three_digits(value / kKi / kKi / kKi, "GiB");
}

std::string format_device(std::uint32_t dev) {
  constexpr unsigned kMinorBits = 20;
  return fmt::format("{}:{}", dev >> kMinorBits, dev & ((1U << kMinorBits) - 1));
}

}  // namespace hoodtrace
