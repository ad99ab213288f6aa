// SPDX-License-Identifier: GPL-2.0-or-later
#include "model/ranking.hpp"

#include <gtest/gtest.h>

#include <map>
#include <random>

namespace hoodtrace {
namespace {

TEST(Ranking, SortsTheLongestFirstAndLeavesOutZero) {
  Ranking ranking;
  ranking.add(10, 5);
  ranking.add(11, 50);
  ranking.add(10, 6);
  ranking.add(12, 0);
  const std::vector<std::pair<WhoId, std::uint64_t>> expected{{11, 50}, {10, 11}};
  EXPECT_EQ(ranking.sorted(), expected);
  EXPECT_EQ(ranking.total_ns(), 61U);
}

TEST(Ranking, OfTooManyTheRestIsOneEntryAtTheEnd) {
  Ranking ranking;
  for (WhoId who = 10; who < 20; who++) ranking.add(who, who);
  ranking.add(WhoTable::kOther, 1000);
  using List = std::vector<std::pair<WhoId, std::uint64_t>>;
  const std::uint64_t of_the_rest = 10 + 11 + 12 + 13 + 14 + 15 + 16 + 17;
  EXPECT_EQ(ranking.longest(2), (List{{19, 19}, {18, 18}, {WhoTable::kOther, 1000 + of_the_rest}}));
  EXPECT_EQ(ranking.longest(10).size(), 11U) << "all ten by name, and the others";
  EXPECT_EQ(ranking.longest(10).back().second, 1000U);
  EXPECT_EQ(ranking.longest(11), ranking.sorted()) << "few enough: as they are";
  EXPECT_EQ(ranking.longest(0), ranking.sorted()) << "no limit";
}

TEST(Ranking, OfEqualOnesTheOrderIsFixed) {
  Ranking one;
  Ranking other;
  for (WhoId who = 10; who < 20; who++) one.add(who, 7);
  for (WhoId who = 19; who >= 10; who--) other.add(who, 7);
  EXPECT_EQ(one.sorted(), other.sorted());
}

TEST(Ranking, TheSumNeverChangesHoweverManyCulpritsAreFolded) {
  std::mt19937 random(17);
  Ranking ranking;
  std::uint64_t sum = 0;
  for (int i = 0; i < 20000; i++) {
    const std::uint64_t ns = random() % 1000;
    ranking.add(4 + random() % 5000, ns);
    sum += ns;
    if (i % 500 != 0) continue;
    ASSERT_EQ(ranking.total_ns(), sum);
  }
  EXPECT_EQ(ranking.total_ns(), sum);
  std::uint64_t listed = 0;
  for (const auto& [who, ns] : ranking.sorted()) listed += ns;
  EXPECT_EQ(listed, sum);
  EXPECT_LE(ranking.sorted().size(), 512U) << "bounded";
}

TEST(Ranking, FoldingKeepsTheLargestByName) {
  Ranking ranking;
  ranking.add(10, 1'000'000);
  for (WhoId who = 100; who < 2000; who++) ranking.add(who, 1);
  EXPECT_EQ(ranking.sorted().front(), (std::pair<WhoId, std::uint64_t>{10, 1'000'000}));
  std::uint64_t others = 0;
  for (const auto& [who, ns] : ranking.sorted())
    if (who == WhoTable::kOther) others = ns;
  EXPECT_GT(others, 1500U);
}

TEST(Ranking, MergingAddsPerCulprit) {
  Ranking one;
  Ranking other;
  one.add(10, 1);
  one.add(11, 2);
  other.add(11, 3);
  other.add(12, 4);
  one.merge(other);
  const std::vector<std::pair<WhoId, std::uint64_t>> expected{{11, 5}, {12, 4}, {10, 1}};
  EXPECT_EQ(one.sorted(), expected);
  EXPECT_EQ(one.total_ns(), 10U);
}

TEST(Ranking, MergedFullRankingsKeepTheirSum) {
  Ranking one;
  Ranking other;
  for (WhoId who = 0; who < 300; who++) one.add(10 + who, who + 1);
  for (WhoId who = 0; who < 300; who++) other.add(1000 + who, who + 1);
  const std::uint64_t sum = one.total_ns() + other.total_ns();
  one.merge(other);
  EXPECT_EQ(one.total_ns(), sum);
}

}  // namespace
}  // namespace hoodtrace
