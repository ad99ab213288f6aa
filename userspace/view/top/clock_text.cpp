// SPDX-License-Identifier: GPL-2.0-or-later
#include "view/top/clock_text.hpp"

#include <fmt/format.h>

#include <chrono>

namespace hoodtrace {
namespace {

std::chrono::sys_time<std::chrono::nanoseconds> wall(std::uint64_t time_ns,
                                                     std::int64_t offset_ns) {
  return std::chrono::sys_time<std::chrono::nanoseconds>(
      std::chrono::nanoseconds(static_cast<std::int64_t>(time_ns) + offset_ns));
}

}  // namespace

std::string time_of_day(std::uint64_t time_ns, std::int64_t offset_ns) {
  const auto at = wall(time_ns, offset_ns);
  const std::chrono::hh_mm_ss day(at - std::chrono::floor<std::chrono::days>(at));
  return fmt::format("{:02}:{:02}:{:02}", day.hours().count(), day.minutes().count(),
                     day.seconds().count());
}

std::string time_of_day_us(std::uint64_t time_ns, std::int64_t offset_ns) {
  const auto at = wall(time_ns, offset_ns);
  const auto part = at - std::chrono::floor<std::chrono::seconds>(at);
  return fmt::format("{}.{:06}", time_of_day(time_ns, offset_ns), part.count() / 1000);
}

std::string date_and_time(std::uint64_t time_ns, std::int64_t offset_ns) {
  const std::chrono::year_month_day date(
      std::chrono::floor<std::chrono::days>(wall(time_ns, offset_ns)));
  std::string time = time_of_day(time_ns, offset_ns);
  std::erase(time, ':');
  return fmt::format("{:04}{:02}{:02}-{}", static_cast<int>(date.year()),
                     static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()), time);
}

std::string distance_back(std::uint64_t ns) {
  const std::uint64_t seconds = ns / 1'000'000'000;
  if (seconds < 3600) return fmt::format("-{:02}:{:02}", seconds / 60, seconds % 60);
  return fmt::format("-{}:{:02}:{:02}", seconds / 3600, seconds / 60 % 60, seconds % 60);
}

}  // namespace hoodtrace
