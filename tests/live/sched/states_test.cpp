// SPDX-License-Identifier: GPL-2.0-or-later
// Where a task's time goes while it is off the CPU, against lengths that are known and the kernel's
// delay accounting.

#include <sched.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "live/sched/expectations.hpp"
#include "support/sysctl.hpp"

namespace hoodtrace::testing {
namespace {

// Signed, for times that may be off either way.
std::int64_t known_ns(const Json& task) {
  std::int64_t ns = 0;
  for (const char* key : {"on_cpu_ns", "wait_ns", "wait_open_ns", "sleep_ns", "disk_sleep_ns",
                          "uninterruptible_ns", "stopped_ns", "other_ns"})
    ns += static_cast<std::int64_t>(number(task, key));
  return ns - static_cast<std::int64_t>(number(task, "wait_outside_ns"));
}

TEST(SchedStates, AVforkParentOf400MsHasNoDiskSleep) {
  HOODTRACE_LIVE();
  const Sysctl accounting("/proc/sys/kernel/task_delayacct", "1");
  const TracedRun run = exact_run({"sched"}, {"states", "vfork_ms=400"});
  const Json row = run.row(run.truth["pid"]);
  ASSERT_FALSE(row.empty());
  // The program may have been read from disk.
  EXPECT_LT(number(row, "disk_sleep_ns"), 100'000'000U) << row.dump();
  EXPECT_GE(number(row, "uninterruptible_ns"), 399'000'000U) << row.dump();
  EXPECT_LE(number(row, "uninterruptible_ns"), number(run.truth, "vfork_ns")) << row.dump();
  if (accounting.is_set() && run.truth["blkio_ns"].is_number()) {
    EXPECT_NEAR(static_cast<double>(number(row, "disk_sleep_ns")),
                static_cast<double>(number(run.truth, "blkio_ns")), 1e6);
  }
}

// The kernel adds up how long tasks that are in_iowait were off the CPU, from their switch-out to
// their wakeup (delayacct_blkio_start and _end, kernel/delayacct.c). What it counts of a sleep whose dequeue was
// delayed is wrong (docs/kernel-notes.md, note 129); a real-time task has none.
TEST(SchedStates, DiskSleepAgreesWithTheKernelsDelayAccounting) {
  HOODTRACE_LIVE();
  const Sysctl accounting("/proc/sys/kernel/task_delayacct", "1");
  if (!accounting.is_set()) GTEST_SKIP() << "cannot run here: no kernel.task_delayacct";
  const TemporaryFolder folder;
  // Of a read of 64 KiB, 50 us on a fast disk, the way between the clocks' readings can be a fifth.
  const TracedRun run = exact_run(
      {"sched"}, {"states", "fifo=1", "reads=150", "read_kib=1024", "folder=" + folder.file("")});
  if (!run.truth["blkio_ns"].is_number()) GTEST_SKIP() << "cannot run here: no taskstats";
  if (number(run.truth, "read_ns") == 0) GTEST_SKIP() << "cannot run here: no O_DIRECT";
  const Json row = run.row(run.truth["pid"]);
  const auto ours = static_cast<double>(number(row, "disk_sleep_ns"));
  const auto kernels = static_cast<double>(number(run.truth, "blkio_ns"));
  EXPECT_GT(kernels, 0) << run.truth.dump();
  // Two clocks, some 150 times: the kernel's count begins before our stamp of the switch and ends
  // at the wakeup, and ours ends where the accounted wait begins.
  EXPECT_NEAR(ours / kernels, 1, 0.05) << row.dump() << run.truth.dump();
}

TEST(SchedStates, AStoppedTasksTimeIsStopped) {
  HOODTRACE_LIVE();
  const TracedRun run = exact_run({"sched"}, {"states", "stop_ms=500"});
  const Json row = run.row(run.truth["stopped_pid"]);
  ASSERT_FALSE(row.empty());
  EXPECT_GE(number(row, "stopped_ns"), number(run.truth, "stopped_least_ns")) << row.dump();
  EXPECT_LE(number(row, "stopped_ns"), number(run.truth, "stopped_most_ns")) << row.dump();
  EXPECT_EQ(row["state"], "X");
}

// With --pid, before and after: one that sleeps and one that is stopped.
TEST(SchedStates, ATaskThatIsOffTheCpuAllTheTimeHasARow) {
  HOODTRACE_LIVE();
  for (const bool stopped : {false, true}) {
    const pid_t child = ::fork();
    if (child == 0) {
      if (stopped) ::raise(SIGSTOP);
      for (;;) ::pause();
    }
    if (stopped) {
      ::waitpid(child, nullptr, WUNTRACED);
    } else {
      ::usleep(50'000);
    }
    LiveTrace trace({"sched", "--pid", std::to_string(child), "--format", "json", "-d", "600ms",
                     "-i", "200ms"});
    EXPECT_EQ(trace.wait(), 0) << trace.error();
    ::kill(child, SIGKILL);
    ::waitpid(child, nullptr, 0);
    const TracedRun run = trace.run();
    ASSERT_GE(run.reports.size(), 3U) << run.error;
    std::uint64_t sum_ns = 0;
    std::uint64_t window_ns = 0;
    for (const Json& report : run.reports) {
      ASSERT_EQ(report["tasks"].size(), 1U) << report.dump();
      const Json& row = report["tasks"][0];
      EXPECT_EQ(row["tid"], child);
      EXPECT_EQ(row["state"], stopped ? "T" : "S");
      EXPECT_EQ(row["runs"], 0);
      EXPECT_EQ(row["window_ns"], row[stopped ? "stopped_ns" : "sleep_ns"]) << row.dump();
      sum_ns += number(row, stopped ? "stopped_ns" : "sleep_ns");
      window_ns += number(report, "duration_ns");
    }
    // The first begins when the scan meets the task, a moment after the report's own time.
    EXPECT_LE(sum_ns, window_ns);
    EXPECT_GT(sum_ns, window_ns - 50'000'000);
  }
}

// It does not run again before the report.
TEST(SchedStates, APolicySetWhileTheTaskSleepsIsReported) {
  HOODTRACE_LIVE();
  const pid_t child = ::fork();
  if (child == 0)
    for (;;) ::pause();
  LiveTrace trace({"sched", "--pid", std::to_string(child), "--format", "json"});
  ASSERT_TRUE(trace.is_attached()) << trace.error();
  const sched_param none{};
  EXPECT_EQ(::sched_setscheduler(child, SCHED_BATCH, &none), 0);
  EXPECT_EQ(::setpriority(PRIO_PROCESS, static_cast<id_t>(child), 7), 0);
  ASSERT_EQ(trace.stop(), 0) << trace.error();
  ::kill(child, SIGKILL);
  ::waitpid(child, nullptr, 0);
  const Json row = trace.run().row(child);
  EXPECT_EQ(row["policy"], "BATCH") << row.dump();
  EXPECT_EQ(row["nice"], 7) << row.dump();
  EXPECT_EQ(row["priority"], 127) << row.dump();
}

// Every nanosecond of a task's window is in one column.
TEST(SchedStates, TheColumnsOfATaskAddUpToItsTimeInTheWindow) {
  HOODTRACE_LIVE();
  GatedWorkload workload({"spin", "ms=1500", "a:naps=50", "b:naps=50", "c"});
  ASSERT_TRUE(workload.is_ready());
  LiveTrace trace(
      {"sched", "--pid", std::to_string(workload.pid()), "--format", "json", "-i", "100ms"});
  ASSERT_TRUE(trace.is_attached()) << trace.error();
  ASSERT_TRUE(workload.play());
  ASSERT_EQ(trace.stop(), 0) << trace.error();
  const TracedRun run = trace.run();
  ASSERT_GE(run.reports.size(), 10U);
  std::uint64_t compared = 0;
  for (const Json& report : run.reports) {
    // A fresh clock has to be met before an age is known: 5 us for each run were seen before that.
    if (&report == &run.reports.front()) continue;
    if (unshown_switches(report) > 0) continue;
    for (const Json& row : report["tasks"]) {
      // A run ends, and the wait after it begins, at the run queue's clock; a wait ends at our stamp of
      // the switch. The clock's age is known to 128 ns (ClockLag), at both ends of a run.
      const auto apart = known_ns(row) - static_cast<std::int64_t>(number(row, "window_ns"));
      const auto most = static_cast<std::int64_t>(500 * (number(row, "runs") + 1));
      EXPECT_LE(std::abs(apart), most) << row.dump();
      compared++;
    }
  }
  EXPECT_GT(compared, 20U);
  workload.finish();
}

}  // namespace
}  // namespace hoodtrace::testing
