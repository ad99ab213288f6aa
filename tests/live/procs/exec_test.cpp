// SPDX-License-Identifier: GPL-2.0-or-later
// Which programs were executed, with which arguments: as the workload handed them over.

#include "live/procs/expectations.hpp"

namespace hoodtrace::testing {
namespace {

// The only exec of a child, and the child itself.
Json only_exec(const LifeRun& run, const std::string& name) {
  const Json process = run.process(name);
  if (!process.contains("execs") || process["execs"].size() != 1) {
    ADD_FAILURE() << name << ": " << process.dump();
    return {{"argv", Json::array()}, {"file", ""}, {"time_ns", 0}};
  }
  EXPECT_EQ(process["exit_code"], 0) << process.dump();
  return process["execs"][0];
}

TEST(ProcsExec, ArgumentsAreAsTheyWereGiven) {
  HOODTRACE_LIVE();
  const LifeRun run({"argv"});
  const Json exec = only_exec(run, "argv");
  EXPECT_EQ(exec["argv"], Json({"workload", "quit", "two words", "", "it's", "", "\xc3\xa9nd"}));
  EXPECT_EQ(exec["file"], workload_path());
  EXPECT_EQ(exec["argv_cut"], false);
  EXPECT_TRUE(exec["failed_errno"].is_null());
  EXPECT_TRUE(exec["interpreter"].is_null());
}

TEST(ProcsExec, ThreeHundredArguments) {
  HOODTRACE_LIVE();
  const LifeRun run({"many_arguments"});
  const Json argv = only_exec(run, "many_arguments")["argv"];
  ASSERT_EQ(argv.size(), 300U);
  for (std::size_t i = 2; i < argv.size(); i++) EXPECT_EQ(argv[i], "argument-" + std::to_string(i));
}

TEST(ProcsExec, AHundredKibibytesAreCutAt64AndMarked) {
  HOODTRACE_LIVE();
  const LifeRun run({"large_argument"});
  const Json exec = only_exec(run, "large_argument");
  EXPECT_EQ(exec["argv_bytes"], 9 + 5 + 100 * 1024 + 1 + 5);
  EXPECT_EQ(exec["argv_cut"], true);
  ASSERT_EQ(exec["argv"].size(), 3U);
  EXPECT_EQ(exec["argv"][2], std::string(65'536 - 9 - 5, 'x'));
}

TEST(ProcsExec, ExecveatAndFexecveNameTheFile) {
  HOODTRACE_LIVE();
  const LifeRun run({"execveat", "fexecve"});
  const Json at = only_exec(run, "execveat");
  EXPECT_EQ(at["argv"], Json({"workload", "quit", "by execveat"}));
  EXPECT_EQ(at["own_name"], "workload");
  const Json by_fd = only_exec(run, "fexecve");
  EXPECT_EQ(by_fd["argv"], Json({"workload", "quit", "by fexecve"}));
  EXPECT_TRUE(by_fd["file"].get<std::string>().starts_with("/dev/fd/")) << by_fd.dump();
  EXPECT_EQ(by_fd["own_name"], "workload");
}

TEST(ProcsExec, AScriptHasItsInterpreter) {
  HOODTRACE_LIVE();
  const LifeRun run({"script"});
  const Json exec = only_exec(run, "script");
  const auto file = exec["file"].get<std::string>();
  EXPECT_TRUE(file.ends_with("/script")) << file;
  EXPECT_EQ(exec["interpreter"], workload_path());
  EXPECT_EQ(exec["argv"], Json({workload_path(), "quit", file, "with a word"}));
}

TEST(ProcsExec, FailedExecsHaveTheirErrnoAndTheirArguments) {
  HOODTRACE_LIVE();
  const LifeRun run({"failed"}, {"--exec-failures"});
  const Json process = run.process("failed");
  ASSERT_EQ(process["execs"].size(), 2U) << process.dump();
  EXPECT_EQ(process["execs"][0]["failed_errno"], ENOENT);
  EXPECT_EQ(process["execs"][0]["argv"], Json({"missing", "some words", ""}));
  EXPECT_TRUE(process["execs"][0]["file"].get<std::string>().ends_with("/missing"));
  EXPECT_EQ(process["execs"][1]["failed_errno"], EACCES);
  EXPECT_EQ(process["exit_code"], 9);
  EXPECT_EQ(run.run().report()["audit"]["failed_execs"], 2);
}

TEST(ProcsExec, FailedExecsThatNobodyAskedForAreNotZero) {
  HOODTRACE_LIVE();
  const LifeRun run({"failed"});
  EXPECT_TRUE(run.process("failed")["execs"].empty());
  EXPECT_TRUE(run.run().report()["audit"]["failed_execs"].is_null());
}

TEST(ProcsExec, AnExecByAThreadIsTheProcesss) {
  HOODTRACE_LIVE();
  const LifeRun run({"thread_exec"}, {"--threads"});
  EXPECT_EQ(only_exec(run, "thread_exec")["argv"], Json({"workload", "quit", "by a thread"}));
  const Json process = run.process("thread_exec");
  EXPECT_EQ(process["threads"], 2);
  EXPECT_FALSE(process["on_cpu_ns"].is_null());
  EXPECT_GE(process["exit_ns"], process["execs"][0]["time_ns"]);
  ASSERT_EQ(process["thread_lives"].size(), 1U);
  EXPECT_LE(process["thread_lives"][0]["exit_ns"], process["execs"][0]["time_ns"]);
}

TEST(ProcsExec, VforkAndPosixSpawn) {
  HOODTRACE_LIVE();
  const LifeRun run({"vfork", "spawn"});
  EXPECT_EQ(only_exec(run, "vfork")["argv"], Json({"workload", "quit", "after vfork"}));
  EXPECT_EQ(run.process("vfork")["birth"], "vfork");
  EXPECT_EQ(only_exec(run, "spawn")["argv"], Json({"workload", "quit", "spawned"}));
  // The C library's choice: CLONE_VFORK in glibc.
  EXPECT_TRUE(run.process("spawn")["birth"] == "vfork" ||
              run.process("spawn")["birth"] == "process");
}

TEST(ProcsExec, WithoutArgvNothingOfItIsTold) {
  HOODTRACE_LIVE();
  const LifeRun run({"argv"}, {"--no-argv"});
  const Json exec = only_exec(run, "argv");
  EXPECT_TRUE(exec["argv"].is_null());
  EXPECT_EQ(exec["argv_cut"], true);
  EXPECT_EQ(run.run().report().dump().find("two words"), std::string::npos);
}

}  // namespace
}  // namespace hoodtrace::testing
