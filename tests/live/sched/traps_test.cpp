// SPDX-License-Identifier: GPL-2.0-or-later
// The notes of docs/kernel-notes.md that need a running kernel: TrapN is note N.

#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <fstream>
#include <sstream>

#include "live/sched/expectations.hpp"
#include "stream/file_source.hpp"

namespace hoodtrace::testing {
namespace {

std::uint64_t voluntary_switches(pid_t pid) {
  std::uint64_t count = 0;
  for (const auto& [tid, counters] : read_kernel_counters(pid)) count += counters.nvcsw;
  return count;
}

std::uint64_t status_kib(pid_t pid, const std::string& key) {
  std::ifstream status("/proc/" + std::to_string(pid) + "/status");
  for (std::string line; std::getline(status, line);)
    if (line.starts_with(key + ":")) return std::stoull(line.substr(key.size() + 1));
  return 0;
}

// Trap 1: tp_btf programs are not skipped because another BPF program runs; what recursion does
// skip is counted.
TEST(SchedTraps, Trap01_RecursionMissesAreCountedAndThereAreNone) {
  HOODTRACE_LIVE();
  const TracedRun run = exact_run({"sched", "--wakers"}, {"storm", "groups=4", "loops=50"});
  EXPECT_FALSE(run.report()["events"]["lost"].contains("missed"));
}

// Trap 6: a vfork parent sleeps until the child's exec; that is no run-queue wait.
TEST(SchedTraps, Trap06_AVforkParentSleepsAndDoesNotWait) {
  HOODTRACE_LIVE();
  const TemporaryFolder folder;
  const std::string report = folder.file("r");
  // A shell's posix_spawn-like vfork is not to be relied on: python3's subprocess uses it.
  const Finished run =
      run_hoodtrace({"sched", "--format", "json", "-o", report, "--", "python3", "-c",
                     "import subprocess;subprocess.run(['/bin/sleep','0.3'],close_fds=False)"});
  ASSERT_EQ(run.exit_code, 0) << run.error;
  const Json json = Json::parse(std::ifstream(report), nullptr, false);
  ASSERT_FALSE(json.is_discarded());
  expect_exact_audit(json);
  for (const Json& task : json["tasks"])
    if (task["comm"] == "python3") {
      // wait_for_vfork_done() (kernel/fork.c) sleeps in TASK_KILLABLE, which is a D state.
      EXPECT_GT(number(task, "uninterruptible_ns"), 0U);
    }
}

// Trap 22: what a thread of the command did before its exec is not forgotten with it.
TEST(SchedTraps, Trap22_TheCommandsThreadThatExecutesKeepsItsTime) {
  HOODTRACE_LIVE();
  const TemporaryFolder folder;
  const std::string report = folder.file("r");
  const Finished run =
      run_hoodtrace({"sched", "--format", "json", "-o", report, "--", "python3", "-c",
                     "import os, threading, time\n"
                     "def spin():\n"
                     "  end = time.thread_time() + 0.2\n"
                     "  while time.thread_time() < end: pass\n"
                     "  os.execv('/bin/sleep', ['sleep', '0.05'])\n"
                     "thread = threading.Thread(target=spin); thread.start(); thread.join()\n"});
  ASSERT_EQ(run.exit_code, 0) << run.error;
  const Json json = Json::parse(std::ifstream(report), nullptr, false);
  ASSERT_FALSE(json.is_discarded());
  expect_exact_audit(json);
  std::uint64_t on_cpu_ns = 0;
  for (const Json& task : json["tasks"])
    if (task["comm"] == "sleep") on_cpu_ns += number(task, "on_cpu_ns");
  EXPECT_GE(on_cpu_ns, 200'000'000U) << json.dump();
}

// Trap 7: idle is a state of a CPU and no task.
TEST(SchedTraps, Trap07_IdleIsNoTask) {
  HOODTRACE_LIVE();
  const TracedRun run = exact_run({"sched"}, {"pipe", "trips=5000", "pairs=2"});
  for (const Json& task : run.report()["tasks"]) EXPECT_NE(task["tid"], 0);
}

// Trap 8: the filter asks the task that a hook is about, never `current`: the other side of each of
// the target's switches, and the tasks that wake it, are not in the report.
TEST(SchedTraps, Trap08_TheOtherSideOfASwitchIsNotTraced) {
  HOODTRACE_LIVE();
  GatedWorkload workload({"pipe", "trips=5000"});
  ASSERT_TRUE(workload.is_ready());
  pid_t one = 0;
  for (const auto& [tid, counters] : read_kernel_counters(workload.pid()))
    if (tid != workload.pid()) one = tid;
  LiveTrace trace({"sched", "--wakers", "--tid", std::to_string(one), "--format", "json"});
  ASSERT_TRUE(trace.is_attached());
  ASSERT_TRUE(workload.play());
  ASSERT_EQ(trace.stop(), 0);
  const Json report = trace.run().report();
  ASSERT_EQ(report["tasks"].size(), 1U) << report["tasks"].dump();
  EXPECT_EQ(report["tasks"][0]["tid"], one);
  EXPECT_GE(number(report["tasks"][0], "runs"), 5000U);
  workload.finish();
}

// Trap 9: waiting for the cgroup's CPU quota is not contention. (The cpu controller of cgroup v1 is
// what this test can make by itself; the throttling is the same.)
TEST(SchedTraps, Trap09_WaitingForTheQuotaIsThrottled) {
  HOODTRACE_LIVE();
  const std::string group = "/sys/fs/cgroup/cpu/ht_test_" + std::to_string(::getpid());
  if (::mkdir(group.c_str(), 0755) != 0)
    GTEST_SKIP() << "cannot run here: this kernel has no cgroup v1 cpu controller mounted";
  std::ofstream(group + "/cpu.cfs_period_us") << 100'000;
  std::ofstream(group + "/cpu.cfs_quota_us") << 20'000;
  const TemporaryFolder folder;
  const std::string script = "echo $$ > " + group + "/cgroup.procs; exec " + workload_path() +
                             " spin ms=1000 a > /dev/null";
  const Finished run = run_hoodtrace(
      {"sched", "--format", "json", "-o", folder.file("r"), "--", "/bin/sh", "-c", script});
  std::uint64_t throttled_ns = 0;
  std::ifstream stat(group + "/cpu.stat");
  for (std::string key; stat >> key;)
    if (key == "throttled_time") stat >> throttled_ns;
  ::rmdir(group.c_str());
  ASSERT_EQ(run.exit_code, 0) << run.error;
  const Json report = Json::parse(std::ifstream(folder.file("r")), nullptr, false);
  ASSERT_FALSE(report.is_discarded());
  std::uint64_t blamed_ns = 0;
  for (const Json& task : report["tasks"])
    for (const Json& culprit : task["waited_behind"])
      if (culprit["comm"] == "(throttled)") blamed_ns += number(culprit, "ns");
  // The kernel counts from the moment the group is throttled to the refill of its quota; the task
  // waits from its own switch-out until it runs again. Both ends can lie a tick (4 ms) or a turn of
  // others apart in each of the ten periods, which is less than a fifth of the 800 ms.
  EXPECT_GT(throttled_ns, 300'000'000U);
  EXPECT_GT(blamed_ns, throttled_ns / 5 * 4);
}

// Trap 11: the run queue is reached through the task, and its length is the run queue's own.
TEST(SchedTraps, Trap11_TheRunQueuesLengthCountsTheTasksOnIt) {
  HOODTRACE_LIVE();
  const TemporaryFolder folder;
  const Finished run = run_hoodtrace({"record", "sched", "-o", folder.file("r"), "--",
                                      workload_path(), "spin", "ms=300", "a", "b", "c", "d"});
  ASSERT_EQ(run.exit_code, 0) << run.error;
  auto source = FileSource::open(folder.file("r"));
  ASSERT_TRUE(source);
  unsigned longest = 0;
  for (;;) {
    const auto records = (*source)->next();
    if (!records || records->empty()) break;
    for (const RecordView& record : *records)
      if (record.head->type == HT_SWITCH)
        longest = std::max<unsigned>(longest,
                                     reinterpret_cast<const ht_switch*>(record.head)->nr_running);
  }
  EXPECT_GE(longest, 4U) << "four spinners share one CPU";
  EXPECT_LT(longest, 200U);
}

// Trap 31: the consumer is woken by a timer and a fill threshold, not per record. A hundred
// thousand switches would be as many wake-ups; the timer's are 20 a second.
TEST(SchedTraps, Trap31_TheConsumerIsNotWokenPerRecord) {
  HOODTRACE_LIVE();
  GatedWorkload workload({"pipe", "ms=2000"});
  ASSERT_TRUE(workload.is_ready());
  LiveTrace trace({"sched", "--pid", std::to_string(workload.pid()), "--format", "json"});
  ASSERT_TRUE(trace.is_attached());
  const std::uint64_t before = voluntary_switches(trace.pid());
  ASSERT_TRUE(workload.play());
  const std::uint64_t woken = voluntary_switches(trace.pid()) - before;
  ASSERT_EQ(trace.stop(), 0);
  EXPECT_GT(number(trace.run().report()["events"], "seen"), 20'000U);
  // 2 s of timer drains are 40, and a quarter ring of 1 MiB holds 16 000 records: 300 is generous,
  // and a hundredth of what one wake-up per record would be.
  EXPECT_LT(woken, 300U);
  workload.finish();
}

// Trap 34: hoodtrace does not feed itself. Idle, with everything filtered out, it makes no events.
TEST(SchedTraps, Trap34_HoodtraceDoesNotTraceItself) {
  HOODTRACE_LIVE();
  const TracedRun run = exact_run({"sched"}, {"sleepers", "count=4"});
  for (const Json& task : run.report()["tasks"]) EXPECT_NE(task["comm"], "hoodtrace");
  // Even when its own comm is what is asked for. (Another hoodtrace may run on this machine.)
  LiveTrace trace({"sched", "--format", "json", "--comm", "hoodtrace", "-d", "300ms"});
  ASSERT_EQ(trace.wait(), 0) << trace.error();
  const TracedRun self = trace.run();
  ASSERT_EQ(self.reports.size(), 1U);
  for (const Json& task : self.report()["tasks"]) EXPECT_NE(task["pid"], trace.pid());
}

// Trap 35: times are CLOCK_BOOTTIME, which goes on in a suspend, and the report names the clock.
TEST(SchedTraps, Trap35_TimesAreBootTime) {
  HOODTRACE_LIVE();
  const auto now_ns = [] {
    timespec now{};
    ::clock_gettime(CLOCK_BOOTTIME, &now);
    return static_cast<std::uint64_t>(now.tv_sec) * 1'000'000'000 +
           static_cast<std::uint64_t>(now.tv_nsec);
  };
  const std::uint64_t before_ns = now_ns();
  const TracedRun run = exact_run({"sched"}, {"sleepers", "count=2"});
  const std::uint64_t after_ns = now_ns();
  EXPECT_EQ(run.report()["clock"], "boottime");
  EXPECT_GE(number(run.report(), "started_ns"), before_ns);
  EXPECT_LE(number(run.report(), "started_ns") + number(run.report(), "duration_ns"), after_ns);
}

// Memory is bounded by the sizes of the rings, whatever the load.
TEST(SchedTraps, MemoryStaysBoundedWithTenThousandTasks) {
  HOODTRACE_LIVE();
  GatedWorkload workload({"forks", "count=10000"});
  ASSERT_TRUE(workload.is_ready());
  LiveTrace trace(
      {"sched", "--pid", std::to_string(workload.pid()), "--follow", "--format", "json"});
  ASSERT_TRUE(trace.is_attached());
  ASSERT_TRUE(workload.play());
  const std::uint64_t peak_kib = status_kib(trace.pid(), "VmHWM");
  ASSERT_EQ(trace.stop(), 0);
  expect_exact_audit(trace.run().report());
  RecordProperty("peak_kib", std::to_string(peak_kib));
  std::printf("peak resident set: %llu KiB\n", static_cast<unsigned long long>(peak_kib));
  // The target at defaults with 10 000 tasks is 32 MiB, which consumer_bench measures. VmHWM also
  // contains libraries, and BTF while the programs are loaded. The bound here is against leaks.
  EXPECT_LT(peak_kib, 96 * 1024U);
  workload.finish();
}

}  // namespace
}  // namespace hoodtrace::testing
