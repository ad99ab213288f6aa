// SPDX-License-Identifier: GPL-2.0-or-later
#include "view/bars.hpp"

#include <gtest/gtest.h>

#include <algorithm>

namespace hoodtrace {
namespace {

TEST(Bars, TheLargestHasTheFullWidthAndSmallOnesAtLeastOneMark) {
  std::vector<std::uint64_t> counts(13);
  counts[10] = 1'000'000;
  counts[12] = 1;
  const auto lines = duration_bars("title", counts);
  ASSERT_EQ(lines.size(), 4U);
  EXPECT_EQ(lines[0], "title");
  EXPECT_EQ(lines[1], "   1.02 us ..  2.05 us    1000000 |" + std::string(40, '#') + "|");
  EXPECT_EQ(lines[2], "   2.05 us ..  4.10 us          0 |" + std::string(40, ' ') + "|");
  EXPECT_EQ(lines[3], "   4.10 us ..  8.19 us          1 |#" + std::string(39, ' ') + "|");
}

TEST(Bars, ZeroIsInTheFirstOne) {
  EXPECT_EQ(duration_bars("t", {5})[1].substr(0, 24), "      0 ns ..     2 ns  ");
}

TEST(Bars, NoValuesPrintNone) {
  EXPECT_EQ(duration_bars("t", {}), (std::vector<std::string>{"t", "  (no values)"}));
  EXPECT_EQ(duration_bars("t", {0, 0})[1], "  (no values)");
}

TEST(Bars, HugeCountsAndTimesDoNotOverflow) {
  std::vector<std::uint64_t> counts(64);
  counts[62] = 1;
  counts[63] = ~0ULL;
  const auto lines = duration_bars("t", counts);
  EXPECT_EQ(std::count(lines[1].begin(), lines[1].end(), '#'), 1);
  EXPECT_EQ(std::count(lines[2].begin(), lines[2].end(), '#'), 40);
  EXPECT_EQ(lines[2].find(" 0 ns"), std::string::npos) << lines[2];
}

}  // namespace
}  // namespace hoodtrace
