// SPDX-License-Identifier: GPL-2.0-or-later
// A fresh report each interval: the parts are the whole.

#include "live/sched/expectations.hpp"

namespace hoodtrace::testing {
namespace {

void expect_intervals_to_add_up(const Words& scenario) {
  GatedWorkload workload(scenario);
  ASSERT_TRUE(workload.is_ready());
  LiveTrace trace(
      {"sched", "--pid", std::to_string(workload.pid()), "--format", "json", "-i", "200ms"});
  ASSERT_TRUE(trace.is_attached()) << trace.error();
  ASSERT_TRUE(workload.play());
  ASSERT_EQ(trace.stop(), 0) << trace.error();
  const TracedRun run = trace.run();
  ASSERT_GE(run.reports.size(), 5U);
  std::map<pid_t, std::uint64_t> wait_ns;
  std::uint64_t end_ns = 0;
  std::uint64_t all_slept_ns = 0;
  for (const Json& report : run.reports) {
    expect_nothing_lost(report);
    expect_exact_audit(report);
    expect_sound_rows(report);
    if (end_ns != 0) {
      EXPECT_EQ(number(report, "started_ns"), end_ns);
    }
    end_ns = number(report, "started_ns") + number(report, "duration_ns");
    all_slept_ns += slept_ns(report);
    for (const Json& task : report["tasks"])
      wait_ns[task["tid"]] += number(task, "wait_ns") - number(task, "dispatch_ns");
  }
  for (const auto& [tid, counters] : workload.counters()) {
    EXPECT_LE(wait_ns[tid], counters.run_delay_ns);
    EXPECT_GE(wait_ns[tid] + all_slept_ns, counters.run_delay_ns);
  }
  workload.finish();
}

TEST(SchedInterval, EachIntervalsAuditIsExactAndTheirSumIsTheWhole) {
  HOODTRACE_LIVE();
  expect_intervals_to_add_up({"spin", "ms=1500", "a:naps=50", "b:naps=50"});
}

// Each of them waits longer than an interval at a time, and is moved while it waits.
TEST(SchedInterval, WaitsOverSeveralIntervalsOnTwoCpusAddUp) {
  HOODTRACE_LIVE();
  expect_intervals_to_add_up({"spin", "ms=1500", "cpus=2", "copies=40", "many:naps=20"});
}

TEST(SchedInterval, ADurationEndsTheRun) {
  HOODTRACE_LIVE();
  GatedWorkload workload({"spin", "ms=5000", "a"});
  ASSERT_TRUE(workload.is_ready());
  LiveTrace trace(
      {"sched", "--pid", std::to_string(workload.pid()), "--format", "json", "-d", "400ms"});
  ASSERT_EQ(trace.wait(), 0) << trace.error();
  const TracedRun run = trace.run();
  ASSERT_EQ(run.reports.size(), 1U);
  EXPECT_GE(number(run.report(), "duration_ns"), 400'000'000U);
  // Attaching before and draining after are in it; a second would be a hang.
  EXPECT_LT(number(run.report(), "duration_ns"), 1'400'000'000U);
}

TEST(SchedInterval, TheEndOfTheTargetEndsTheRun) {
  HOODTRACE_LIVE();
  GatedWorkload workload({"spin", "ms=10", "a"});
  ASSERT_TRUE(workload.is_ready());
  LiveTrace trace({"sched", "--pid", std::to_string(workload.pid()), "--format", "json"});
  ASSERT_TRUE(trace.is_attached());
  ASSERT_TRUE(workload.play());
  workload.finish();
  ASSERT_EQ(trace.wait(), 0) << trace.error();
  expect_exact_audit(trace.run().report());
}

}  // namespace
}  // namespace hoodtrace::testing
