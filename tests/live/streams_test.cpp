// SPDX-License-Identifier: GPL-2.0-or-later
// Recordings through pipes, and what a run that fails leaves of the files that it names.

#include <gtest/gtest.h>
#include <unistd.h>

#include <csignal>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "live/sched/expectations.hpp"
#include "support/own_cgroup.hpp"
#include "support/temporary_folder.hpp"

namespace hoodtrace::testing {
namespace {

std::string content_of(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

// As another program starts it: words after `sh -c`, with $0 the tracer and $1 the workload.
Finished run_shell(const std::string& script) {
  ChildProcess process({"/bin/sh", "-c", script, HOODTRACE_BINARY, workload_path()});
  Finished finished;
  finished.exit_code = process.wait(std::chrono::seconds(60));
  finished.output = process.output();
  finished.error = process.error();
  return finished;
}

TEST(Streams, ARecordingThroughAPipeIsTheRecording) {
  HOODTRACE_LIVE();
  const TemporaryFolder folder;
  const std::string file = folder.file("x");
  // It runs until it is killed: attaching takes a while on a busy machine.
  const Finished run = run_shell(
      "\"$1\" pipe ms=50000 > /dev/null & target=$!; \"$0\" record sched --pid $target -d 1 -o - | "
      "tee " +
      file + " | \"$0\" sched --from - --format json; code=$?; kill $target; exit $code");
  EXPECT_EQ(run.exit_code, 0) << run.error;
  const Json piped = Json::parse(run.output, nullptr, false);
  ASSERT_TRUE(piped.is_object()) << run.output << run.error;
  const Finished again = run_hoodtrace({"sched", "--from", file, "--format", "json"});
  EXPECT_EQ(Json::parse(again.output, nullptr, false), piped);
  EXPECT_FALSE(piped["tasks"].empty());
  const Finished info = run_shell("\"$0\" info - --format json < " + file);
  EXPECT_EQ(Json::parse(info.output, nullptr, false)["whole"], true) << info.error;
}

TEST(Streams, AClosedPipeIsNoError) {
  HOODTRACE_LIVE();
  const Finished run = run_shell("\"$0\" doctor | head -n 1");
  EXPECT_EQ(run.error, "");
  EXPECT_NE(run.output, "");
}

TEST(Streams, ARunThatDoesNotBeginDestroysNoFile) {
  HOODTRACE_LIVE();
  const TemporaryFolder folder;
  const std::string file = folder.file("old");
  std::ofstream(file) << "older";
  const Words program = {"--", "/no/such/program"};
  const std::vector<Words> lines = {{"record", "-o", file},
                                    {"sched", "-o", file},
                                    {"sched", "-w", file},
                                    {"export", "--to", "csv", "-o", file}};
  for (Words words : lines) {
    words.insert(words.end(), program.begin(), program.end());
    EXPECT_NE(run_hoodtrace(words).exit_code, 0) << words[0];
    EXPECT_EQ(content_of(file), "older") << words[0];
  }
  for (Words words : lines) {
    words.back() = folder.file("new");
    words.insert(words.end(), program.begin(), program.end());
    EXPECT_NE(run_hoodtrace(words).exit_code, 0) << words[0];
    EXPECT_FALSE(std::filesystem::exists(folder.file("new"))) << words[0];
  }
}

// What the first look at a recording of everything is narrowed to afterwards.
TEST(Streams, ATargetChosenAfterwardsHasTheNumbersOfTheRecording) {
  HOODTRACE_LIVE();
  const TemporaryFolder folder;
  const std::string file = folder.file("x");
  const Finished made = run_hoodtrace(
      {"record", "sched", "procs", "-o", file, "--", workload_path(), "storm", "groups=2"});
  ASSERT_EQ(made.exit_code, 0) << made.error;
  const auto tasks = [&file](Words words) {
    words.insert(words.begin(), {"sched", "--from", file, "--format", "json"});
    return Json::parse(run_hoodtrace(words).output, nullptr, false)["tasks"];
  };
  const Json all = tasks({});
  ASSERT_GT(all.size(), 2U);
  const Json& one = all[all.size() / 2];
  const Json chosen = tasks({"--tid", std::to_string(one["tid"].get<int>())});
  ASSERT_EQ(chosen.size(), 1U);
  for (const char* key : {"on_cpu_ns", "wait_ns", "runs", "voluntary_switches"})
    EXPECT_EQ(chosen[0][key], one[key]) << key;
}

// timeout(1) signals its child, and a moment later the child's group.
TEST(Streams, TwoSignalsAtOnceEndWithTheReport) {
  HOODTRACE_LIVE();
  LiveTrace trace({"sched", "--pid", std::to_string(::getpid()), "--format", "json"});
  ASSERT_TRUE(trace.is_attached()) << trace.error();
  ::kill(trace.pid(), SIGTERM);
  ::usleep(3'000);
  ::kill(trace.pid(), SIGTERM);
  EXPECT_EQ(trace.wait(), 0) << trace.error();
  EXPECT_EQ(trace.run().reports.size(), 1U) << trace.error();
}

TEST(Streams, AContainerIsFoundByHowItsIdBegins) {
  HOODTRACE_LIVE();
  const OwnCgroup cgroup;
  if (!cgroup.is_made()) GTEST_SKIP() << "cannot run here: this kernel has no writable cgroup v2";
  const std::string id = "0123456789abcdef0123456789abcdef";
  const std::string scope = cgroup.path() + "/docker-" + id + ".scope";
  ASSERT_TRUE(std::filesystem::create_directory(scope));
  const Finished run =
      run_shell("echo $$ > " + scope +
                "/cgroup.procs; \"$1\" pipe ms=50000 > /dev/null & target=$!; "
                "\"$0\" sched --container 0123456789ab -d 1 --format json; code=$?; "
                "kill $target; exit $code");
  EXPECT_EQ(run.exit_code, 0) << run.error;
  const Json report = Json::parse(run.output, nullptr, false);
  EXPECT_EQ(report["target"], "container 0123456789ab");
  ASSERT_FALSE(report["tasks"].empty());
  for (const Json& task : report["tasks"])
    EXPECT_NE(task["cgroup"].get<std::string>().find(id), std::string::npos) << task.dump();
  EXPECT_NE(run_hoodtrace({"sched", "--container", "ffff"}).error.find("no running container"),
            std::string::npos);
  ::rmdir(scope.c_str());
}

}  // namespace
}  // namespace hoodtrace::testing
