// SPDX-License-Identifier: GPL-2.0-or-later
// The judge of eevdf: right slices, shares and deadlines pass, each wrong one fails.

#include <gtest/gtest.h>

#include "lab/experiment.hpp"

namespace hoodtrace {
namespace {

Evidence right() {
  Evidence evidence;
  evidence.facts = {{"short", 11},
                    {"long", 12},
                    {"short_slice_ns", 1'000'000},
                    {"long_slice_ns", 20'000'000},
                    {"short_share", 50.0},
                    {"flat", false},
                    {"even", 13},
                    {"nicer", 14}};
  const auto row = [](int tid, std::int64_t slice, std::int64_t deadline, std::int64_t virtual_ns) {
    return LabJson{{"tid", tid},
                   {"slice_ns", slice},
                   {"deadline_ns", deadline},
                   {"vruntime_ran_ns", 100'000'000},
                   {"vruntime_ns", virtual_ns}};
  };
  evidence.reports["sched"] = {
      {"tasks",
       {{{"tid", 11}, {"on_cpu_ns", 500'000'000}}, {{"tid", 12}, {"on_cpu_ns", 500'000'000}}}},
      {"fair",
       {row(11, 1'000'000, 0, 0), row(12, 20'000'000, 0, 0),
        row(13, 20'000'000, 19'600'000, 100'000'000),
        row(14, 20'000'000, 60'000'000, 305'000'000)}}};
  return evidence;
}

bool passes(const Evidence& evidence) {
  Verdict verdict;
  find_experiment("eevdf")->judge(evidence, verdict);
  return verdict.passed();
}

TEST(LabEevdf, RightNumbersPass) { EXPECT_TRUE(passes(right())); }

TEST(LabEevdf, EachWrongNumberFails) {
  struct Wrong {
    std::size_t row;
    const char* key;
    std::int64_t value;
  };
  for (const Wrong& wrong : {Wrong{0, "slice_ns", 1'000'001},
                             {1, "slice_ns", 2'800'000},
                             {2, "deadline_ns", 20'100'000},
                             {2, "deadline_ns", 9'000'000},
                             {2, "deadline_ns", -1},
                             {3, "deadline_ns", 20'000'000},
                             {3, "deadline_ns", 61'300'000},
                             {2, "vruntime_ns", 102'000'000},
                             {3, "vruntime_ns", 100'000'000},
                             {3, "vruntime_ran_ns", 90'000'000}}) {
    Evidence evidence = right();
    evidence.reports["sched"]["fair"][wrong.row][wrong.key] = wrong.value;
    EXPECT_FALSE(passes(evidence)) << wrong.row << wrong.key << wrong.value;
  }
}

TEST(LabEevdf, ASliceThatIsAShareFails) {
  Evidence evidence = right();
  evidence.facts["short_share"] = 5.0;
  EXPECT_FALSE(passes(evidence));
  evidence.reports["sched"]["tasks"][0]["on_cpu_ns"] = 26'000'000;
  EXPECT_FALSE(passes(evidence));
}

TEST(LabEevdf, OnFlatQueuesTheGrowthOfVruntimeIsOfTheGroupsToo) {
  Evidence evidence = right();
  evidence.reports["sched"]["fair"][3]["vruntime_ns"] = 150'000'000;
  EXPECT_FALSE(passes(evidence));
  evidence.facts["flat"] = true;
  EXPECT_TRUE(passes(evidence));
  evidence.reports["sched"]["fair"][3]["deadline_ns"] = 20'000'000;
  EXPECT_FALSE(passes(evidence)) << "the deadline is checked there too";
}

TEST(LabEevdf, WithoutRowsNothingPasses) {
  Evidence evidence = right();
  evidence.reports["sched"].erase("fair");
  EXPECT_FALSE(passes(evidence));
}

}  // namespace
}  // namespace hoodtrace
