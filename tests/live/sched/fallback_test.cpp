// SPDX-License-Identifier: GPL-2.0-or-later
// The tier for kernels without sched_info, forced here: time stamps instead of kernel accounting.

#include "live/sched/expectations.hpp"

namespace hoodtrace::testing {
namespace {

// Time stamps are taken at the tracepoints, not where the kernel accounts: close, but not equal.
void expect_agreement(const Words& scenario) {
  HOODTRACE_LIVE();
  const TracedRun run = trace_workload({"sched", "--fallback"}, scenario);
  ASSERT_EQ(run.exit_code, 0) << run.error;
  ASSERT_EQ(run.reports.size(), 1U) << run.error;
  expect_nothing_lost(run.report());
  expect_sound_rows(run.report());
  const Json& audit = run.report()["audit"];
  const auto ours = static_cast<double>(number(audit, "wait_ns"));
  const auto kernels = static_cast<double>(number(audit, "kernel_run_delay_ns"));
  ASSERT_GT(kernels, 0);
  // Emulated, the instructions between the kernel's stamp and ours take microseconds of each wait:
  // some 10 of those of a millisecond, 1 of the 8 us that is all when the two nap in turns.
  double tolerance_ns = 0.005 * kernels;
  if (std::getenv("HOODTRACE_VM_ACCEL") != nullptr) {
    std::uint64_t waits = 0;
    for (const Json& task : run.report()["tasks"]) waits += number(task, "wait_count");
    tolerance_ns = 0.05 * kernels + 2'000.0 * static_cast<double>(waits);
  }
  EXPECT_NEAR(ours, kernels, tolerance_ns) << audit.dump();
  EXPECT_EQ(audit["involuntary_switches"], audit["kernel_involuntary_switches"]);
}

TEST(SchedFallback, TwoSpinnersAgreeWithinHalfAPercent) {
  expect_agreement({"spin", "ms=2000", "a:naps=200", "b:naps=200"});
}

TEST(SchedFallback, FortyThreadsOnTwoCpusAgreeWithinHalfAPercent) {
  expect_agreement({"spin", "ms=1500", "cpus=2", "copies=40", "t"});
}

TEST(SchedFallback, TheReportNamesTheFallback) {
  HOODTRACE_LIVE();
  const Finished run = run_hoodtrace({"sched", "--fallback", "-v", "--", "true"});
  EXPECT_NE(run.error.find("stamps"), std::string::npos) << run.error;
}

}  // namespace
}  // namespace hoodtrace::testing
