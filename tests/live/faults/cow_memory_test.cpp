// SPDX-License-Identifier: GPL-2.0-or-later
// Forks of every sort of memory, and what may become of it between the fork and the write.

#include <cstdio>
#include <fstream>

#include "live/faults/forks_expectations.hpp"

namespace hoodtrace::testing {
namespace {

// On a real CPU, and before 7.0, nothing is missed and all counts are exact. On an emulated CPU of
// 7.x four threads that do nothing but fault can be preempted in all programs of a hook at once.
// Faults are then missing, at most as many as are reported as missed.
//
// bpf_find_vma() only tries the mmap lock. While a thread is preempted that holds it for writing
// (to map a stack for another thread, say), the mapping of the others' faults is not found. From
// 6.2 on hoodtrace then reads the mappings without the lock; before, such a reuse is counted as
// "other" in an unknown mapping.
TEST(FaultsCowMemory, CopiesByThreadsAreChargedToTheirProcess) {
  HOODTRACE_LIVE();
  const FaultsRun traced =
      trace_forks({"cow", "pages=1200", "threads=4", "child=500", "during=800", "after=1200"});
  ASSERT_FALSE(traced.run.reports.empty());
  const std::uint64_t missed = number(traced.report()["events"]["lost"], "missed");
  EXPECT_LT(missed, 500U);
  const auto expect_but_for_missed = [&](std::uint64_t count, std::uint64_t wanted) {
    EXPECT_LE(count, wanted + missed);
    EXPECT_GE(count + missed, wanted);
  };
  const Json& region = traced.truth["region"];
  const pid_t parent = traced.truth["pid"];
  const pid_t child = traced.truth["children"][0]["pid"];
  const bool reads = has_rdonly_cast();
  std::uint64_t other = 0;  // reuses of the parent that the report has as kind other
  for (const Json& mapping : traced.report()["mappings"])
    if (!reads && mapping["pid"] == parent && mapping["name"] == "(unknown)" &&
        mapping["kinds"].contains("other"))
      other += number(mapping["kinds"]["other"], "count");
  expect_but_for_missed(count_in(traced.report(), region, "cow_copy", child), 500U);
  expect_but_for_missed(count_in(traced.report(), region, "cow_reuse", child), 0U);
  // The first 500 are the parent's alone when it writes them.
  expect_but_for_missed(count_in(traced.report(), region, "cow_copy", parent), 300U);
  const std::uint64_t reused = count_in(traced.report(), region, "cow_reuse", parent);
  EXPECT_LE(reused, 900U + missed);
  EXPECT_GE(reused + missed + other, 900U);
  const Json fork = fork_of(traced.report(), child);
  ASSERT_FALSE(fork.empty());
  // Each thread has a stack and a control block of its own.
  EXPECT_GE(side(fork, "child", "copied") + missed, 500U);
  EXPECT_LE(side(fork, "child", "copied"), 500U + 4 * kOwnPages);
  EXPECT_GE(side(fork, "parent", "copied") + missed, 300U);
  EXPECT_GE(side(fork, "parent", "reused") + missed + other, 900U);
}

TEST(FaultsCowMemory, PagesMovedByMremapAreCopiedWhereTheyAreThen) {
  HOODTRACE_LIVE();
  const FaultsRun traced =
      trace_forks({"cow", "pages=900", "move=250", "child=600", "during=100", "after=900"});
  ASSERT_FALSE(traced.run.reports.empty());
  const Json& region = traced.truth["region"];
  const Json& elsewhere = traced.truth["elsewhere"];
  const pid_t parent = traced.truth["pid"];
  const pid_t child = traced.truth["children"][0]["pid"];
  EXPECT_EQ(count_in(traced.report(), elsewhere, "cow_copy", child), 250U);
  EXPECT_EQ(count_in(traced.report(), region, "cow_copy", child), 350U);
  // All of the child's are copies of its own: what the parent has moved is the parent's alone.
  EXPECT_EQ(count_in(traced.report(), elsewhere, "cow_copy", parent), 0U);
  EXPECT_EQ(count_in(traced.report(), elsewhere, "cow_reuse", parent), 250U);
  EXPECT_EQ(count_in(traced.report(), region, "cow_reuse", parent), 650U);
  const Json fork = fork_of(traced.report(), child);
  EXPECT_GE(side(fork, "child", "copied"), 600U);
  EXPECT_LE(side(fork, "child", "copied"), 600U + kOwnPages);
}

TEST(FaultsCowMemory, PagesUnmappedByTheChildAreReusedByTheParent) {
  HOODTRACE_LIVE();
  const FaultsRun traced = trace_forks({"cow", "pages=900", "unmap=300", "during=700"});
  ASSERT_FALSE(traced.run.reports.empty());
  const Json& region = traced.truth["region"];
  const pid_t parent = traced.truth["pid"];
  EXPECT_EQ(count_in(traced.report(), region, "cow_reuse", parent), 300U);
  EXPECT_EQ(count_in(traced.report(), region, "cow_copy", parent), 400U);
  const Json fork = fork_of(traced.report(), traced.truth["children"][0]["pid"]);
  EXPECT_GE(side(fork, "parent", "copied"), 400U);
  EXPECT_LE(side(fork, "parent", "copied"), 400U + kOwnPages);
}

// Does the mm have per-CPU counters of its pages (f1a7941243c1, Linux 6.2)? Older kernels do not
// report every change: a copy in a private file mapping is file_cow there, and doctor says so.
bool reports_copies_in_files() { return is_kernel_at_least(6, 2); }

// The parent has copied every page out of the file before: from then on they are anonymous ones
// that lie in a file's mapping.
TEST(FaultsCowMemory, APrivateFileMappingIsCopiedLikeAnonymousMemory) {
  HOODTRACE_LIVE();
  const FaultsRun traced =
      trace_forks({"cow", "pages=700", "file=1", "child=300", "during=450", "after=700"});
  ASSERT_FALSE(traced.run.reports.empty());
  const Json& region = traced.truth["region"];
  const pid_t parent = traced.truth["pid"];
  const pid_t child = traced.truth["children"][0]["pid"];
  EXPECT_EQ(count_in(traced.report(), region, "cow_reuse", parent), 550U);
  const char* copy = reports_copies_in_files() ? "cow_copy" : "file_cow";
  EXPECT_EQ(count_in(traced.report(), region, copy, child), 300U);
  EXPECT_EQ(count_in(traced.report(), region, copy, parent), 150U);
  if (!reports_copies_in_files()) return;
  EXPECT_EQ(count_in(traced.report(), region, "file_cow"), 0U);
  const Json fork = fork_of(traced.report(), child);
  bool named = false;
  for (const Json& mapping : fork["mappings"])
    if (mapping["name"].get<std::string>().find("ht_pages_") != std::string::npos) {
      named = true;
      EXPECT_EQ(mapping["copied"], 450);
      EXPECT_EQ(mapping["reused"], 550);
    }
  EXPECT_TRUE(named) << fork.dump();
}

// A write to a huge page that a fork shares splits it in the writer's address space and copies one
// small page (do_huge_pmd_wp_page(), mm/huge_memory.c, since 5.8). The last process that maps it
// reuses the whole page.
TEST(FaultsCowMemory, AHugePageIsSplitByACopyAndReusedWhole) {
  std::string mode;
  std::getline(std::ifstream("/sys/kernel/mm/transparent_hugepage/enabled"), mode);
  if (mode.empty() || mode.find("[never]") != std::string::npos)
    GTEST_SKIP() << "cannot run here: this kernel gives no transparent huge pages";
  HOODTRACE_LIVE();
  const FaultsRun traced = trace_forks({"cow", "pages=6", "huge=1", "child=4", "after=6"});
  ASSERT_FALSE(traced.run.reports.empty());
  const Json& region = traced.truth["region"];
  const pid_t parent = traced.truth["pid"];
  const pid_t child = traced.truth["children"][0]["pid"];
  EXPECT_EQ(count_in(traced.report(), region, "cow_copy", child), 4U);
  EXPECT_EQ(count_in(traced.report(), region, "cow_copy", child, "bytes"), 4U * 4096);
  EXPECT_EQ(count_in(traced.report(), region, "cow_reuse", parent), 6U);
  EXPECT_EQ(count_in(traced.report(), region, "huge"), 0U);
}

}  // namespace
}  // namespace hoodtrace::testing
