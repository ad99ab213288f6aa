// SPDX-License-Identifier: GPL-2.0-or-later
#include "model/sched/cpu_history.hpp"

#include <gtest/gtest.h>

#include <map>
#include <random>
#include <vector>

namespace hoodtrace {
namespace {

struct Walked {
  std::map<WhoId, std::uint64_t> by_who;
  std::uint64_t rest_ns = 0;
};

Walked walk(const CpuHistory& history, std::uint64_t end_ns, std::uint64_t span_ns) {
  Walked walked;
  walked.rest_ns = history.walk_back(
      {}, end_ns, span_ns, [&](WhoId who, std::uint64_t ns) { walked.by_who[who] += ns; });
  return walked;
}

TEST(CpuHistory, ASpanIsSplitAmongThoseWhoRanInIt) {
  CpuHistory history;
  history.begin({100, 10});
  history.begin({150, 11});
  history.begin({170, 10});
  const Walked walked = walk(history, 200, 80);  // [120, 200)
  const std::map<WhoId, std::uint64_t> expected{{10, 60}, {11, 20}};
  EXPECT_EQ(walked.by_who, expected);
  EXPECT_EQ(walked.rest_ns, 0U);
}

TEST(CpuHistory, TimeBeforeTheOldestRunIsNotAssigned) {
  CpuHistory history;
  history.begin({100, 10});
  const Walked walked = walk(history, 200, 500);
  EXPECT_EQ(walked.by_who.at(10), 100U);
  EXPECT_EQ(walked.rest_ns, 400U);
}

TEST(CpuHistory, AnEndInThePastSkipsWhatCameLater) {
  CpuHistory history;
  history.begin({100, 10});
  history.begin({150, 11});
  const Walked walked = walk(history, 140, 20);
  const std::map<WhoId, std::uint64_t> expected{{10, 20}};
  EXPECT_EQ(walked.by_who, expected);
}

// 4 096 runs one by one, and 1 024 sums of 128.
TEST(CpuHistory, IsBoundedAndForgetsTheOldestFirst) {
  constexpr std::uint64_t kRuns = 200'000;
  CpuHistory history;
  for (std::uint64_t i = 0; i < kRuns; i++) history.begin({i * 10, static_cast<WhoId>(10 + i % 2)});
  const Walked walked = walk(history, kRuns * 10, kRuns * 10);
  const std::uint64_t remembered_ns = walked.by_who.at(10) + walked.by_who.at(11);
  EXPECT_LE(remembered_ns, (4096U + 1024 * 128) * 10U);
  EXPECT_GT(remembered_ns, (4096U + 1023 * 128) * 10U);
  EXPECT_EQ(walked.rest_ns, kRuns * 10 - remembered_ns);
}

// What was summed up is as exact as single runs, but for the sum in which the span begins.
TEST(CpuHistory, ASpanBehindManyRunsHasTheTimeOfEachTask) {
  CpuHistory history;
  std::map<WhoId, std::uint64_t> expected;
  std::uint64_t now_ns = 0;
  for (std::uint64_t i = 0; i < 50'000; i++) {
    const auto who = static_cast<WhoId>(10 + i % 3);
    history.begin({now_ns, who});
    const std::uint64_t ns = 1'000 + 100 * who + i % 7;
    now_ns += ns;
    expected[who] += ns;
  }
  const Walked all = walk(history, now_ns, now_ns);
  EXPECT_EQ(all.by_who, expected);
  EXPECT_EQ(all.rest_ns, 0U);
  const Walked most = walk(history, now_ns, now_ns - 1);
  EXPECT_GT(most.rest_ns, 0U);
  EXPECT_LT(most.rest_ns, 1'000'000U);
}

TEST(CpuHistory, TooManyTasksInOneSumAreOthers) {
  CpuHistory history;
  for (std::uint64_t i = 0; i < 2 * 4096; i++)
    history.begin({i * 10, static_cast<WhoId>(100 + i % 128)});
  const Walked walked = walk(history, 2 * 4096 * 10, 2 * 4096 * 10);
  EXPECT_EQ(walked.rest_ns, 0U);
  // Of the 4 096 runs that were summed up, 31 of 128 tasks have a name.
  EXPECT_EQ(walked.by_who.at(WhoTable::kOther), 4096U * 10 * (128 - 31) / 128);
}

// Runs that have not begun yet, but are shown with the question, count as if they had, whatever is forgotten or
// summed up by then.
TEST(CpuHistory, NewerRunsCountAsIfTheyHadBegun) {
  std::mt19937 random(5);
  for (const std::size_t old_ones : {0U, 10U, 4'000U, 4'096U, 5'000U, 200'000U})
    for (const std::size_t new_ones : {0U, 1U, 90U, 4'095U, 4'096U, 9'000U}) {
      CpuHistory history;
      CpuHistory all;
      std::vector<CpuRun> newer;
      std::uint64_t now_ns = 1'000;
      for (std::size_t i = 0; i < old_ones + new_ones; i++) {
        const CpuRun run{now_ns += random() % 1'000, static_cast<WhoId>(10 + random() % 50)};
        all.begin(run);
        if (i < old_ones)
          history.begin(run);
        else
          newer.push_back(run);
      }
      for (const std::uint64_t span_ns : {std::uint64_t{100}, std::uint64_t{50'000},
                                          std::uint64_t{2'100'000}, now_ns / 2, now_ns}) {
        const std::uint64_t end_ns = now_ns - now_ns / 10;
        for (const std::uint64_t until_ns : {now_ns, end_ns}) {
          const Walked expected = walk(all, until_ns, span_ns);
          Walked got;
          got.rest_ns =
              history.walk_back(newer, until_ns, span_ns,
                                [&](WhoId who, std::uint64_t ns) { got.by_who[who] += ns; });
          ASSERT_EQ(got.by_who, expected.by_who) << old_ones << " + " << new_ones;
          ASSERT_EQ(got.rest_ns, expected.rest_ns) << old_ones << " + " << new_ones;
        }
      }
    }
}

TEST(CpuHistory, AfterClearNothingIsKnown) {
  CpuHistory history;
  history.begin({100, 10});
  history.clear();
  EXPECT_TRUE(history.is_empty());
  EXPECT_EQ(walk(history, 200, 50).rest_ns, 50U);
}

}  // namespace
}  // namespace hoodtrace
