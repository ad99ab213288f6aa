// SPDX-License-Identifier: GPL-2.0-or-later
// Forks: which side copied and which took over, page by page.

#include "live/faults/forks_expectations.hpp"

namespace hoodtrace::testing {
namespace {

TEST(FaultsCow, TheChildCopiesAndTheParentReuses) {
  HOODTRACE_LIVE();
  const FaultsRun traced = trace_forks({"cow", "pages=2000", "child=700", "after=2000"});
  ASSERT_FALSE(traced.run.reports.empty());
  const Json& report = traced.report();
  const pid_t parent = traced.truth["pid"];
  const pid_t child = traced.truth["children"][0]["pid"];
  const Json& region = traced.truth["region"];
  EXPECT_EQ(count_in(report, region, "cow_copy", child), 700U);
  EXPECT_EQ(count_in(report, region, "cow_copy", child, "bytes"), 700U * 4096);
  EXPECT_EQ(count_in(report, region, "cow_reuse", child), 0U);
  EXPECT_EQ(count_in(report, region, "cow_reuse", parent), 2000U);
  EXPECT_EQ(count_in(report, region, "cow_copy", parent), 0U);
  const Json fork = fork_of(report, child);
  ASSERT_FALSE(fork.empty()) << report["forks"].dump();
  EXPECT_EQ(fork["parent_pid"], parent);
  EXPECT_GE(side(fork, "child", "copied"), 700U);
  EXPECT_LE(side(fork, "child", "copied"), 700U + kOwnPages);
  EXPECT_GE(side(fork, "parent", "reused"), 2000U);
  EXPECT_LE(side(fork, "parent", "reused"), 2000U + kOwnPages);
  EXPECT_GE(side(fork, "child", "copied_bytes"), 700U * 4096);
  EXPECT_GT(side(fork, "child", "time_ns"), 0U);
  // The mm's counters lag by up to a batch of pages per CPU.
  EXPECT_NEAR(fork["parent_anon_bytes"].get<double>(), 2000 * 4096, 600 * 4096);
  EXPECT_GT(number(fork, "fork_ns"), 10'000U) << "two thousand page table entries take longer";
}

TEST(FaultsCow, TheParentCopiesWhileTheChildLives) {
  HOODTRACE_LIVE();
  const FaultsRun traced = trace_forks({"cow", "pages=1500", "during=600", "after=1500"});
  ASSERT_FALSE(traced.run.reports.empty());
  const Json& region = traced.truth["region"];
  const pid_t parent = traced.truth["pid"];
  EXPECT_EQ(count_in(traced.report(), region, "cow_copy", parent), 600U);
  EXPECT_EQ(count_in(traced.report(), region, "cow_reuse", parent), 900U);
  const Json fork = fork_of(traced.report(), traced.truth["children"][0]["pid"]);
  EXPECT_GE(side(fork, "parent", "copied"), 600U);
  EXPECT_GE(side(fork, "parent", "reused"), 900U);
}

TEST(FaultsCow, AChildThatExecsAtOnceCostsAlmostNothing) {
  HOODTRACE_LIVE();
  const FaultsRun traced = trace_forks({"cow", "pages=1500", "exec=1", "after=1500"});
  ASSERT_FALSE(traced.run.reports.empty());
  const Json fork = fork_of(traced.report(), traced.truth["children"][0]["pid"]);
  ASSERT_FALSE(fork.empty());
  EXPECT_LE(side(fork, "child", "copied") + side(fork, "child", "reused"), kOwnPages);
  // What the new program does is its own.
  EXPECT_EQ(count_in(traced.report(), traced.truth["region"], "cow_reuse", traced.truth["pid"]),
            1500U);
}

TEST(FaultsCow, AForkOfAForkHasItsOwnRow) {
  HOODTRACE_LIVE();
  const FaultsRun traced = trace_forks({"cow", "pages=1000", "child=300", "grand=200"});
  ASSERT_FALSE(traced.run.reports.empty());
  const pid_t child = traced.truth["children"][0]["pid"];
  ASSERT_EQ(traced.report()["forks"].size(), 2U);
  const Json outer = fork_of(traced.report(), child);
  Json inner;
  for (const Json& fork : traced.report()["forks"])
    if (fork["parent_pid"] == child) inner = fork;
  ASSERT_FALSE(inner.is_null());
  // The first 200 of the child's 300 pages are the child's own copies by then.
  EXPECT_GE(side(inner, "child", "copied"), 200U);
  EXPECT_LE(side(inner, "child", "copied"), 200U + kOwnPages);
  EXPECT_GE(side(outer, "child", "copied"), 300U);
  EXPECT_LE(side(outer, "child", "copied"), 300U + kOwnPages);
}

TEST(FaultsCow, EightChildrenAreChargedSeparately) {
  HOODTRACE_LIVE();
  const FaultsRun traced = trace_forks({"cow", "pages=800", "children=8", "child=100"});
  ASSERT_FALSE(traced.run.reports.empty());
  ASSERT_EQ(traced.report()["forks"].size(), 8U);
  for (const Json& child : traced.truth["children"]) {
    EXPECT_EQ(count_in(traced.report(), traced.truth["region"], "cow_copy", child["pid"]), 100U);
    const Json fork = fork_of(traced.report(), child["pid"]);
    EXPECT_GE(side(fork, "child", "copied"), 100U);
    EXPECT_LE(side(fork, "child", "copied"), 100U + kOwnPages);
  }
}

TEST(FaultsCow, SharedMemoryIsNotCopied) {
  HOODTRACE_LIVE();
  const FaultsRun traced =
      trace_forks({"cow", "pages=1000", "child=500", "after=1000", "shared=1"});
  ASSERT_FALSE(traced.run.reports.empty());
  EXPECT_EQ(count_in(traced.report(), traced.truth["region"], "cow_copy"), 0U);
  EXPECT_EQ(count_in(traced.report(), traced.truth["region"], "cow_reuse"), 0U);
}

// docs/kernel-notes.md, note 6: a vfork's parent sleeps until the child executes something.
TEST(FaultsCow, AVforkTakesNoLongerThanItself) {
  HOODTRACE_LIVE();
  const FaultsRun traced = trace_forks({"cow", "pages=100", "children=0", "spawns=5"});
  ASSERT_FALSE(traced.run.reports.empty());
  ASSERT_EQ(traced.report()["forks"].size(), 5U);
  for (const Json& fork : traced.report()["forks"]) {
    EXPECT_EQ(side(fork, "child", "copied") + side(fork, "parent", "copied"), 0U) << fork.dump();
    EXPECT_GT(number(fork, "fork_ns"), 0U);
  }
}

TEST(FaultsCow, EachProcesssFaultsAreItsRusage) {
  HOODTRACE_LIVE();
  const FaultsRun traced =
      trace_forks({"cow", "pages=500", "children=4", "child=200", "during=100", "after=500"});
  ASSERT_FALSE(traced.run.reports.empty());
  for (const Json& child : traced.truth["children"])
    EXPECT_EQ(faults_of(traced.report(), child["pid"]),
              number(child, "minor") + number(child, "major"));
}

}  // namespace
}  // namespace hoodtrace::testing
