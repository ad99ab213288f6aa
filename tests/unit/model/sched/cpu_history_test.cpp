// SPDX-License-Identifier: GPL-2.0-or-later
#include "model/sched/cpu_history.hpp"

#include <gtest/gtest.h>

#include <map>

namespace hoodtrace {
namespace {

struct Walked {
  std::map<WhoId, std::uint64_t> by_who;
  std::uint64_t rest_ns = 0;
};

Walked walk(const CpuHistory& history, std::uint64_t end_ns, std::uint64_t span_ns) {
  Walked walked;
  walked.rest_ns = history.walk_back(
      end_ns, span_ns, [&](WhoId who, std::uint64_t ns) { walked.by_who[who] += ns; });
  return walked;
}

TEST(CpuHistory, ASpanIsSplitAmongThoseWhoRanInIt) {
  CpuHistory history;
  history.begin(100, 10);
  history.begin(150, 11);
  history.begin(170, 10);
  const Walked walked = walk(history, 200, 80);  // [120, 200)
  const std::map<WhoId, std::uint64_t> expected{{10, 60}, {11, 20}};
  EXPECT_EQ(walked.by_who, expected);
  EXPECT_EQ(walked.rest_ns, 0U);
}

TEST(CpuHistory, TimeBeforeTheOldestRunIsNotAssigned) {
  CpuHistory history;
  history.begin(100, 10);
  const Walked walked = walk(history, 200, 500);
  EXPECT_EQ(walked.by_who.at(10), 100U);
  EXPECT_EQ(walked.rest_ns, 400U);
}

TEST(CpuHistory, AnEndInThePastSkipsWhatCameLater) {
  CpuHistory history;
  history.begin(100, 10);
  history.begin(150, 11);
  const Walked walked = walk(history, 140, 20);
  const std::map<WhoId, std::uint64_t> expected{{10, 20}};
  EXPECT_EQ(walked.by_who, expected);
}

TEST(CpuHistory, IsBoundedAndForgetsTheOldestFirst) {
  CpuHistory history;
  for (std::uint64_t i = 0; i < 10000; i++) history.begin(i * 10, static_cast<WhoId>(i));
  const Walked walked = walk(history, 100000, 100000);
  EXPECT_EQ(walked.by_who.size(), 4096U);
  EXPECT_EQ(walked.by_who.rbegin()->first, 9999U);
  EXPECT_EQ(walked.rest_ns, 100000U - 4096U * 10U);
}

TEST(CpuHistory, AfterClearNothingIsKnown) {
  CpuHistory history;
  history.begin(100, 10);
  history.clear();
  EXPECT_TRUE(history.is_empty());
  EXPECT_EQ(walk(history, 200, 50).rest_ns, 50U);
}

}  // namespace
}  // namespace hoodtrace
