// SPDX-License-Identifier: GPL-2.0-or-later
// Exactly those are traced who were asked for.

#include <fcntl.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <set>

#include "live/sched/expectations.hpp"
#include "support/own_cgroup.hpp"

namespace hoodtrace::testing {
namespace {

std::set<std::string> comms(const TracedRun& run) {
  std::set<std::string> names;
  for (const Json& task : run.report()["tasks"]) names.insert(task["comm"]);
  return names;
}

// Traces a gated workload while it plays, with the given target.
TracedRun trace_while_it_plays(GatedWorkload& workload, const Words& target) {
  Words words = {"sched", "--format", "json"};
  words.insert(words.end(), target.begin(), target.end());
  LiveTrace trace(words);
  EXPECT_TRUE(trace.is_attached()) << trace.error();
  EXPECT_TRUE(workload.play());
  EXPECT_EQ(trace.stop(), 0) << trace.error();
  TracedRun run = trace.run();
  EXPECT_EQ(run.reports.size(), 1U) << run.error;
  if (!run.reports.empty()) expect_exact_audit(run.report());
  return run;
}

pid_t thread_named(pid_t process, const std::string& name) {
  for (const auto& thread :
       std::filesystem::directory_iterator("/proc/" + std::to_string(process) + "/task")) {
    std::string comm;
    std::getline(std::ifstream(thread.path() / "comm"), comm);
    if (comm == name) return std::stoi(thread.path().filename());
  }
  return 0;
}

TEST(SchedTarget, AThreadAlone) {
  HOODTRACE_LIVE();
  GatedWorkload workload({"spin", "ms=200", "one", "two"});
  ASSERT_TRUE(workload.is_ready());
  const pid_t tid = thread_named(workload.pid(), "two");
  const TracedRun run = trace_while_it_plays(workload, {"--tid", std::to_string(tid)});
  EXPECT_EQ(comms(run), std::set<std::string>{"two"});
  workload.finish();
}

TEST(SchedTarget, ATraceOfAThreadEndsWithTheThread) {
  HOODTRACE_LIVE();
  for (const char* view : {"sched", "faults", "procs"}) {
    GatedWorkload workload({"spin", "ms=200", "one"});
    ASSERT_TRUE(workload.is_ready());
    const pid_t tid = thread_named(workload.pid(), "one");
    LiveTrace trace({view, "--tid", std::to_string(tid)});
    ASSERT_TRUE(trace.is_attached()) << trace.error();
    ASSERT_TRUE(workload.play());
    workload.finish();
    EXPECT_EQ(trace.wait(), 0) << view << trace.error();
  }
}

TEST(SchedTarget, TasksWhoseCommMatches) {
  HOODTRACE_LIVE();
  GatedWorkload workload({"spin", "ms=200", "htglob-one", "htglob-two", "other"});
  ASSERT_TRUE(workload.is_ready());
  const TracedRun run = trace_while_it_plays(workload, {"--comm", "htglob-?w*"});
  EXPECT_EQ(comms(run), std::set<std::string>{"htglob-two"});
  workload.finish();
}

TEST(SchedTarget, ACommThatIsTakenLaterCounts) {
  HOODTRACE_LIVE();
  LiveTrace trace({"sched", "--format", "json", "--comm", "htlate-*"});
  ASSERT_TRUE(trace.is_attached());
  GatedWorkload workload({"spin", "ms=100", "htlate-one"});
  ASSERT_TRUE(workload.is_ready());
  ASSERT_TRUE(workload.play());
  workload.finish();
  ASSERT_EQ(trace.stop(), 0);
  const TracedRun run = trace.run();
  EXPECT_EQ(comms(run), std::set<std::string>{"htlate-one"});
}

TEST(SchedTarget, ACgroupAndThoseBelowIt) {
  HOODTRACE_LIVE();
  const OwnCgroup cgroup;
  if (!cgroup.is_made()) GTEST_SKIP() << "cannot run here: this kernel has no writable cgroup v2";
  GatedWorkload inside({"spin", "ms=200", "inside"});
  GatedWorkload outside({"spin", "ms=200", "outside"});
  ASSERT_TRUE(inside.is_ready() && outside.is_ready());
  cgroup.take_in(inside.pid(), "/inner");
  LiveTrace trace({"sched", "--format", "json", "--cgroup", "/" + cgroup.name()});
  ASSERT_TRUE(trace.is_attached()) << trace.error();
  ASSERT_TRUE(inside.play() && outside.play());
  ASSERT_EQ(trace.stop(), 0);
  const TracedRun run = trace.run();
  ASSERT_EQ(run.reports.size(), 1U);
  EXPECT_TRUE(comms(run).contains("inside"));
  EXPECT_FALSE(comms(run).contains("outside"));
  for (const Json& task : run.report()["tasks"])
    EXPECT_EQ(task["cgroup"], "/" + cgroup.name() + "/inner");
  inside.finish();
  outside.finish();
}

TEST(SchedTarget, ATaskThatMovesIntoTheCgroupIsTracedFromThenOn) {
  HOODTRACE_LIVE();
  const OwnCgroup cgroup;
  if (!cgroup.is_made()) GTEST_SKIP() << "cannot run here: this kernel has no writable cgroup v2";
  GatedWorkload workload({"spin", "ms=200", "mover"});
  ASSERT_TRUE(workload.is_ready());
  LiveTrace trace({"sched", "--format", "json", "--cgroup", cgroup.path()});
  ASSERT_TRUE(trace.is_attached()) << trace.error();
  cgroup.take_in(workload.pid());
  ASSERT_TRUE(workload.play());
  ASSERT_EQ(trace.stop(), 0);
  EXPECT_TRUE(comms(trace.run()).contains("mover"));
  workload.finish();
}

// A systemd unit is a cgroup of its name.
TEST(SchedTarget, AUnitIsItsCgroup) {
  HOODTRACE_LIVE();
  const OwnCgroup cgroup;
  if (!cgroup.is_made()) GTEST_SKIP() << "cannot run here: this kernel has no writable cgroup v2";
  const std::string unit = "httest" + std::to_string(::getpid()) + ".service";
  const std::string folder = cgroup.path() + "/" + unit;
  ASSERT_TRUE(std::filesystem::create_directory(folder));
  {
    GatedWorkload workload({"spin", "ms=200", "served"});
    ASSERT_TRUE(workload.is_ready());
    cgroup.take_in(workload.pid(), "/" + unit);
    const TracedRun run =
        trace_while_it_plays(workload, {"--unit", unit.substr(0, unit.find('.'))});
    EXPECT_TRUE(comms(run).contains("served"));
    workload.finish();
  }
  ::rmdir(folder.c_str());
}

TEST(SchedTarget, ChildrenOfACommandAreFollowedUnlessNot) {
  HOODTRACE_LIVE();
  const auto children = [](const TracedRun& run) {
    std::size_t count = 0;
    for (const std::string& comm : comms(run)) count += comm.starts_with("child-") ? 1 : 0;
    return count;
  };
  EXPECT_EQ(children(exact_run({"sched"}, {"forks", "count=20"})), 20U);
  EXPECT_EQ(children(exact_run({"sched", "--no-follow"}, {"forks", "count=20"})), 0U);
}

TEST(SchedTarget, ChildrenOfAProcessAreFollowedOnlyWhenAsked) {
  HOODTRACE_LIVE();
  for (const bool follow : {false, true}) {
    GatedWorkload workload({"forks", "count=20"});
    ASSERT_TRUE(workload.is_ready());
    Words target = {"--pid", std::to_string(workload.pid())};
    if (follow) target.emplace_back("--follow");
    const TracedRun run = trace_while_it_plays(workload, target);
    std::size_t children = 0;
    for (const std::string& comm : comms(run)) children += comm.starts_with("child-") ? 1 : 0;
    EXPECT_EQ(children, follow ? 20U : 0U);
    workload.finish();
  }
}

// One run, shown three ways. Its last threads may still be exiting when the command has ended: they
// have waits but no counters at the end, so the audit is less than the sum of all rows.
TEST(SchedTarget, GroupsAddUpToTheirThreads) {
  HOODTRACE_LIVE();
  const TemporaryFolder folder;
  const std::string file = folder.file("r");
  const Finished recorded = run_hoodtrace(
      {"record", "sched", "-o", file, "--", workload_path(), "spin", "ms=300", "a", "b"});
  ASSERT_EQ(recorded.exit_code, 0) << recorded.error;
  const auto rows_by = [&](const char* by, const char* rows) -> Json {
    const Finished run = run_hoodtrace({"sched", "--from", file, "--by", by, "--format", "json"});
    return Json::parse(run.output, nullptr, false)[rows];
  };
  const auto wait_ns = [](const Json& rows) {
    std::uint64_t sum = 0;
    for (const Json& row : rows) sum += number(row, "wait_ns");
    return sum;
  };
  const Json threads = rows_by("thread", "tasks");
  EXPECT_EQ(threads.size(), 3U);
  EXPECT_GT(wait_ns(threads), 0U);
  const Json processes = rows_by("process", "tasks");
  ASSERT_EQ(processes.size(), 1U);
  EXPECT_TRUE(processes[0]["tid"].is_null());
  EXPECT_EQ(wait_ns(processes), wait_ns(threads));
  EXPECT_EQ(wait_ns(rows_by("cpu", "cpus")), wait_ns(threads));
}

}  // namespace
}  // namespace hoodtrace::testing
