// SPDX-License-Identifier: GPL-2.0-or-later
// Quotas against cpu.stat, and the waits of tasks against their own run_delay.

#include "live/sched/expectations.hpp"
#include "support/quota_cgroup.hpp"

namespace hoodtrace::testing {
namespace {

constexpr double kMs = 1e6;

struct QuotaRun {
  TracedRun run;
  Json group;          // its row
  QuotaStat growth;    // of cpu.stat
  double task_ns = 0;  // of all of its tasks
};

// Spinners in a cgroup with a quota, traced while they spin.
void play(const QuotaCgroup& cgroup, const Words& spinners, QuotaRun& result) {
  GatedWorkload workload(spinners);
  ASSERT_TRUE(workload.is_ready());
  cgroup.outweigh_others();
  cgroup.take_in(workload.pid());
  const QuotaStat before = cgroup.stat();
  LiveTrace trace(
      {"sched", "--quota", "--format", "json", "--pid", std::to_string(workload.pid())});
  ASSERT_TRUE(trace.is_attached()) << trace.error();
  ASSERT_TRUE(workload.play());
  ASSERT_EQ(trace.stop(), 0);
  const QuotaStat after = cgroup.stat();
  workload.finish();
  result.growth = {after.periods - before.periods, after.throttled - before.throttled,
                   after.throttled_ns - before.throttled_ns};
  result.run = trace.run();
  ASSERT_EQ(result.run.reports.size(), 1U);
  expect_nothing_lost(result.run.report());
  expect_exact_audit(result.run.report());
  for (const Json& row : result.run.report()["quotas"])
    if (row["cgroup"].get<std::string>().ends_with(cgroup.name())) result.group = row;
  for (const Json& row : result.run.report()["throttled"])
    result.task_ns += static_cast<double>(number(row, "throttled_ns"));
}

TEST(SchedQuota, CountersAreThoseOfCpuStat) {
  HOODTRACE_LIVE();
  const QuotaCgroup cgroup;
  if (cgroup.path().empty()) GTEST_SKIP() << "cannot run here: this kernel has no CPU quota";
  QuotaRun result;
  play(cgroup, {"spin", "ms=3000", "one"}, result);
  ASSERT_FALSE(result.group.empty()) << result.run.report().dump();
  EXPECT_EQ(result.group["quota_ns"], 30'000'000);
  EXPECT_EQ(result.group["period_ns"], 100'000'000);
  // A period of the idle group may have ended between the two readings.
  EXPECT_NEAR(result.group["periods"].get<double>(), static_cast<double>(result.growth.periods), 2);
  EXPECT_EQ(result.group["throttled_periods"], result.growth.throttled) << result.group.dump();
  // cpu.stat of v2 is in us.
  EXPECT_NEAR(result.group["throttled_ns"].get<double>(),
              static_cast<double>(result.growth.throttled_ns), 1000)
      << result.group.dump();
  EXPECT_GT(result.growth.throttled, 10U);
}

// Of one task on one CPU both are the same time, but that the task's contains its wait for the CPU
// afterwards, which its throttled waits in the ordinary report contain as well.
TEST(SchedQuota, OfOneTaskTaskTimeIsQueueTimeAndTheWaitAfterIt) {
  HOODTRACE_LIVE();
  const QuotaCgroup cgroup;
  if (cgroup.path().empty()) GTEST_SKIP() << "cannot run here: this kernel has no CPU quota";
  QuotaRun result;
  play(cgroup, {"spin", "ms=3000", "one"}, result);
  const auto queue_ns = static_cast<double>(result.growth.throttled_ns);
  // On its way back to user mode a task may run a little longer than its queue has runtime (6.18).
  EXPECT_GE(result.task_ns, queue_ns * 0.95 - 10 * kMs);
  double waits_ns = 0;
  for (const Json& task : result.run.report()["tasks"])
    waits_ns += static_cast<double>(number(task, "wait_throttled_ns"));
  EXPECT_NEAR(result.task_ns, waits_ns, waits_ns * 0.01 + 1 * kMs)
      << result.run.report()["throttled"].dump();
}

TEST(SchedQuota, OfThreeTasksOnOneQueueTaskTimeIsMoreThanQueueTime) {
  HOODTRACE_LIVE();
  const QuotaCgroup cgroup;
  if (cgroup.path().empty()) GTEST_SKIP() << "cannot run here: this kernel has no CPU quota";
  QuotaRun result;
  play(cgroup, {"spin", "ms=3000", "a", "b", "c"}, result);
  ASSERT_FALSE(result.group.empty()) << result.run.report().dump();
  EXPECT_EQ(result.group["tasks_throttled"], 3) << result.group.dump();
  const auto queue_ns = static_cast<double>(result.growth.throttled_ns);
  EXPECT_GT(result.task_ns, queue_ns * 1.2) << result.group.dump();
  EXPECT_LT(result.task_ns, queue_ns * 3 + 30 * kMs * 60) << result.group.dump();
}

}  // namespace
}  // namespace hoodtrace::testing
