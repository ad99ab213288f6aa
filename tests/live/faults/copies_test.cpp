// SPDX-License-Identifier: GPL-2.0-or-later
// Copies after a fork that the kernel makes for itself, or in memory of another kind: as many as
// frames changed in /proc/self/pagemap, whether the kernel accounts delays or not.

#include <filesystem>

#include "live/faults/forks_expectations.hpp"
#include "support/swap_file.hpp"
#include "support/sysctl.hpp"

namespace hoodtrace::testing {
namespace {

constexpr std::uint64_t kPages = 200;

FaultsRun trace_copies(Words words) {
  words.insert(words.begin(), "copies");
  return trace_forks(words);
}

bool is_measured(const Json& report, const char* what) {
  for (const Json& missing : report["not_measured"])
    if (missing == what) return false;
  return true;
}

std::uint64_t copied(const FaultsRun& traced, const char* who) {
  return number(traced.truth[who], "copied");
}

Json fork_of(const FaultsRun& traced) {
  return hoodtrace::testing::fork_of(traced.report(), traced.truth["child_pid"]);
}

// The child's bill: the scenario's pages, and no more than its own few.
void expect_child_copies(const FaultsRun& traced, std::uint64_t pages) {
  ASSERT_FALSE(traced.run.reports.empty());
  ASSERT_TRUE(traced.truth["child"]["done"]) << traced.truth.dump();
  EXPECT_EQ(copied(traced, "child"), pages) << "the scenario: " << traced.truth.dump();
  const Json fork = fork_of(traced);
  ASSERT_FALSE(fork.empty()) << traced.report()["forks"].dump();
  EXPECT_GE(side(fork, "child", "copied"), pages) << fork.dump();
  EXPECT_LE(side(fork, "child", "copied"), pages + kOwnPages) << fork.dump();
}

// By get_user_pages: the exact number in the region, in rows of their own kind.
void expect_own_copies(const FaultsRun& traced) {
  expect_child_copies(traced, kPages);
  if (traced.run.reports.empty()) return;
  EXPECT_EQ(count_in(traced.report(), traced.truth["region"], "gup"), kPages);
  const Json fork = fork_of(traced);
  EXPECT_EQ(side(fork, "child", "by_kernel"), kPages) << fork.dump();
  EXPECT_EQ(side(fork, "child", "copied_bytes"), side(fork, "child", "copied") * 4096);
}

TEST(FaultsCopies, CopiesByODirectAreChargedToTheFork) {
  HOODTRACE_LIVE();
  const TemporaryFolder folder;
  const FaultsRun traced =
      trace_copies({"pages=200", "child=direct", "file=" + folder.file("direct")});
  if (!traced.truth["child"]["done"]) GTEST_SKIP() << "cannot run here: no O_DIRECT";
  expect_own_copies(traced);
}

TEST(FaultsCopies, CopiesByPopulateWriteAreChargedToTheFork) {
  HOODTRACE_LIVE();
  expect_own_copies(trace_copies({"pages=200", "child=populate"}));
}

TEST(FaultsCopies, CopiesByMlockAreChargedToTheFork) {
  HOODTRACE_LIVE();
  expect_own_copies(trace_copies({"pages=200", "child=mlock"}));
}

TEST(FaultsCopies, CopiesByTheParentsMlockAreTheParents) {
  HOODTRACE_LIVE();
  const FaultsRun traced = trace_copies({"pages=200", "parent=mlock"});
  ASSERT_FALSE(traced.run.reports.empty());
  EXPECT_EQ(copied(traced, "parent"), kPages);
  const Json fork = fork_of(traced);
  EXPECT_EQ(side(fork, "parent", "by_kernel"), kPages) << fork.dump();
  EXPECT_EQ(side(fork, "child", "by_kernel"), 0U) << fork.dump();
}

TEST(FaultsCopies, InTheChildsMemoryByTheParentAreNotTheParents) {
  HOODTRACE_LIVE();
  const FaultsRun traced = trace_copies({"pages=200", "parent=remote"});
  ASSERT_FALSE(traced.run.reports.empty());
  ASSERT_TRUE(traced.truth["parent"]["done"]) << traced.truth.dump();
  EXPECT_EQ(copied(traced, "parent"), 0U);
  if (!is_measured(traced.report(), "remote"))
    GTEST_SKIP() << "cannot be measured here: where the struct pages are";
  const Json fork = fork_of(traced);
  EXPECT_LE(side(fork, "parent", "copied"), kOwnPages) << fork.dump();
  EXPECT_EQ(side(fork, "parent", "by_kernel"), 0U) << fork.dump();
  // An exec writes its arguments into memory that is not its own yet.
  EXPECT_GE(number(traced.report(), "remote_copied"), kPages);
  EXPECT_LE(number(traced.report(), "remote_copied"), kPages + kOwnPages);
}

// The kernel counts them too: one count of copies, whatever caused them.
TEST(FaultsCopies, CopiesWithGetUserPagesEqualTheKernelsCount) {
  HOODTRACE_LIVE();
  const Sysctl accounting("/proc/sys/kernel/task_delayacct", "1");
  if (!accounting.is_set()) GTEST_SKIP() << "cannot run here: kernel.task_delayacct cannot be set";
  const FaultsRun traced = trace_copies({"pages=200", "child=populate", "parent=write"});
  ASSERT_FALSE(traced.run.reports.empty());
  const Json& audit = traced.report()["audit"];
  ASSERT_FALSE(audit["kernel_copies"].is_null()) << audit.dump();
  EXPECT_EQ(audit["copies"], audit["kernel_copies"]);
  EXPECT_GE(number(audit, "copies"), kPages);
}

TEST(FaultsCopies, CopiesOfPinnedPagesAreAtTheFork) {
  HOODTRACE_LIVE();
  const FaultsRun traced = trace_copies({"pages=200", "before=pin"});
  if (!traced.truth["ready"]) GTEST_SKIP() << "cannot run here: no io_uring";
  ASSERT_FALSE(traced.run.reports.empty());
  EXPECT_EQ(number(traced.truth["child"], "at_birth"), kPages) << traced.truth.dump();
  const Json fork = fork_of(traced);
  ASSERT_FALSE(fork["at_fork"].is_null()) << fork.dump();
  EXPECT_EQ(number(fork["at_fork"], "copied"), kPages) << fork.dump();
  EXPECT_EQ(number(fork["at_fork"], "copied_bytes"), kPages * 4096);
  EXPECT_LE(side(fork, "child", "copied"), kOwnPages);
}

// The first writer copies; the other one is then the only user of the page.
TEST(FaultsCopies, CopiesAtSwapInAreChargedToTheFork) {
  HOODTRACE_LIVE();
  const SwapFile swap;
  if (!swap.is_used()) GTEST_SKIP() << "cannot run here: no file can be swapped to";
  const FaultsRun traced =
      trace_copies({"pages=300", "before=swap", "child=write", "parent=write"});
  ASSERT_TRUE(traced.truth["ready"]) << traced.truth.dump();
  ASSERT_FALSE(traced.run.reports.empty());
  if (!is_measured(traced.report(), "swap"))
    GTEST_SKIP() << "cannot be known here: rss_stat does not report every change (6.2 on)";
  const Json fork = fork_of(traced);
  const std::uint64_t all = side(fork, "child", "copied") + side(fork, "parent", "copied");
  EXPECT_GE(all, 300U) << fork.dump();
  EXPECT_LE(all, 300U + 2 * kOwnPages) << fork.dump();
}

TEST(FaultsCopies, CopiesOfHugetlbPagesHaveTheirSize) {
  HOODTRACE_LIVE();
  const Sysctl pool("/proc/sys/vm/nr_hugepages", "8");
  if (pool.now() != "8") GTEST_SKIP() << "cannot run here: no pool of huge pages";
  const FaultsRun traced = trace_copies({"pages=3", "memory=hugetlb", "child=write"});
  ASSERT_FALSE(traced.run.reports.empty());
  ASSERT_TRUE(traced.truth["ready"]);
  if (!is_measured(traced.report(), "hugetlb"))
    GTEST_SKIP() << "cannot be known here: page tables are not read";
  expect_child_copies(traced, 3);
  constexpr std::uint64_t kHuge = 2 << 20;
  const Json fork = fork_of(traced);
  EXPECT_EQ(number(fork, "parent_hugetlb_bytes"), 3 * kHuge) << fork.dump();
  std::uint64_t bytes = 0;
  for (const Json& mapping : fork["mappings"]) bytes += number(mapping, "copied_bytes");
  EXPECT_EQ(bytes, 3 * kHuge +
                       (side(fork, "child", "copied") + side(fork, "parent", "copied") - 3) * 4096);
}

TEST(FaultsCopies, OfHugetlbPagesByTheKernelAreCountedOrNotMeasured) {
  HOODTRACE_LIVE();
  const Sysctl pool("/proc/sys/vm/nr_hugepages", "8");
  if (pool.now() != "8") GTEST_SKIP() << "cannot run here: no pool of huge pages";
  const FaultsRun traced = trace_copies({"pages=3", "memory=hugetlb", "parent=remote"});
  ASSERT_FALSE(traced.run.reports.empty());
  ASSERT_TRUE(traced.truth["ready"]);
  if (is_measured(traced.report(), "kernel_hugetlb"))
    EXPECT_EQ(traced.report()["remote_copied"], 3);
  else
    EXPECT_FALSE(sees_by_fentry());
}

TEST(FaultsCopies, SplitHugePagesAreCounted) {
  HOODTRACE_LIVE();
  const FaultsRun traced = trace_copies({"pages=4", "memory=huge", "child=write"});
  ASSERT_FALSE(traced.run.reports.empty());
  if (traced.truth["child"]["was_huge"] != 4 * (2 << 20))
    GTEST_SKIP() << "cannot run here: this kernel has no transparent huge pages to give";
  EXPECT_EQ(traced.truth["child"]["is_huge"], 0);
  if (!is_measured(traced.report(), "hugetlb"))
    GTEST_SKIP() << "cannot be known here: page tables are not read";
  expect_child_copies(traced, 4);
  EXPECT_EQ(side(fork_of(traced), "child", "huge_splits"), 4U);
}

// Merged after the fork, in memory that was never the fork's.
TEST(FaultsCopies, CopiesOfKsmPagesAreNotChargedToTheFork) {
  HOODTRACE_LIVE();
  const Sysctl pages("/sys/kernel/mm/ksm/pages_to_scan", "10000");
  const Sysctl ksm("/sys/kernel/mm/ksm/run", "1");
  if (!ksm.is_set()) GTEST_SKIP() << "cannot run here: no KSM";
  const FaultsRun traced = trace_copies({"pages=100", "ksm=1", "parent=write"});
  if (!traced.truth["ready"]) GTEST_SKIP() << "cannot run here: KSM merges nothing";
  ASSERT_FALSE(traced.run.reports.empty());
  EXPECT_EQ(copied(traced, "parent"), 100U);
  EXPECT_EQ(count_in(traced.report(), traced.truth["merged"], "cow_copy"), 100U);
  if (!is_measured(traced.report(), "ksm"))
    GTEST_SKIP() << "cannot be known here: where the struct pages are is not known";
  EXPECT_EQ(number(traced.report(), "ksm_copied"), 100U);
  EXPECT_LE(side(fork_of(traced), "parent", "copied"), kOwnPages);
}

}  // namespace
}  // namespace hoodtrace::testing
