// SPDX-License-Identifier: GPL-2.0-or-later
// Quotas against cpu.stat, and the waits of tasks against their own run_delay.

#include <cstdlib>
#include <set>

#include "live/sched/expectations.hpp"
#include "support/quota_cgroup.hpp"

namespace hoodtrace::testing {
namespace {

constexpr double kMs = 1e6;
constexpr double kUs = 1e3;

bool is_emulated() { return std::getenv("HOODTRACE_VM_ACCEL") != nullptr; }

struct QuotaRun {
  TracedRun run;
  Json group;                 // its row
  QuotaStat growth;           // of cpu.stat
  std::set<pid_t> spinners;   // without the main thread, which is in the group too
  std::size_t throttled = 0;  // how many of them were
  double task_ns = 0;         // of the spinners, throttled
  double waits_ns = 0;        // of the spinners, in the ordinary report
};

// The main thread wakes up to start the spinners and to end them. From 6.18 on it is throttled for itself
// when the quota is used up by then (throttle_cfs_rq_work(), kernel/sched/fair.c); before, a task that is woken
// up waits for it as well. So it may be in the report, and the others are those that a test knows about.
void count_spinners(QuotaRun& result) {
  const Json& report = result.run.report();
  for (const Json& row : report["throttled"]) {
    if (!result.spinners.contains(row["tid"].get<pid_t>())) continue;
    result.throttled++;
    result.task_ns += static_cast<double>(number(row, "throttled_ns"));
  }
  for (const Json& task : report["tasks"])
    if (result.spinners.contains(task["tid"].get<pid_t>()))
      result.waits_ns += static_cast<double>(number(task, "wait_throttled_ns"));
}

// Spinners in a cgroup with a quota, traced while they spin. The group is at rest when the trace begins, and
// again when it ends: the counters are the same at the trace's readings and at these of cpu.stat.
void play(const QuotaCgroup& cgroup, const Words& spinners, QuotaRun& result) {
  GatedWorkload workload(spinners);
  ASSERT_TRUE(workload.is_ready());
  cgroup.outweigh_others();
  cgroup.take_in(workload.pid());
  const QuotaStat before = cgroup.stat_at_rest();
  LiveTrace trace(
      {"sched", "--quota", "--format", "json", "--pid", std::to_string(workload.pid())});
  ASSERT_TRUE(trace.is_attached()) << trace.error();
  ASSERT_TRUE(workload.play());
  const QuotaStat after = cgroup.stat_at_rest();
  ASSERT_EQ(trace.stop(), 0);
  const Json truth = workload.finish();
  for (const Json& task : truth["tasks"]) result.spinners.insert(task["tid"].get<pid_t>());
  result.growth = {after.periods - before.periods, after.throttled - before.throttled,
                   after.throttled_ns - before.throttled_ns};
  result.run = trace.run();
  ASSERT_EQ(result.run.reports.size(), 1U);
  expect_nothing_lost(result.run.report());
  expect_exact_audit(result.run.report());
  for (const Json& row : result.run.report()["quotas"])
    if (row["cgroup"].get<std::string>().ends_with(cgroup.name())) result.group = row;
  count_spinners(result);
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
  EXPECT_EQ(result.group["periods"], result.growth.periods) << result.group.dump();
  EXPECT_EQ(result.group["throttled_periods"], result.growth.throttled) << result.group.dump();
  // cpu.stat of v2 is in us, rounded down at both readings.
  EXPECT_NEAR(result.group["throttled_ns"].get<double>(),
              static_cast<double>(result.growth.throttled_ns), 1000)
      << result.group.dump();
  // 30 periods of 100 ms, in each of which it has used its 30 ms up; five are allowed in which it had less
  // because the machine did something else for 70 ms.
  EXPECT_GE(result.growth.throttled, 25U);
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
  // From 6.18 on a task leaves its CPU on its way back to user mode, which is some us after its queue was
  // throttled (an interrupt's end); before, both are the same moment. At the other end it runs after the
  // refill. Once for each period.
  const auto throttled = static_cast<double>(result.growth.throttled);
  EXPECT_GE(result.task_ns, queue_ns - throttled * (is_emulated() ? 3 : 1) * kMs);
  // The same waits by two records of each switch, apart by the age of the run queue's clock; a switch that is
  // not shown (docs/kernel-notes.md, note 44) takes one of 70 ms and the wait after it from the former.
  const double unshown = number(result.run.report()["events"]["lost"], "unshown");
  EXPECT_NEAR(
      result.task_ns, result.waits_ns,
      is_emulated() ? result.waits_ns * 0.01 + 1 * kMs : throttled * 20 * kUs + unshown * 100 * kMs)
      << result.run.report()["throttled"].dump();
}

TEST(SchedQuota, OfThreeTasksOnOneQueueTaskTimeIsMoreThanQueueTime) {
  HOODTRACE_LIVE();
  const QuotaCgroup cgroup;
  if (cgroup.path().empty()) GTEST_SKIP() << "cannot run here: this kernel has no CPU quota";
  QuotaRun result;
  play(cgroup, {"spin", "ms=3000", "a", "b", "c"}, result);
  ASSERT_FALSE(result.group.empty()) << result.run.report().dump();
  EXPECT_EQ(result.throttled, 3U) << result.run.report()["throttled"].dump();
  EXPECT_EQ(result.group["tasks_throttled"], result.run.report()["throttled"].size())
      << result.group.dump();
  const auto queue_ns = static_cast<double>(result.growth.throttled_ns);
  // From 6.18 on each of the three is throttled for itself, within some runs on the way to user mode; before,
  // the two that are queued already have no record, and their parts begin where the queue is found throttled.
  EXPECT_GT(result.task_ns, queue_ns * (is_kernel_at_least(6, 18) ? 2.7 : 1.2))
      << result.group.dump();
  // Three times the queue's time, and after each refill one waits for none, one and two others, which may
  // each run for a tick of 10 ms.
  const auto throttled = static_cast<double>(result.growth.throttled);
  EXPECT_LT(result.task_ns, queue_ns * 3 + throttled * 30 * kMs) << result.group.dump();
}

}  // namespace
}  // namespace hoodtrace::testing
