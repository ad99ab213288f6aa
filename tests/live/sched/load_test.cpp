// SPDX-License-Identifier: GPL-2.0-or-later
// The load of tasks whose activity is known by a clock of their own.

#include <filesystem>

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

Json parsed(const Finished& run) {
  EXPECT_EQ(run.exit_code, 0) << run.error;
  return Json::parse(run.output, nullptr, false);
}

// Of the same records: `why` finds the cause of a sleep by its stack, and by the lock that the kernel notes
// in the task; here it is the contention that the sleep is in. After a sleep whose end was not reported
// `sched` has no length of it, and `why` has its end from the wake-up: such a run is repeated, twice at most.
TEST(SchedLoad, WaitsForMmapLockAreThoseThatWhyFindsByTheirStacks) {
  HOODTRACE_LIVE();
  const TemporaryFolder folder;
  const std::string file = folder.file("mmap.htrec");
  Json loads;
  for (int attempt = 0; attempt == 0 || (attempt < 3 && unshown_switches(loads) > 0); attempt++) {
    std::filesystem::remove(file);
    const Finished record = run_hoodtrace({"record", "sched", "load", "why", "-o", file, "--",
                                           why_scenes_path(), "mmap_lock", "count=5", "mib=128"});
    ASSERT_EQ(record.exit_code, 0) << record.error;
    loads = parsed(
        run_hoodtrace({"sched", "--load", "--by", "thread", "--from", file, "--format", "json"}));
  }
  const Json why = parsed(run_hoodtrace({"why", "--from", file, "--format", "json"}));
  expect_nothing_lost(loads);
  if (loads["load"]["mmap_lock"].is_null())
    GTEST_SKIP() << "cannot run here: this kernel has no contention_begin";
  const double span_ns = loads["duration_ns"].get<double>();
  double all_ns = 0;
  for (const Json& thread : why["threads"]) {
    double by_stacks_ns = 0;
    double sleeps = 0;
    for (const Json& line : thread["parts"]) {
      if (line["part"] != "blocked" || line["cause"] != "mmap_lock") continue;
      by_stacks_ns += line["ns"].get<double>();
      sleeps += line["count"].get<double>();
    }
    double ours_ns = 0;
    for (const Json& row : loads["loads"])
      if (row["tid"] == thread["tid"]) ours_ns = row["mmap_lock"].get<double>() * span_ns;
    // Loads are rounded to a thousandth, half of it either way. Both take the sleep from the same switches.
    EXPECT_NEAR(ours_ns, by_stacks_ns, span_ns / 2000 + 1000 * sleeps) << thread.dump();
    all_ns += by_stacks_ns;
  }
  // It fills 640 MiB, page by page, with the lock held; meanwhile "mapper" waits again and again.
  EXPECT_GT(all_ns, 20e6) << why.dump();
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
