// SPDX-License-Identifier: GPL-2.0-or-later
// The judge of load-average: what hidden switches may cost, and what they may not.

#include <gtest/gtest.h>

#include "lab/experiment.hpp"

namespace hoodtrace {
namespace {

constexpr std::uint64_t kHeldNs = 11'005'000'000;

Evidence right() {
  Evidence evidence;
  LabJson pids = LabJson::array();
  LabJson rows = LabJson::array();
  for (int i = 0; i < 40; i++) {
    pids.push_back(100 + i);
    rows.push_back({{"tid", 100 + i}, {"d_sleep_ns", kHeldNs}, {"on_cpu_ns", 500'000}});
  }
  evidence.facts = {{"tasks", 40},   {"pids", pids}, {"seconds", 11},
                    {"before", 1.0}, {"after", 7.0}, {"took_ns", 11'030'000'000}};
  evidence.reports["sched"] = {{"tasks", rows}};
  return evidence;
}

bool passes(const Evidence& evidence) {
  Verdict verdict;
  find_experiment("load-average")->judge(evidence, verdict);
  return verdict.passed();
}

// Leaves out `tasks` of the tasks: their 11 s in D are not seen.
Evidence without(int tasks, std::uint64_t unshown) {
  Evidence evidence = right();
  for (int i = 0; i < tasks; i++)
    evidence.reports["sched"]["tasks"][static_cast<std::size_t>(i)]["d_sleep_ns"] = 1000;
  evidence.unshown = unshown;
  return evidence;
}

TEST(LabLoad, RightNumbersPass) { EXPECT_TRUE(passes(right())); }

TEST(LabLoad, TasksThatAreMissingNeedHiddenSwitches) {
  EXPECT_FALSE(passes(without(1, 0)));
  EXPECT_TRUE(passes(without(3, 3)));
  EXPECT_FALSE(passes(without(4, 3)));
  EXPECT_FALSE(passes(without(40, 60)));
}

TEST(LabLoad, TimesThatAreALittleShortFail) {
  Evidence evidence = right();
  for (LabJson& row : evidence.reports["sched"]["tasks"]) row["d_sleep_ns"] = 10'990'000'000;
  EXPECT_FALSE(passes(evidence));
}

TEST(LabLoad, MoreThanTheSceneTookFails) {
  Evidence evidence = right();
  for (LabJson& row : evidence.reports["sched"]["tasks"]) row["d_sleep_ns"] = 11'040'000'000;
  EXPECT_FALSE(passes(evidence));
}

TEST(LabLoad, AnAverageThatWentHalfWayInAMinuteFails) {
  for (const double after : {1.0, 4.9, 14.0}) {
    Evidence evidence = right();
    evidence.facts["after"] = after;
    EXPECT_FALSE(passes(evidence)) << after;
  }
}

}  // namespace
}  // namespace hoodtrace
