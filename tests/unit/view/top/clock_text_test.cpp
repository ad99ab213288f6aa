// SPDX-License-Identifier: GPL-2.0-or-later
#include "view/top/clock_text.hpp"

#include <gtest/gtest.h>

namespace hoodtrace {
namespace {

constexpr std::int64_t kBoot = 1'796'036'426'000'000'000;  // 2026-11-30 11:00:26 UTC

TEST(TopClockText, IsUtc) {
  EXPECT_EQ(time_of_day(4'500'000'000, kBoot), "11:00:30");
  EXPECT_EQ(time_of_day_us(4'500'123'456, kBoot), "11:00:30.500123");
  EXPECT_EQ(date_and_time(4'500'000'000, kBoot), "20261130-110030");
}

TEST(TopClockText, ATimeBeforeTheEpochIsATimeOfDayToo) {
  EXPECT_EQ(time_of_day(0, -1'000'000'000), "23:59:59");
  EXPECT_EQ(date_and_time(0, -1'000'000'000), "19691231-235959");
}

TEST(TopClockText, ADistanceHasHoursWhenThereAreAny) {
  EXPECT_EQ(distance_back(41'900'000'000), "-00:41");
  EXPECT_EQ(distance_back(3'600'000'000'000), "-1:00:00");
}

}  // namespace
}  // namespace hoodtrace
