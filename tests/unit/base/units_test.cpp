// SPDX-License-Identifier: GPL-2.0-or-later
#include "base/units.hpp"

#include <gtest/gtest.h>

namespace hoodtrace {
namespace {

TEST(Units, DurationsAreReadWithTheirUnit) {
  EXPECT_EQ(*parse_duration("10s"), 10'000'000'000U);
  EXPECT_EQ(*parse_duration("250ms"), 250'000'000U);
  EXPECT_EQ(*parse_duration("1.5s"), 1'500'000'000U);
  EXPECT_EQ(*parse_duration("3"), 3'000'000'000U);
  EXPECT_EQ(*parse_duration("2min"), 120'000'000'000U);
}

TEST(Units, ABadDurationIsAUsageErrorThatNamesIt) {
  for (const char* text : {"", "s", "-1s", "1 s", "nan", "inf", "1e300s", "5x"}) {
    const Result<std::uint64_t> parsed = parse_duration(text);
    ASSERT_FALSE(parsed) << text;
    EXPECT_EQ(parsed.error().kind, ErrorKind::kUsage);
    EXPECT_NE(parsed.error().message.find(text), std::string::npos);
  }
}

TEST(Units, SizesArePowersOf1024) {
  EXPECT_EQ(*parse_bytes("4096"), 4096U);
  EXPECT_EQ(*parse_bytes("64K"), 65536U);
  EXPECT_EQ(*parse_bytes("1GiB"), 1073741824U);
  EXPECT_FALSE(parse_bytes("1T1"));
}

TEST(Units, DurationsAreWrittenWithThreeDigits) {
  EXPECT_EQ(format_duration(999), "999 ns");
  EXPECT_EQ(format_duration(1000), "1.00 us");
  EXPECT_EQ(format_duration(9'995'000), "10.0 ms");
  EXPECT_EQ(format_duration(999'499'999), "999 ms");
  EXPECT_EQ(format_duration(61'000'000'000), "61.0 s");
}

TEST(Units, GroupsOfThreeDigits) {
  EXPECT_EQ(format_grouped(0), "0");
  EXPECT_EQ(format_grouped(999), "999");
  EXPECT_EQ(format_grouped(412301877), "412 301 877");
}

}  // namespace
}  // namespace hoodtrace
