// SPDX-License-Identifier: GPL-2.0-or-later
// Migrations whose reason is known: a task that changes its own affinity.

#include "live/sched/expectations.hpp"

namespace hoodtrace::testing {
namespace {

std::uint64_t count_of(const Json& report, const std::string& reason) {
  for (const Json& row : report["migrations"])
    if (row["reason"] == reason) return number(row, "count");
  return 0;
}

TEST(SchedMoves, AffinityChangesAreCountedAsSuch) {
  HOODTRACE_LIVE();
  const TracedRun run = trace_workload({"sched", "--by", "cpu"}, {"moves", "count=100"});
  ASSERT_EQ(run.reports.size(), 1U) << run.error;
  const Json& report = run.report();
  expect_nothing_lost(report);
  expect_exact_audit(report);
  const auto moves = static_cast<double>(number(run.truth, "count"));
  // Where it sleeps meanwhile its wake-up moves it. Its first CPU may be another one than its parent's.
  EXPECT_GE(static_cast<double>(count_of(report, "affinity")), moves * 0.9)
      << report["migrations"].dump();
  EXPECT_LE(static_cast<double>(count_of(report, "affinity")), moves + 2)
      << report["migrations"].dump();
}

}  // namespace
}  // namespace hoodtrace::testing
