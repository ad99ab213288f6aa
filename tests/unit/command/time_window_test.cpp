// SPDX-License-Identifier: GPL-2.0-or-later
#include "command/time_window.hpp"

#include <gtest/gtest.h>

namespace hoodtrace {
namespace {

constexpr std::uint64_t kSecond = 1'000'000'000;

TEST(TimeWindow, SinceTheStartEitherEndMayBeMissing) {
  const auto window = parse_time_window("2s..5500ms");
  ASSERT_TRUE(window);
  EXPECT_EQ(window->from->boottime_ns(100 * kSecond, 0), 102 * kSecond);
  EXPECT_EQ(window->until->boottime_ns(100 * kSecond, 0), 105 * kSecond + kSecond / 2);
  EXPECT_FALSE(parse_time_window("..5s")->from);
  EXPECT_FALSE(parse_time_window("2s..")->until);
  EXPECT_EQ(parse_time_window("0..1s")->from->ns, 0U);
}

TEST(TimeWindow, ByTheClockItIsTheFirstSuchTimeAfterTheStart) {
  const auto window = parse_time_window("14:03:10..00:01");
  ASSERT_TRUE(window);
  // Started at 14:00:00 UTC of some day.
  const std::uint64_t wall_ns = (20'000 * std::uint64_t{86'400} + 14 * 3600) * kSecond;
  EXPECT_EQ(window->from->boottime_ns(7 * kSecond, wall_ns), (7 + 190) * kSecond);
  EXPECT_EQ(window->until->boottime_ns(7 * kSecond, wall_ns), (7 + 10 * 3600 + 60) * kSecond);
}

TEST(TimeWindow, AnInvalidWindowIsRefused) {
  for (const char* text :
       {"", "..", "5s", "5s..2s", "soon..later", "25:00..", "14:3x..", "1:2:3:4.."}) {
    const auto window = parse_time_window(text);
    EXPECT_FALSE(window) << text;
    if (!window) {
      EXPECT_EQ(window.error().kind, ErrorKind::kUsage) << text;
    }
  }
}

}  // namespace
}  // namespace hoodtrace
