// SPDX-License-Identifier: GPL-2.0-or-later
#include "model/why/recent.hpp"

#include <gtest/gtest.h>

#include <map>

namespace hoodtrace {
namespace {

// Spans of 10 ns each, whose causes take turns.
Recent spans(std::uint64_t count) {
  Recent recent;
  for (std::uint64_t i = 0; i < count; i++)
    recent.add(
        {i * 10, i * 10 + 10, static_cast<WhyCauseId>(i % 2 + 7), static_cast<WhyCauseId>(i % 2)});
  return recent;
}

std::map<WhyCauseId, std::uint64_t> did(const Recent& recent, std::uint64_t from_ns,
                                        std::uint64_t to_ns) {
  std::map<WhyCauseId, std::uint64_t> sums;
  recent.overlap(
      from_ns, to_ns,
      [&sums](const Recent::Span& span) { sums[span.activity] += span.to_ns - span.from_ns; },
      [&sums](WhyCauseId activity, std::uint64_t ns) { sums[activity] += ns; });
  return sums;
}

TEST(Recent, PartsOfSpansCountByTheirOverlap) {
  const Recent recent = spans(4);
  EXPECT_EQ(did(recent, 5, 25), (std::map<WhyCauseId, std::uint64_t>{{0, 10}, {1, 10}}));
  EXPECT_EQ(did(recent, 12, 18), (std::map<WhyCauseId, std::uint64_t>{{1, 6}}));
  EXPECT_TRUE(did(recent, 40, 90).empty());
}

TEST(Recent, ALongHistoryIsSummedWithoutLosingTime) {
  for (const std::uint64_t count : {100U, 128U, 129U, 5000U, 100'000U}) {
    const Recent recent = spans(count);
    EXPECT_EQ(did(recent, 0, count * 10),
              (std::map<WhyCauseId, std::uint64_t>{{0, (count + 1) / 2 * 10}, {1, count / 2 * 10}}))
        << count;
  }
}

TEST(Recent, ABlockThatLiesPartlyWithinIsNotGuessed) {
  const Recent recent = spans(10'000);
  const auto sums = did(recent, 5, 100'000);
  // Less than what it did, and only the oldest block lacks.
  EXPECT_LT(sums.at(0) + sums.at(1), 99'995U);
  EXPECT_GT(sums.at(0) + sums.at(1), 80'000U);
}

// A parent waits for a child that begins 50 ns before it, waits for 10 000 and then does many things.
TEST(Recent, OfABlockThatLiesPartlyWithinOneLongSpanIsKnown) {
  Recent recent;
  recent.add({0, 80, 0, 0});
  recent.add({80, 10'080, 1, 1});
  for (std::uint64_t i = 0; i < 300; i++) recent.add({10'080 + i, 10'081 + i, 2, 2});
  const auto sums = did(recent, 50, 10'380);
  EXPECT_EQ(sums.at(0), 30U);  // 80 in all, 50 of them at most before
  EXPECT_EQ(sums.at(1), 9'950U);
  EXPECT_LE(sums.at(2), 300U);
  EXPECT_EQ(did(recent, 0, 5'000).count(2), 0U);
}

TEST(Recent, NothingWasDoneYet) { EXPECT_TRUE(did(Recent(), 0, 100).empty()); }

}  // namespace
}  // namespace hoodtrace
