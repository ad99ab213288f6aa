// SPDX-License-Identifier: GPL-2.0-or-later
// A thread that is not the leader executes a program: the new program's time, name and faults are
// its own (docs/kernel-notes.md, note 40).

#include <chrono>
#include <set>

#include "live/sched/expectations.hpp"

namespace hoodtrace::testing {
namespace {

const Words kScenario = {"swap", "name=newprog", "before_ms=20", "burn_ms=100"};

std::uint64_t on_cpu_ns(const Json& report, const std::string& comm) {
  std::uint64_t ns = 0;
  for (const Json& task : report["tasks"])
    if (task["comm"] == comm) ns += number(task, "on_cpu_ns");
  return ns;
}

TEST(SchedSwap, TheNewProgramsTimeIsUnderItsOwnName) {
  HOODTRACE_LIVE();
  const TracedRun run = exact_run({"sched"}, kScenario);
  EXPECT_GE(on_cpu_ns(run.report(), "newprog"), 90'000'000U) << run.report()["tasks"].dump();
  EXPECT_LT(on_cpu_ns(run.report(), "leader"), 15'000'000U) << run.report()["tasks"].dump();
  EXPECT_EQ(unshown_switches(run.report()), 0U) << run.report()["events"].dump();
  // de_thread() swaps the tids of the two.
  std::set<int> tids;
  for (const Json& task : run.report()["tasks"])
    EXPECT_TRUE(tids.insert(task["tid"].get<int>()).second) << run.report()["tasks"].dump();
}

TEST(SchedSwap, CommFindsTheNewProgram) {
  HOODTRACE_LIVE();
  LiveTrace trace({"sched", "--comm", "newprog", "--format", "json"});
  ASSERT_TRUE(trace.is_attached()) << trace.error();
  Words scenario = {workload_path()};
  scenario.insert(scenario.end(), kScenario.begin(), kScenario.end());
  ChildProcess workload(scenario);
  ASSERT_EQ(workload.wait(std::chrono::seconds(10)), 0) << workload.error();
  ASSERT_EQ(trace.stop(), 0) << trace.error();
  const TracedRun run = trace.run();
  ASSERT_EQ(run.reports.size(), 1U);
  EXPECT_GE(on_cpu_ns(run.report(), "newprog"), 90'000'000U) << run.report()["tasks"].dump();
}

TEST(FaultsSwap, TheAuditIsExact) {
  HOODTRACE_LIVE();
  for (int i = 0; i < 5; i++) {
    const TracedRun run = trace_workload({"faults"}, kScenario);
    ASSERT_EQ(run.exit_code, 0) << run.error;
    const Json& audit = run.report()["audit"];
    EXPECT_EQ(number(audit, "seen") + number(audit, "gup"), number(audit, "kernel_faults"))
        << audit.dump();
    bool found = false;
    for (const Json& task : run.report()["tasks"]) found = found || task["comm"] == "newprog";
    EXPECT_TRUE(found);
  }
}

TEST(ProcsSwap, TheProcessHasTheNewName) {
  HOODTRACE_LIVE();
  const TracedRun run = trace_workload({"procs"}, kScenario);
  ASSERT_EQ(run.exit_code, 0) << run.error;
  for (const Json& process : run.report()["processes"])
    if (process["pid"] == run.truth["child"]) {
      EXPECT_EQ(process["comm"], "newprog") << process.dump();
    }
}

}  // namespace
}  // namespace hoodtrace::testing
