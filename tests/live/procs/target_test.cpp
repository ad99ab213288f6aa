// SPDX-License-Identifier: GPL-2.0-or-later
// Whom procs shows: containers, cgroups, those that were there before, zombies, failures.

#include <fmt/format.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <filesystem>
#include <fstream>

#include "live/procs/expectations.hpp"
#include "support/own_cgroup.hpp"
#include "support/temporary_folder.hpp"

namespace hoodtrace::testing {
namespace {

TEST(ProcsTarget, AForkIntoNamespacesHasBothPids) {
  HOODTRACE_LIVE();
  const LifeRun run({"namespaces"});
  if (run.truth("namespaces").empty()) GTEST_SKIP() << "cannot run here: no new pid namespace";
  ASSERT_EQ(run.truth("namespaces")["status"], 0);
  const Json process = run.process("namespaces");
  EXPECT_EQ(process["birth"], "process into a new pid namespace, UTS namespace");
  EXPECT_EQ(process["ns_pid"], 1);
  std::size_t inner = 0;
  for (const Json& other : run.run().report()["processes"]) {
    if (other["parent_pid"] != process["pid"]) continue;
    inner++;
    EXPECT_EQ(other["ns_pid"], 2);
    EXPECT_EQ(other["exit_code"], 6);
  }
  EXPECT_EQ(inner, 1U);
}

TEST(ProcsTarget, APidGivenInsideAContainerIsTranslated) {
  HOODTRACE_LIVE();
  // unshare's child is process 1 of a new pid namespace; what it starts gets small numbers there.
  const TemporaryFolder folder;
  // The shell prints a line when it has become the program that the tracer must find.
  const std::string script =
      "sh -c 'echo > " + folder.file("ready") + "; read line; exit 9' < " + folder.file("gate") +
      " & target=$!; exec 3<> " + folder.file("gate") + "; while ! test -e " +
      folder.file("ready") + "; do sleep 0.02; done; " + HOODTRACE_BINARY +
      " procs --format json -o " + folder.file("report") +
      " --pid $target & tracer=$!; for i in $(seq 400); do test -e " + folder.file("go") +
      " && break; sleep 0.05; done; echo >&3; wait $tracer";
  ASSERT_EQ(::system(("mkfifo " + folder.file("gate")).c_str()), 0);
  ChildProcess container(
      {"/usr/bin/unshare", "--pid", "--fork", "--mount-proc", "/bin/sh", "-c", script});
  // hoodtrace has attached after that time, also on a busy machine. Under emulation loading alone
  // takes longer.
  ::sleep(std::getenv("HOODTRACE_VM_ACCEL") == nullptr ? 3 : 12);
  std::ofstream(folder.file("go")) << "go\n";
  ASSERT_EQ(container.wait(std::chrono::seconds(60)), 0) << container.error();
  std::ifstream file(folder.file("report"));
  const Json report = Json::parse(file, nullptr, false);
  ASSERT_FALSE(report.is_discarded());
  ASSERT_EQ(report["processes"].size(), 1U) << report.dump();
  const Json& process = report["processes"][0];
  EXPECT_EQ(process["ns_pid"], 2);
  EXPECT_NE(process["pid"], 2);
  EXPECT_EQ(process["exit_code"], 9);
  EXPECT_EQ(process["execs"][0]["argv"],
            Json({"sh", "-c", "echo > " + folder.file("ready") + "; read line; exit 9"}));
}

TEST(ProcsTarget, AForkIntoAnotherCgroupHasItsUnit) {
  HOODTRACE_LIVE();
  const OwnCgroup cgroup;
  if (!cgroup.is_made()) GTEST_SKIP() << "cannot run here: this kernel has no writable cgroup v2";
  const std::string folder = cgroup.path() + "/httest.service";
  ASSERT_TRUE(std::filesystem::create_directory(folder));
  ::setenv("WORKLOAD_CGROUP", folder.c_str(), 1);
  const LifeRun run({"cgroup"});
  ::unsetenv("WORKLOAD_CGROUP");
  ::rmdir(folder.c_str());
  const Json process = run.process("cgroup");
  ASSERT_FALSE(process.empty());
  EXPECT_EQ(process["birth"], "process into another cgroup");
  EXPECT_EQ(process["cgroup"], "/" + cgroup.name() + "/httest.service");
  EXPECT_EQ(process["unit"], "httest.service");
  EXPECT_TRUE(process_of(run.run().report(), run.run().truth["pid"])["unit"].is_null() ||
              process_of(run.run().report(), run.run().truth["pid"])["unit"] != "httest.service");
}

TEST(ProcsTarget, AnOlderProcessHasItsArgvAndNoTimes) {
  HOODTRACE_LIVE();
  GatedWorkload workload({"spin", "ms=10", "spinner"});
  ASSERT_TRUE(workload.is_ready());
  LiveTrace trace({"procs", "--format", "json", "--pid", std::to_string(workload.pid())});
  ASSERT_TRUE(trace.is_attached()) << trace.error();
  ASSERT_TRUE(workload.play());
  workload.finish();
  ASSERT_EQ(trace.wait(), 0) << trace.error();
  const TracedRun run = trace.run();
  const Json process = process_of(run.report(), static_cast<std::uint64_t>(workload.pid()));
  ASSERT_EQ(process["execs"].size(), 1U) << process.dump();
  EXPECT_TRUE(process["execs"][0]["time_ns"].is_null());
  EXPECT_EQ(process["execs"][0]["file"], workload_path());
  EXPECT_EQ(process["execs"][0]["argv"],
            Json({workload_path(), "--gate", "spin", "ms=10", "spinner"}));
  for (const char* key : {"fork_ns", "first_run_ns", "birth"})
    EXPECT_TRUE(process[key].is_null()) << key;
  EXPECT_EQ(process["exit_code"], 0);
  EXPECT_EQ(run.report()["audit"]["execs"], 0);
}

// Its parent, which is not traced, sleeps in wait4 already when the child gets the name.
TEST(ProcsTarget, WhoJoinsByItsNameIsSeenBeingReaped) {
  HOODTRACE_LIVE();
  const TemporaryFolder folder;
  ASSERT_EQ(::symlink(workload_path().c_str(), folder.file("htjoins").c_str()), 0);
  LiveTrace trace({"procs", "--format", "json", "--comm", "htjoins*"});
  ASSERT_TRUE(trace.is_attached()) << trace.error();
  ChildProcess shell({"/bin/sh", "-c",
                      "(sleep 0.2; exec " + folder.file("htjoins") + " quit by-name); " +
                          folder.file("htjoins") + " quit again; sleep 0.2; true"});
  ASSERT_EQ(shell.wait(std::chrono::seconds(60)), 0);
  ASSERT_EQ(trace.stop(), 0) << trace.error();
  const Json report = trace.run().report();
  EXPECT_EQ(report["processes"].size(), 2U) << report.dump();
  for (const Json& process : report["processes"]) {
    EXPECT_FALSE(process["reaped_ns"].is_null()) << process.dump();
    EXPECT_EQ(process["reaped_by_tid"], shell.pid());
    EXPECT_LT(process["zombie_ns"].get<std::uint64_t>(), 150'000'000U) << process.dump();
  }
}

TEST(ProcsTarget, WhoJoinsByItsCgroupIsSeenBeingReaped) {
  HOODTRACE_LIVE();
  const OwnCgroup cgroup;
  if (!cgroup.is_made()) GTEST_SKIP() << "cannot run here: this kernel has no writable cgroup v2";
  LiveTrace trace({"procs", "--format", "json", "--cgroup", cgroup.path() + "/inner"});
  ASSERT_TRUE(trace.is_attached()) << trace.error();
  ChildProcess shell({"/bin/sh", "-c",
                      "(sleep 0.2; echo 0 > " + cgroup.path() +
                          "/inner/cgroup.procs; sleep 0.1); sleep 0.2; true"});
  ASSERT_EQ(shell.wait(std::chrono::seconds(60)), 0);
  ASSERT_EQ(trace.stop(), 0) << trace.error();
  const Json report = trace.run().report();
  ASSERT_FALSE(report["processes"].empty());
  for (const Json& process : report["processes"])
    EXPECT_FALSE(process["reaped_ns"].is_null()) << process.dump();
}

TEST(ProcsTarget, AZombieIsReportedWithItsParent) {
  HOODTRACE_LIVE();
  const pid_t child = ::fork();
  if (child == 0) {
    ::pause();
    ::_exit(0);
  }
  LiveTrace trace({"procs", "--pid", std::to_string(child)});
  ASSERT_TRUE(trace.is_attached()) << trace.error();
  ::kill(child, SIGTERM);
  ASSERT_EQ(trace.wait(), 0);
  ::waitpid(child, nullptr, 0);
  const std::string text = trace.text();
  EXPECT_NE(text.find("killed by SIGTERM"), std::string::npos) << text;
  EXPECT_NE(text.find(fmt::format("({}) for ", child)), std::string::npos) << text;
  EXPECT_NE(text.find(fmt::format("to be reaped by live_tests ({})", ::getpid())),
            std::string::npos)
      << text;
}

// ps shows its pid, but there is nothing left to trace.
TEST(ProcsTarget, EveryViewOfAZombieNamesItsParent) {
  HOODTRACE_LIVE();
  const pid_t child = ::fork();
  if (child == 0) ::_exit(0);
  siginfo_t info{};
  ASSERT_EQ(::waitid(P_PID, static_cast<id_t>(child), &info, WEXITED | WNOWAIT), 0);
  const std::string zombie = fmt::format(
      "process {} (live_tests) has ended and waits to be reaped by its parent {} "
      "(live_tests)",
      child, ::getpid());
  for (const std::string view : {"sched", "why", "faults", "cache", "procs"}) {
    LiveTrace trace({view, "--pid", std::to_string(child)});
    EXPECT_EQ(trace.wait(), 0) << view << ": " << trace.error();
    EXPECT_NE(trace.text().find(zombie), std::string::npos) << view << ": " << trace.text();
  }
  ::waitpid(child, nullptr, 0);
}

TEST(ProcsTarget, OnlyFailedProcessesWithTheirCommand) {
  HOODTRACE_LIVE();
  const Finished run = run_hoodtrace({"procs", "--failed", "--", "/bin/sh", "-c",
                                      "true; (exit 7); sh -c 'exit 3' 'two words'; exit 0"});
  EXPECT_EQ(run.exit_code, 0);
  EXPECT_NE(run.error.find("exit 3"), std::string::npos) << run.error;
  EXPECT_NE(run.error.find("sh -c 'exit 3' 'two words'\n"), std::string::npos) << run.error;
  EXPECT_NE(run.error.find("fork of: /bin/sh -c "), std::string::npos) << run.error;
  EXPECT_EQ(run.error.find("exit 0 after"), std::string::npos) << run.error;
}

TEST(ProcsTarget, OnlySlowProcesses) {
  HOODTRACE_LIVE();
  const LifeRun run({"exits", "awaited"}, {"--slow", "25ms"});
  EXPECT_FALSE(run.process("awaited").empty());
  // A machine in use may make any of them slow; that all three are is not to be believed.
  EXPECT_TRUE(run.process("exit_0").empty() || run.process("exit_7").empty() ||
              run.process("killed").empty());
}

}  // namespace
}  // namespace hoodtrace::testing
