// SPDX-License-Identifier: GPL-2.0-or-later
// Which programs were executed, with which arguments: as the workload handed them over.

#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <sstream>

#include "live/procs/expectations.hpp"
#include "support/temporary_folder.hpp"

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

TEST(ProcsExec, FailedExecsWithoutTheOptionAreAbsentNotZero) {
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

TEST(ProcsExec, TheFileIsTheOneThatProcSelfExeShows) {
  HOODTRACE_LIVE();
  const LifeRun run({"argv", "link", "relative", "execveat", "fexecve", "memfd", "script"});
  const std::string self = std::filesystem::canonical(workload_path());
  EXPECT_EQ(only_exec(run, "argv")["exe"], self);
  const Json link = only_exec(run, "link");
  EXPECT_TRUE(link["file"].get<std::string>().ends_with("/another-name"));
  for (const char* name : {"link", "relative", "execveat", "fexecve", "script"})
    EXPECT_EQ(only_exec(run, name)["exe"], self) << name;
  EXPECT_EQ(only_exec(run, "memfd")["exe"], "/memfd:own (deleted)");
  EXPECT_TRUE(link["uid"].is_null());  // nobody asked
  EXPECT_TRUE(link["cwd"].is_null());
}

TEST(ProcsExec, WithWhoTheUserAndTheWorkingDirectoryAreKnown) {
  HOODTRACE_LIVE();
  const LifeRun run({"argv", "relative"}, {"--with", "who"});
  const std::string self = std::filesystem::canonical(workload_path());
  const Json relative = only_exec(run, "relative");
  EXPECT_EQ(relative["uid"], 65534);
  EXPECT_EQ(relative["cwd"], std::filesystem::path(self).parent_path().string());
  EXPECT_EQ(relative["file"], "./" + std::filesystem::path(self).filename().string());
  EXPECT_EQ(only_exec(run, "argv")["uid"], ::getuid());
  EXPECT_EQ(only_exec(run, "argv")["cwd"], std::filesystem::current_path().string());
}

TEST(ProcsExec, AMissingInterpreterIsNamed) {
  HOODTRACE_LIVE();
  const LifeRun run({"no_interpreter"}, {"--exec-failures"});
  const Json process = run.process("no_interpreter");
  ASSERT_EQ(process["execs"].size(), 2U) << process.dump();
  EXPECT_EQ(process["execs"][0]["failed_errno"], ENOENT);
  EXPECT_EQ(process["execs"][0]["missing_interpreter"], "/nowhere/interpreter");
  EXPECT_EQ(process["execs"][1]["failed_errno"], ENOENT);
  EXPECT_TRUE(process["execs"][1]["missing_interpreter"].is_null());
}

// A path below the working directory, of a task that is gone when its file is looked at; and an
// interpreter that is itself a script.
TEST(ProcsExec, AMissingInterpreterIsNamedForARelativePath) {
  HOODTRACE_LIVE();
  const TemporaryFolder folder;
  const std::string inner = folder.file("inner");
  std::ofstream(inner) << "#!/nowhere/interpreter -x\n";
  std::ofstream(folder.file("outer")) << "#! " << inner << "\n";
  for (const char* name : {"inner", "outer"}) ::chmod(folder.file(name).c_str(), 0755);
  const std::string out = folder.file("report.json");
  ChildProcess process({HOODTRACE_BINARY, "procs", "--exec-failures", "--format", "json", "-o", out,
                        "--", "/bin/sh", "-c",
                        "cd '" + inner.substr(0, inner.rfind('/')) +
                            "' && (exec ./inner); (exec ./outer); (exec " + folder.file("outer") +
                            "); (exec ./none); true"});
  ASSERT_EQ(process.wait(std::chrono::seconds(60)), 0) << process.error();
  std::ifstream file(out);
  const Json report = Json::parse(file, nullptr, false);
  std::size_t named = 0;
  for (const Json& life : report["processes"])
    for (const Json& exec : life["execs"]) {
      if (exec["failed_errno"].is_null()) continue;
      EXPECT_EQ(exec["failed_errno"], ENOENT);
      EXPECT_TRUE(exec["cwd"].is_null());
      const bool is_there = !exec["file"].get<std::string>().ends_with("none");
      EXPECT_EQ(exec["missing_interpreter"],
                is_there ? Json("/nowhere/interpreter") : Json(nullptr))
          << exec.dump();
      named += is_there ? 1 : 0;
    }
  EXPECT_EQ(named, 3U) << report.dump();
}

// The search in PATH would show as the target's own failed execs.
TEST(ProcsExec, TheLookUpOfTheCommandIsNotTraced) {
  HOODTRACE_LIVE();
  const TemporaryFolder folder;
  const std::string out = folder.file("report.json");
  const std::string path = std::string("PATH=/nowhere:/also/nowhere:") + std::getenv("PATH");
  ChildProcess process({"/usr/bin/env", path, HOODTRACE_BINARY, "procs", "--exec-failures",
                        "--format", "json", "-o", out, "--", "true"});
  ASSERT_EQ(process.wait(std::chrono::seconds(60)), 0);
  std::ifstream file(out);
  const Json report = Json::parse(file, nullptr, false);
  EXPECT_EQ(report["audit"]["failed_execs"], 0) << report.dump();
  EXPECT_EQ(report["audit"]["execs"], 1);
  ASSERT_EQ(report["processes"].size(), 1U);
  EXPECT_EQ(report["processes"][0]["execs"][0]["argv"], Json({"true"}));
}

// The fields of the first line of `text` that ends with `end`.
Words fields_of_line(const std::string& text, const std::string& end) {
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    if (!line.ends_with(end)) continue;
    std::istringstream fields(line);
    return {std::istream_iterator<std::string>(fields), {}};
  }
  return {};
}

// Of one process all programs that it became, in a line each; of one that never executed a program no
// time from an exec to the exit.
TEST(ProcsExec, TheTreeShowsEveryExecAndNoExecToExitWithoutOne) {
  HOODTRACE_LIVE();
  const Finished run =
      run_hoodtrace({"procs", "--tree", "-o", "-", "--", "/bin/sh", "-c",
                     "/bin/sh -c \"exec /bin/sh -c 'exec /bin/true one'\"; (exit 3); (exit 4); :"});
  ASSERT_EQ(run.exit_code, 0) << run.error;
  EXPECT_FALSE(fields_of_line(run.output, "→ /bin/sh -c 'exec /bin/true one'").empty())
      << run.output;
  EXPECT_FALSE(fields_of_line(run.output, "→ /bin/true one").empty()) << run.output;
  // The command's, its child's, and the child's other two.
  EXPECT_NE(run.output.find("execs: 4,"), std::string::npos) << run.output;
  // PID, when it was born, to its first run (each time with its unit), to its exec, to its exit.
  const Words never = fields_of_line(run.output, "exit 3   ├─ (sh)");
  ASSERT_GT(never.size(), 7U) << run.output;
  EXPECT_EQ(never[5], "-") << run.output;
  EXPECT_EQ(never[6], "-") << run.output;
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

TEST(ProcsExec, WithoutArgvNoArgumentIsRecorded) {
  HOODTRACE_LIVE();
  const LifeRun run({"argv"}, {"--no-argv"});
  const Json exec = only_exec(run, "argv");
  EXPECT_TRUE(exec["argv"].is_null());
  EXPECT_EQ(exec["argv_cut"], true);
  EXPECT_EQ(run.run().report().dump().find("two words"), std::string::npos);
}

}  // namespace
}  // namespace hoodtrace::testing
