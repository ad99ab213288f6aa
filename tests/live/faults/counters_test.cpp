// SPDX-License-Identifier: GPL-2.0-or-later
// Whole programs: the sum of what was seen is what the kernel counted.

#include <fstream>
#include <set>

#include "live/faults/expectations.hpp"
#include "support/sysctl.hpp"

namespace hoodtrace::testing {
namespace {

TracedRun traced_command(const Words& arguments, const Words& scenario) {
  Words words = {"faults"};
  words.insert(words.end(), arguments.begin(), arguments.end());
  TracedRun run = trace_workload(words, scenario);
  EXPECT_EQ(run.exit_code, 0) << run.error;
  EXPECT_EQ(run.reports.size(), 1U) << run.error;
  if (run.reports.empty()) return run;
  expect_nothing_lost(run.report());
  expect_faults_agree(run.report());
  return run;
}

// A command and all that it starts against wait4's ru_minflt + ru_majflt of it: equal, since every
// one of its tasks is traced from its birth to its end.
void expect_rusage(const Words& command) {
  HOODTRACE_LIVE();
  Words scenario = {"usage"};
  scenario.insert(scenario.end(), command.begin(), command.end());
  const TracedRun run = traced_command({}, scenario);
  ASSERT_FALSE(run.reports.empty());
  if (run.truth["status"] != 0) GTEST_SKIP() << "cannot run here: " << command[0] << " fails";
  std::uint64_t seen = 0;
  std::set<pid_t> pids;
  for (const Json& task : run.report()["tasks"]) pids.insert(task["pid"].get<pid_t>());
  for (const pid_t pid : pids)
    if (pid != run.truth["pid"]) seen += faults_of(run.report(), pid);
  EXPECT_EQ(seen, number(run.truth, "minor") + number(run.truth, "major"));
  EXPECT_GT(seen, 100U);
}

TEST(FaultCounters, PythonEqualsItsRusage) {
  expect_rusage({"python3", "-c", "print(sum(len(str(i)) for i in range(200000)))"});
}

TEST(FaultCounters, ACompileEqualsItsRusage) {
  const TemporaryFolder folder;
  const std::string source = folder.file("a.c");
  std::ofstream(source) << "#include <stdio.h>\nint main(void) { return puts(\"x\") < 0; }\n";
  expect_rusage({"gcc", "-O2", "-o", folder.file("a"), source});
}

TEST(FaultCounters, StressNgEqualsItsRusage) {
  expect_rusage({"stress-ng", "--fault", "2", "--fork", "2", "--vm", "2", "--vm-bytes", "32M",
                 "--timeout", "1s", "--quiet"});
}

// docs/kernel-notes.md, note 16: execve writes the arguments into the new stack through
// get_user_pages.
TEST(FaultCounters, ArgumentPagesOfAnExecAreGup) {
  HOODTRACE_LIVE();
  constexpr std::size_t kBytes = 100'000;
  constexpr std::size_t kArguments = 10;
  Words scenario = {"usage", "/bin/true"};
  scenario.insert(scenario.end(), kArguments, std::string(kBytes, 'x'));
  const TracedRun run = traced_command({}, scenario);
  ASSERT_FALSE(run.reports.empty());
  const pid_t child = run.truth["child"];
  std::uint64_t gup = 0;
  for (const Json& task : run.report()["tasks"])
    if (task["pid"] == child && task["kinds"].contains("gup"))
      gup += number(task["kinds"]["gup"], "count");
  EXPECT_GE(gup, kArguments * kBytes / 4096);
  EXPECT_EQ(faults_of(run.report(), child),
            number(run.truth, "minor") + number(run.truth, "major"));
}

// docs/kernel-notes.md, note 19: the kernel counts copies itself, for tasks that start while it
// accounts delays.
TEST(FaultCounters, CopiesEqualTheKernelsCount) {
  HOODTRACE_LIVE();
  const Sysctl accounting("/proc/sys/kernel/task_delayacct", "1");
  if (!accounting.is_set()) GTEST_SKIP() << "cannot run here: kernel.task_delayacct cannot be set";
  const TracedRun run = traced_command(
      {"--cow"}, {"cow", "pages=800", "children=3", "child=400", "during=600", "after=800"});
  ASSERT_FALSE(run.reports.empty());
  const Json& audit = run.report()["audit"];
  ASSERT_FALSE(audit["kernel_copies"].is_null()) << audit.dump();
  EXPECT_EQ(audit["copies"], audit["kernel_copies"]);
  // 400 by each child; of the parent's 600 all three have copied the first 400, which are its own
  // by then, and share the other 200.
  EXPECT_GE(number(audit, "copies"), 1400U);
}

TEST(FaultCounters, IntervalsAddUp) {
  HOODTRACE_LIVE();
  TracedRun run = trace_workload({"faults", "-i", "100ms"}, {"usage", "sleep", "0.4"});
  ASSERT_GT(run.reports.size(), 2U) << run.error;
  std::uint64_t seen = 0;
  for (const Json& report : run.reports) {
    expect_faults_agree(report);
    for (const Json& task : report["tasks"])
      if (task["pid"] == run.truth["child"]) seen += faults_of(report, task["pid"]);
  }
  EXPECT_EQ(seen, number(run.truth, "minor") + number(run.truth, "major"));
}

}  // namespace
}  // namespace hoodtrace::testing
