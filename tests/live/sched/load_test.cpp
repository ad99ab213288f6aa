// SPDX-License-Identifier: GPL-2.0-or-later
// The load of tasks whose activity is known by a clock of their own.

#include "live/sched/expectations.hpp"

namespace hoodtrace::testing {
namespace {

Json load_of(const TracedRun& run, const std::string& comm) {
  for (const Json& row : run.report()["loads"])
    if (row["comm"] == comm) return row;
  return Json::object();
}

double span_ns(const TracedRun& run) { return run.report()["duration_ns"].get<double>(); }

// Loads are rounded to a thousandth of a task.
double rounding_ns(const TracedRun& run) { return span_ns(run) / 1000; }

// A task that spins is running or queued, whoever else wants its CPU.
TEST(SchedLoad, SpinnersCountOneEachFromTheirBeginningToTheirEnd) {
  HOODTRACE_LIVE();
  const TracedRun run = exact_run({"sched", "--load"}, {"spin", "ms=2000", "alone=1", "a", "b"});
  for (const char* comm : {"a", "b"}) {
    const Json row = load_of(run, comm);
    ASSERT_FALSE(row.empty()) << run.report().dump();
    // Its own start and end, and the wait for the other one at the end, are not of the 2 s.
    EXPECT_NEAR(row["load"].get<double>() * span_ns(run), 2e9, 50e6) << row.dump();
    EXPECT_NEAR(row["running"].get<double>() + row["queued"].get<double>(),
                row["load"].get<double>(), 0.003)
        << row.dump();
    EXPECT_EQ(row["disk"], 0) << row.dump();
  }
}

// A vfork parent waits in D, and not for a disk (wait_for_vfork_done(), kernel/fork.c).
TEST(SchedLoad, AVforkParentCountsThoughItUsesNoCpu) {
  HOODTRACE_LIVE();
  const TracedRun run =
      exact_run({"sched", "--load", "--by", "thread"}, {"states", "vfork_ms=1000"});
  Json row;
  for (const Json& one : run.report()["loads"])
    if (one["tid"] == run.truth["pid"]) row = one;
  ASSERT_FALSE(row.empty()) << run.report().dump();
  const double ours_ns = row["vfork"].get<double>() * span_ns(run);
  EXPECT_GE(ours_ns, 999e6 - rounding_ns(run)) << row.dump();
  EXPECT_LE(row["vfork"].get<double>(), row["uninterruptible"].get<double>()) << row.dump();
  EXPECT_LE(ours_ns, static_cast<double>(number(run.truth, "vfork_ns")) + rounding_ns(run));
}

TEST(SchedLoad, TheKernelsAveragesAreThoseOfProc) {
  HOODTRACE_LIVE();
  const TracedRun run = exact_run({"sched", "--load"}, {"spin", "ms=100", "a"});
  const Json load = run.report()["load"];
  ASSERT_TRUE(load["kernel"].is_array()) << load.dump();
  double now[3] = {};
  std::FILE* file = std::fopen("/proc/loadavg", "r");
  ASSERT_NE(file, nullptr);
  EXPECT_EQ(std::fscanf(file, "%lf %lf %lf", &now[0], &now[1], &now[2]), 3);
  std::fclose(file);
  // It may have been sampled since: with 20 tasks by 8 %, 1.7 % and 0.6 % of these.
  const double most[3] = {20 * 0.08, 20 * 0.017, 20 * 0.006};
  for (std::size_t i = 0; i < 3; i++)
    EXPECT_NEAR(load["kernel"][i].get<double>(), now[i], most[i] + 0.01) << load.dump();
  EXPECT_TRUE(load["recomputed"].is_null()) << load.dump();  // a part of the system
}

}  // namespace
}  // namespace hoodtrace::testing
