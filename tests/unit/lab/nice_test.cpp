// SPDX-License-Identifier: GPL-2.0-or-later
// The judge of nice: the share is that of the weights.

#include <gtest/gtest.h>

#include "lab/experiment.hpp"

namespace hoodtrace {
namespace {

// The plain task has this share of a second, by hoodtrace and by getrusage.
Evidence with_share(double measured, double kernel, bool flat_group) {
  Evidence evidence;
  evidence.facts = {{"plain", 11}, {"nicer", 12}, {"share", kernel}, {"flat_group", flat_group}};
  evidence.reports["sched"] = {
      {"tasks",
       {{{"tid", 11}, {"nice", 0}, {"on_cpu_ns", 1e7 * measured}},
        {{"tid", 12}, {"nice", 5}, {"on_cpu_ns", 1e7 * (100 - measured)}}}}};
  return evidence;
}

bool passes(const Evidence& evidence) {
  Verdict verdict;
  find_experiment("nice")->judge(evidence, verdict);
  return verdict.passed();
}

TEST(LabNice, TheShareOfTheWeightsPasses) { EXPECT_TRUE(passes(with_share(75.3, 75.3, false))); }

TEST(LabNice, AnotherShareFails) {
  for (const double share : {50.0, 70.0, 80.0, 90.0})
    EXPECT_FALSE(passes(with_share(share, share, false))) << share;
}

TEST(LabNice, ShareThatGetrusageDoesNotHaveFails) {
  EXPECT_FALSE(passes(with_share(75.3, 77.0, false)));
  EXPECT_FALSE(passes(with_share(75.3, 77.0, true)));
}

TEST(LabNice, InAGroupOfAFlatQueueMoreIsAllowed) {
  EXPECT_TRUE(passes(with_share(85.1, 85.1, true)));
  EXPECT_FALSE(passes(with_share(50, 50, true)));
}

TEST(LabNice, OtherNiceValuesFail) {
  Evidence evidence = with_share(75.3, 75.3, false);
  evidence.reports["sched"]["tasks"][1]["nice"] = 4;
  EXPECT_FALSE(passes(evidence));
}

}  // namespace
}  // namespace hoodtrace
