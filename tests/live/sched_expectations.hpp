// What every sched report must satisfy, whatever was traced.
#pragma once

#include <gtest/gtest.h>
#include <sys/utsname.h>

#include <cstdint>
#include <cstdio>
#include <cstdlib>

#include "support/traced_run.hpp"

namespace hoodtrace::testing {

// Skips the test, with the reason, where live tests cannot run.
#define HOODTRACE_LIVE() \
  if (const std::string why = why_no_live(); !why.empty()) GTEST_SKIP() << why

// Our sums are the kernel's: to the nanosecond, to the switch.
inline void expect_exact_audit(const Json& report) {
  ASSERT_TRUE(report.contains("audit"));
  const Json& audit = report["audit"];
  EXPECT_EQ(audit["wait_ns"], audit["kernel_run_delay_ns"]);
  EXPECT_EQ(audit["involuntary_switches"], audit["kernel_involuntary_switches"]);
}

inline bool is_kernel_at_least(int wanted_major, int wanted_minor) {
  utsname name{};
  ::uname(&name);
  int major = 0;
  int minor = 0;
  EXPECT_EQ(std::sscanf(name.release, "%d.%d", &major, &minor), 2);
  return major > wanted_major || (major == wanted_major && minor >= wanted_minor);
}

// "unshown" is no loss of ours: switches for which this kernel calls no tracepoint, seen from the
// outside (a task ran without having come). The development machines' kernel hides those away from
// its agent's threads; waits stay exact across them.
inline void expect_nothing_lost(const Json& report) {
  Json lost = report["events"]["lost"];
  lost.erase("unshown");
  // Tracepoints that leave preemption on (7.2 does, 6.18 does not: bpf/unpreempted.bpf.h) skip a
  // program while another task has been preempted in the midst of it on that CPU, and the programs
  // that step in too once tasks are preempted in each of them. Emulation makes the programs as long
  // as their time slices, so there that happens: seen 1 in a run, most often of somebody who is not
  // traced. It is counted; the tests' counts are exact all the same, or fail. Elsewhere, and on a
  // real CPU, none may be missed.
  constexpr std::uint64_t kFew = 3;
  const bool is_excused = std::getenv("HOODTRACE_VM_ACCEL") != nullptr && is_kernel_at_least(7, 0);
  if (is_excused && lost.value("missed", kFew + 1) <= kFew) lost.erase("missed");
  EXPECT_EQ(lost, Json::object());
  EXPECT_EQ(report["events"]["undecodable"], 0);
  EXPECT_GT(report["events"]["seen"], 0);
}

// Parts add up to wholes in every row.
inline void expect_sound_rows(const Json& report) {
  for (const Json& task : report["tasks"]) {
    std::uint64_t behind_ns = 0;
    for (const Json& culprit : task["waited_behind"])
      behind_ns += culprit["ns"].get<std::uint64_t>();
    EXPECT_EQ(behind_ns, task["wait_ns"].get<std::uint64_t>()) << task.dump();
    EXPECT_EQ(
        task["wait_woken_ns"].get<std::uint64_t>() + task["wait_preempted_ns"].get<std::uint64_t>(),
        task["wait_ns"].get<std::uint64_t>())
        << task.dump();
    if (task["wait_count"] == 0) continue;
    EXPECT_LE(task["wait_p50_ns"], task["wait_p95_ns"]);
    EXPECT_LE(task["wait_p95_ns"], task["wait_p99_ns"]);
    EXPECT_LE(task["wait_p99_ns"], task["wait_max_ns"]);
  }
}

// One traced run that must be right in all of the above.
inline TracedRun exact_run(const Words& arguments, const Words& workload) {
  TracedRun run = trace_workload(arguments, workload);
  EXPECT_EQ(run.exit_code, 0) << run.error;
  EXPECT_EQ(run.reports.size(), 1U) << run.error;
  if (run.reports.empty()) return run;
  expect_nothing_lost(run.report());
  expect_exact_audit(run.report());
  expect_sound_rows(run.report());
  return run;
}

inline std::uint64_t number(const Json& object, const char* key) {
  return object.value(key, std::uint64_t{0});
}

}  // namespace hoodtrace::testing
