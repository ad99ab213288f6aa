// SPDX-License-Identifier: GPL-2.0-or-later
// Judges: right numbers pass, each wrong number fails.

#include <gtest/gtest.h>

#include <set>

#include "lab/experiment.hpp"

namespace hoodtrace {
namespace {

bool passes(const char* name, const Evidence& evidence) {
  Verdict verdict;
  find_experiment(name)->judge(evidence, verdict);
  return verdict.passed();
}

LabJson faults_in_range(std::uint64_t pid, std::uint64_t start, const LabJson& counts) {
  LabJson kinds = LabJson::object();
  for (const auto& [kind, count] : counts.items()) kinds[kind] = {{"count", count}};
  return {{"pid", pid}, {"start", start}, {"end", start + 4096}, {"kinds", kinds}};
}

Evidence cow_evidence() {
  Evidence evidence;
  evidence.facts = {
      {"region", {4096, 1052672}}, {"parent", 10},       {"child", 11},       {"quarter", 64},
      {"child_minor", 128},        {"during_minor", 64}, {"after_minor", 192}};
  evidence.reports["faults"] = {{"ranges",
                                 {faults_in_range(11, 4096, {{"cow_copy", 128}}),
                                  faults_in_range(10, 8192, {{"cow_copy", 64}, {"cow_reuse", 192}}),
                                  // Elsewhere: it does not count.
                                  faults_in_range(11, 8'000'000, {{"cow_copy", 9}})}}};
  return evidence;
}

TEST(LabJudge, RightNumbersPass) { EXPECT_TRUE(passes("cow", cow_evidence())); }

TEST(LabJudge, EachWrongMeasurementFails) {
  for (const auto& [range, kind] : {std::pair(0, "cow_copy"), {1, "cow_copy"}, {1, "cow_reuse"}})
    for (const int error : {-1, 1}) {
      Evidence evidence = cow_evidence();
      LabJson& count = evidence.reports["faults"]["ranges"][range]["kinds"][kind]["count"];
      count = count.get<int>() + error;
      EXPECT_FALSE(passes("cow", evidence)) << range << kind << error;
    }
}

TEST(LabJudge, AKernelCountThatDiffersFails) {
  for (const char* fact : {"child_minor", "during_minor", "after_minor"}) {
    Evidence evidence = cow_evidence();
    evidence.facts[fact] = evidence.facts[fact].get<int>() + 3;
    EXPECT_FALSE(passes("cow", evidence)) << fact;
  }
}

TEST(LabJudge, WithoutAReportNothingPasses) {
  Evidence evidence = cow_evidence();
  evidence.reports.clear();
  EXPECT_FALSE(passes("cow", evidence));
}

TEST(LabJudge, ATimeBeyondItsBoundsFails) {
  Evidence evidence;
  evidence.facts = {{"parent", 10},           {"child", 11},  {"least_ns", 200'000'000},
                    {"most_ns", 210'000'000}, {"state", "Z"}, {"code", 3}};
  LabJson life = {{"pid", 11}, {"zombie_ns", 203'000'000}, {"reaped_by_tid", 10}, {"exit_code", 3}};
  const auto with = [&](std::uint64_t zombie_ns) {
    life["zombie_ns"] = zombie_ns;
    evidence.reports["procs"] = {{"processes", {life}}};
    return passes("zombie", evidence);
  };
  EXPECT_TRUE(with(203'000'000));
  EXPECT_FALSE(with(199'999'999));
  EXPECT_FALSE(with(210'000'001));
}

TEST(LabJudge, AVforkParentSleepsAsLongAsItsCall) {
  Evidence evidence;
  evidence.facts = {
      {"parent", 10}, {"child", 11}, {"ms", 200}, {"call_ns", 213'000'000}, {"code", 7}};
  evidence.reports["procs"] = {{"processes", {{{"pid", 11}, {"min_flt", 3}, {"exit_code", 7}}}}};
  const auto with = [&](std::uint64_t in_d_ns, std::uint64_t blocked_ns) {
    evidence.reports["sched"] = {{"tasks", {{{"tid", 10}, {"uninterruptible_ns", in_d_ns}}}}};
    evidence.reports["why"] = {
        {"threads",
         {{{"tid", 10},
           {"parts", {{{"part", "blocked"}, {"cause", "vfork"}, {"ns", blocked_ns}}}}}}}};
    return passes("vfork", evidence);
  };
  EXPECT_TRUE(with(212'000'000, 212'000'000));
  EXPECT_TRUE(with(215'000'000, 215'000'000));
  EXPECT_FALSE(with(199'000'000, 212'000'000));
  EXPECT_FALSE(with(212'000'000, 199'000'000));
  EXPECT_FALSE(with(218'000'000, 212'000'000));
}

TEST(Verdict, NothingCheckedIsNoPass) { EXPECT_FALSE(Verdict().passed()); }

TEST(Verdict, WhatWasNotMeasuredFails) {
  Verdict verdict;
  verdict.within("time", 0, 10, nullptr, LabUnit::kNs);
  EXPECT_FALSE(verdict.passed());
}

TEST(Verdict, TheKernelsNumberMayDifferByTheSlackOnly) {
  Verdict near;
  near.within("time", 0, 10, 5, LabUnit::kNs, 7, 2);
  EXPECT_TRUE(near.passed());
  Verdict far;
  far.within("time", 0, 10, 5, LabUnit::kNs, 8, 2);
  EXPECT_FALSE(far.passed());
}

TEST(Experiments, NamesAreUniqueAndAllIsSaid) {
  std::set<std::string_view> names;
  for (const Experiment* one : experiments()) {
    EXPECT_TRUE(names.insert(one->name).second) << one->name;
    for (const std::string_view text :
         {one->chapter, one->summary, one->families, one->views, one->text})
      EXPECT_FALSE(text.empty()) << one->name;
  }
}

}  // namespace
}  // namespace hoodtrace
