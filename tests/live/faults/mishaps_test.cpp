// SPDX-License-Identifier: GPL-2.0-or-later
// Faults that go wrong, and more faults than a tracer could be expected to record.

#include <cstdlib>
#include <thread>

#include "live/faults/forks_expectations.hpp"

namespace hoodtrace::testing {
namespace {

// Whether a fault finds the mapping is a race. Each that does not is a signal, and each signal one
// such fault: no more and no less.
TEST(FaultMishaps, AMappingThatVanishesMeanwhile) {
  HOODTRACE_LIVE();
  const FaultsRun traced = trace_faults({}, {"mishaps", "vanish=2000"});
  ASSERT_FALSE(traced.run.reports.empty());
  const Json& region = traced.truth["vanishing"];
  EXPECT_GT(number(traced.truth, "signals"), 0U);
  EXPECT_EQ(count_in(traced.report(), region, "invalid"), number(traced.truth, "signals"));
  EXPECT_GT(count_in(traced.report(), region, "demand_zero"), 0U);
}

// handle_mm_fault returns VM_FAULT_RETRY, is called again, and the kernel counts one fault, whose
// page another thread supplied.
void expect_userfaults(const Words& arguments) {
  HOODTRACE_LIVE();
  const FaultsRun traced = trace_faults(arguments, {"mishaps", "late=40", "late_us=2000"});
  ASSERT_FALSE(traced.run.reports.empty());
  if (!traced.truth["userfaultfd"]) GTEST_SKIP() << "cannot run here: no userfaultfd";
  const Json& region = traced.truth["late"];
  EXPECT_EQ(count_in(traced.report(), region), 40U);
  EXPECT_EQ(count_in(traced.report(), region, "userfault"), 40U);
  // Each waited for a sleep of 2 ms.
  EXPECT_GE(count_in(traced.report(), region, "userfault", 0, "time_ns"), 40U * 2'000'000);
}

TEST(FaultMishaps, AUserfaultIsOneFaultWithItsLatency) { expect_userfaults({}); }

TEST(FaultMishaps, AUserfaultIsOneWithTheCostOfForksToo) {
  expect_userfaults({"--cow", "--follow"});
}

// A signal ends the wait, and the kernel counts nothing for it; then it counts the page for the signal's
// frame, which is not that fault's. The audit of trace_faults() is exact.
TEST(FaultMishaps, AFaultInterruptedByASignalIsNotCountedTwice) {
  HOODTRACE_LIVE();
  const FaultsRun traced = trace_faults({}, {"mishaps", "interrupted=40"});
  ASSERT_FALSE(traced.run.reports.empty());
  if (!traced.truth["userfaultfd"]) GTEST_SKIP() << "cannot run here: no userfaultfd";
  const Json& region = traced.truth["late"];
  EXPECT_EQ(count_in(traced.report(), region, "userfault"), 40U);
  EXPECT_EQ(count_in(traced.report(), region),
            40U + count_in(traced.report(), region, "unresolved"));
}

// Write protection (soft snapshots) and pages that are mapped on demand: waits too, and no copies.
TEST(FaultMishaps, WritesToProtectedPagesWaitForTheOtherThread) {
  HOODTRACE_LIVE();
  const FaultsRun traced =
      trace_faults({"--cow", "--follow"}, {"mishaps", "protected=40", "late_us=2000"});
  ASSERT_FALSE(traced.run.reports.empty());
  if (!traced.truth["can_protect"])
    GTEST_SKIP() << "cannot run here: this kernel write-protects no pages by userfaultfd";
  const Json& region = traced.truth["protected"];
  EXPECT_EQ(count_in(traced.report(), region, "userfault"), 40U);
  EXPECT_EQ(count_in(traced.report(), region, "cow_reuse"), 0U);
  EXPECT_GE(count_in(traced.report(), region, "userfault", 0, "time_ns"), 40U * 2'000'000);
}

TEST(FaultMishaps, MinorUserfaultsAreUserfaults) {
  HOODTRACE_LIVE();
  const FaultsRun traced = trace_faults({}, {"mishaps", "minor=40", "late_us=2000"});
  ASSERT_FALSE(traced.run.reports.empty());
  if (!traced.truth["can_map"])
    GTEST_SKIP() << "cannot run here: this kernel has no minor userfaults";
  const Json& region = traced.truth["minor"];
  EXPECT_EQ(count_in(traced.report(), region, "userfault"), 40U);
  EXPECT_EQ(count_in(traced.report(), region, "shmem"), 0U);
}

TEST(FaultMishaps, ATaskKilledInItsFaultHasOneThatWasNotResolved) {
  HOODTRACE_LIVE();
  const FaultsRun traced = trace_forks({"mishaps", "killed=1"});
  ASSERT_FALSE(traced.run.reports.empty());
  if (!traced.truth["userfaultfd"]) GTEST_SKIP() << "cannot run here: no userfaultfd";
  const Json& child = traced.truth["child"];
  EXPECT_EQ(count_in(traced.report(), traced.truth["never"]), 1U);
  EXPECT_EQ(count_in(traced.report(), traced.truth["never"], "unresolved", child["pid"]), 1U);
  EXPECT_EQ(faults_of(traced.report(), child["pid"]),
            number(child, "minor") + number(child, "major"));
}

// Every CPU does nothing but fault, and hoodtrace has to read it on the same CPUs.
TEST(FaultMishaps, NothingIsLostWithEveryCpuFaulting) {
  HOODTRACE_LIVE();
  const char* all = std::getenv("HOODTRACE_TEST_ALL");
  const bool is_long = all != nullptr && *all != '\0';
  const std::string cpus = std::to_string(std::thread::hardware_concurrency());
  const FaultsRun traced =
      trace_faults({"--follow"}, {"fresh", is_long ? "ms=20000" : "ms=3000", "processes=" + cpus});
  ASSERT_FALSE(traced.run.reports.empty());
  std::uint64_t seen = 0;
  for (const Json& task : traced.report()["tasks"])
    if (task["pid"] != traced.truth["pid"]) seen += faults_of(traced.report(), task["pid"]);
  EXPECT_EQ(seen, number(traced.truth, "minor") + number(traced.truth, "major"));
}

}  // namespace
}  // namespace hoodtrace::testing
