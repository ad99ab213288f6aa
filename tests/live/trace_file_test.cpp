// SPDX-License-Identifier: GPL-2.0-or-later
// Recordings of the running kernel: what is viewed live and replayed is the same, byte for byte,
// and whatever ends a recording, what is in the file replays.

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <ctime>
#include <fstream>
#include <sstream>

#include "command/command_table.hpp"
#include "live/sched/expectations.hpp"
#include "support/temporary_folder.hpp"

namespace hoodtrace::testing {
namespace {

std::string content(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

std::uint64_t file_bytes(const std::string& path) {
  struct stat status {};
  return ::stat(path.c_str(), &status) == 0 ? static_cast<std::uint64_t>(status.st_size) : 0;
}

std::uint64_t boot_ns() {
  timespec now{};
  ::clock_gettime(CLOCK_BOOTTIME, &now);
  return static_cast<std::uint64_t>(now.tv_sec) * 1'000'000'000 +
         static_cast<std::uint64_t>(now.tv_nsec);
}

Json parsed(const Finished& run) {
  EXPECT_EQ(run.exit_code, 0) << run.error;
  return Json::parse(run.output, nullptr, false);
}

Json info(const std::string& path) {
  return parsed(run_hoodtrace({"info", path, "--format", "json"}));
}

Json sched(const std::string& path) {
  return parsed(run_hoodtrace({"sched", "--from", path, "--format", "json"}));
}

// The command, live with -w and then --from that recording: the same bytes.
void expect_same_live_and_replayed(const Words& command, const Words& workload) {
  const TemporaryFolder folder;
  Words live = command;
  live.insert(live.end(),
              {"-w", folder.file("rec"), "-o", folder.file("live"), "--", workload_path()});
  live.insert(live.end(), workload.begin(), workload.end());
  Words replay = command;
  // A recording has its intervals.
  if (const auto at = std::find(replay.begin(), replay.end(), "-i"); at != replay.end())
    replay.erase(at, at + 2);
  replay.insert(replay.end(), {"--from", folder.file("rec"), "-o", folder.file("replay")});
  const Finished first = run_hoodtrace(live);
  ASSERT_EQ(first.exit_code, 0) << first.error;
  const Finished second = run_hoodtrace(replay);
  ASSERT_EQ(second.exit_code, 0) << second.error;
  const std::string shown = content(folder.file("live"));
  EXPECT_GT(shown.size(), 100U);
  EXPECT_EQ(shown, content(folder.file("replay")));
}

TEST(TraceFile, EveryViewIsTheSameLiveAndReplayed) {
  HOODTRACE_LIVE();
  for (const Command& command : kCommands) {
    // These show no report of their own at the end.
    const std::vector<std::string_view> others = {"record", "export", "top", "serve"};
    if (!command.has(OptionGroup::kTee) ||
        std::find(others.begin(), others.end(), command.name) != others.end())
      continue;
    SCOPED_TRACE(command.name);
    expect_same_live_and_replayed({std::string(command.name), "--format", "json"},
                                  {"forks", "count=50"});
  }
}

TEST(TraceFile, TextIntervalsAndLongWaitsAreTheSameLiveAndReplayed) {
  HOODTRACE_LIVE();
  expect_same_live_and_replayed({"sched", "-i", "200ms", "--threshold", "10us"},
                                {"pipe", "ms=1000"});
  expect_same_live_and_replayed({"sched", "--wakers", "--format", "csv"}, {"pipe", "trips=500"});
  expect_same_live_and_replayed({"procs"}, {"forks", "count=50"});
}

TEST(TraceFile, KilledWhileRecordingItReplaysWhatWasFlushed) {
  HOODTRACE_LIVE();
  GatedWorkload target({"pipe", "ms=4000"});
  ASSERT_TRUE(target.is_ready());
  LiveTrace trace({"record", "sched", "--pid", std::to_string(target.pid())});
  ASSERT_TRUE(trace.is_attached());
  ASSERT_TRUE(target.play());  // four seconds, and its end
  ::sleep(2);                  // twice the time after which all must be in the file
  ::kill(trace.pid(), SIGKILL);
  trace.wait();
  const Json facts = info(trace.file());
  EXPECT_EQ(facts["whole"], false);
  EXPECT_EQ(facts["ended"], false);
  const Json report = sched(trace.file());
  Json lost = report["events"]["lost"];
  EXPECT_EQ(lost["cut"], 1);
  const std::uint64_t unreported = lost.value("unshown", std::uint64_t{0});
  lost.erase("cut");
  lost.erase("unshown");
  EXPECT_EQ(lost, Json::object());
  // Every run until it went to sleep at the end is there, as many as the kernel counted.
  std::uint64_t kernels = 0;
  for (const auto& [tid, counters] : target.counters()) kernels += counters.pcount;
  std::uint64_t shown = 0;
  for (const Json& task : report["tasks"]) shown += task["runs"].get<std::uint64_t>();
  EXPECT_GE(shown + unreported + 2, kernels);
  EXPECT_LE(shown, kernels + 10);
  target.finish();
}

TEST(TraceFile, AFullDiskIsReportedAndTheFileIsComplete) {
  HOODTRACE_LIVE();
  const TemporaryFolder folder;
  // A disk of 16 MiB in a mount namespace of its own: one or two blocks fit.
  const std::string script =
      "mkdir " + folder.file("disk") + " && mount -t tmpfs -o size=16m none " +
      folder.file("disk") + " && { " + HOODTRACE_BINARY + " record sched --compress none -o " +
      folder.file("disk/x") + " -- " + workload_path() + " pipe trips=400000; code=$?; cp " +
      folder.file("disk/x") + " " + folder.file("x") + "; exit $code; }";
  ChildProcess shell({"/usr/bin/unshare", "-m", "/bin/sh", "-c", script});
  EXPECT_EQ(shell.wait(std::chrono::seconds(90)), 1);
  EXPECT_NE(shell.error().find("No space left on device"), std::string::npos) << shell.error();
  EXPECT_NE(shell.error().find("the file"), std::string::npos) << shell.error();
  EXPECT_NE(shell.error().find("not written"), std::string::npos) << shell.error();
  const Json facts = info(folder.file("x"));
  EXPECT_EQ(facts["whole"], true);
  EXPECT_GT(facts["kinds"]["switch"]["records"], 1000);
}

TEST(TraceFile, EndsCompleteBelowItsMaximalSize) {
  HOODTRACE_LIVE();
  const TemporaryFolder folder;
  const Finished run =
      run_hoodtrace({"record", "sched", "--max-size", "128K", "-o", folder.file("x"), "--",
                     workload_path(), "pipe", "trips=1000000"});
  EXPECT_EQ(run.exit_code, 0) << run.error;
  EXPECT_NE(run.error.find("--max-size"), std::string::npos) << run.error;
  EXPECT_LE(file_bytes(folder.file("x")), 128U * 1024);
  EXPECT_EQ(info(folder.file("x"))["whole"], true);
}

TEST(TraceFile, AReportThatHasMoreThanItsRecordingSaysSo) {
  HOODTRACE_LIVE();
  const TemporaryFolder folder;
  const std::string file = folder.file("x");
  const Finished run =
      run_hoodtrace({"sched", "--format", "json", "-o", folder.file("report"), "-w", file,
                     "--max-size", "64K", "--", workload_path(), "pipe", "trips=50000"});
  EXPECT_EQ(run.exit_code, 0) << run.error;
  EXPECT_NE(run.error.find(" more, which are not written: beyond --max-size"), std::string::npos)
      << run.error;
  EXPECT_LE(file_bytes(file), 64U * 1024);
  const Json facts = info(file);
  EXPECT_EQ(facts["whole"], true);
  // The file says as well what it lacks.
  EXPECT_GT(facts["events"]["lost"]["unwritten"], 0);
}

TEST(TraceFile, OneFamilyAloneIsRecorded) {
  HOODTRACE_LIVE();
  const TemporaryFolder folder;
  const Finished run = run_hoodtrace(
      {"record", "procs", "-o", folder.file("x"), "--", workload_path(), "forks", "count=10"});
  EXPECT_EQ(run.exit_code, 0) << run.error;
  const Json kinds = info(folder.file("x"))["kinds"];
  EXPECT_FALSE(kinds.contains("switch"));
  EXPECT_TRUE(kinds.contains("exit"));
}

// ---- the flight recorder ----

// Its recording replays on its own, and its audit is as exact as that of a whole one.
void expect_sound_flight(const std::string& path) {
  const Json facts = info(path);
  EXPECT_EQ(facts["whole"], true);
  EXPECT_EQ(facts["ended"], true);
  const Json report = sched(path);
  EXPECT_GT(report["events"]["seen"], 1000);
  EXPECT_GT(report["audit"]["kernel_run_delay_ns"], 0);
  expect_nothing_lost(report);
  expect_exact_audit(report);
}

TEST(TraceFile, TheFlightRecorderWritesOnSigusr1AndOnItsEnd) {
  HOODTRACE_LIVE();
  GatedWorkload target({"pipe", "ms=9000"});
  ASSERT_TRUE(target.is_ready());
  LiveTrace trace({"record", "sched", "--ring", "1s", "--pid", std::to_string(target.pid())});
  ASSERT_TRUE(trace.is_attached());
  const std::uint64_t begun_ns = boot_ns();
  target.begin();
  ::sleep(4);
  EXPECT_EQ(file_bytes(trace.file()), 0U);
  ::kill(trace.pid(), SIGUSR1);
  ::sleep(1);
  EXPECT_EQ(trace.stop(), 0) << trace.error();
  expect_sound_flight(trace.file());
  expect_sound_flight(trace.file() + ".2");
  // The beginning is forgotten: that was four seconds ago and more.
  EXPECT_GT(info(trace.file())["started_ns"], begun_ns + 1'000'000'000);
  target.finish();
}

TEST(TraceFile, ALongWaitTriggersTheFlightRecorder) {
  HOODTRACE_LIVE();
  const TemporaryFolder folder;
  // Two that always want to run, on one CPU: each waits while the other has its slice.
  const Finished run =
      run_hoodtrace({"record", "sched", "--ring", "10s", "--trigger", "wait>1ms", "-o",
                     folder.file("x.htrec"), "--", workload_path(), "spin", "ms=1500", "a", "b"});
  EXPECT_EQ(run.exit_code, 0) << run.error;
  EXPECT_NE(run.error.find("trigger: "), std::string::npos) << run.error;
  EXPECT_EQ(info(folder.file("x.htrec"))["whole"], true);
  EXPECT_EQ(info(folder.file("x.2.htrec"))["whole"], true);
}

// The number before the word in a message: "1 522 lost".
std::uint64_t number_before(const std::string& text, const std::string& word) {
  std::string digits;
  for (std::size_t at = text.find(word); at-- > 0;) {
    if (text[at] >= '0' && text[at] <= '9')
      digits.insert(digits.begin(), text[at]);
    else if (text[at] != ' ')
      break;
  }
  return digits.empty() ? 0 : std::stoull(digits);
}

// Four hundred threads that always want to run: long waits all the time, the tracer itself among
// those who wait. Each recording holds the seconds before its trigger, replays, and is exact unless
// it reports that something was lost.
TEST(TraceFile, AStormUnderARingIsKeptAndItsLossesAreCounted) {
  HOODTRACE_LIVE();
  const TemporaryFolder folder;
  const Finished run =
      run_hoodtrace({"record", "sched", "--ring", "1s", "--trigger", "wait>20ms", "-o",
                     folder.file("x.htrec"), "--", workload_path(), "storm", "loops=600"});
  EXPECT_EQ(run.exit_code, 0) << run.error;
  EXPECT_NE(run.error.find("trigger: "), std::string::npos) << run.error;
  std::size_t recordings = 0;
  std::uint64_t begun_ns = 0;
  std::istringstream said(run.error);
  for (std::string line; std::getline(said, line);) {
    const std::size_t colon = line.find(": the last ");
    if (colon == std::string::npos) continue;
    SCOPED_TRACE(line);
    const std::string path = line.substr(0, colon);
    const Json facts = info(path);
    EXPECT_EQ(facts["whole"], true);
    EXPECT_EQ(facts["ended"], true);
    EXPECT_EQ(facts["damaged_blocks"], 0);
    // The first trigger is pulled soon after the start; the others when the ring is full.
    const std::uint64_t started_ns = facts["started_ns"];
    const std::uint64_t ended_ns = started_ns + facts["duration_ns"].get<std::uint64_t>();
    if (recordings == 0) begun_ns = started_ns;
    EXPECT_GE(ended_ns - started_ns, std::min<std::uint64_t>(900'000'000, ended_ns - begun_ns));
    const Json report = sched(path);
    std::uint64_t lost = 0;
    for (const auto& [kind, count] : report["events"]["lost"].items())
      if (kind != "unshown") lost += count.get<std::uint64_t>();
    EXPECT_LE(lost, number_before(line, " lost since"));
    if (lost == 0) expect_exact_audit(report);
    recordings++;
  }
  EXPECT_GE(recordings, 2U) << run.error;
}

}  // namespace
}  // namespace hoodtrace::testing
