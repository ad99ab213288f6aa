// SPDX-License-Identifier: GPL-2.0-or-later
// A recording that is narrowed afterwards is what one of the narrower target would have been.
#include "command/replay_filter.hpp"

#include <gtest/gtest.h>

#include <map>
#include <sstream>

#include "golden/record_in.hpp"
#include "stream/recorder.hpp"
#include "support/command_run.hpp"
#include "support/stream_builder.hpp"
#include "support/temporary_folder.hpp"

namespace hoodtrace {
namespace {

using nlohmann::json;

// Two processes on one CPU by turns, 1 ms each, for 20 ms; one of them has a thread more.
StreamBuilder two_by_turns() {
  StreamBuilder scenario;
  scenario.at(1'000'000).session();
  scenario.cgroup(7, "/a.slice/web.service").cgroup(8, "/b.slice");
  scenario.seen(10, {.pid = 10, .comm = "web", .cgroup_id = 7, .on_cpu = true});
  scenario.seen(11, {.pid = 10, .comm = "web-thread", .cgroup_id = 7});
  scenario.seen(20, {.pid = 20, .comm = "batch", .cgroup_id = 8});
  std::uint32_t running = 10;
  for (std::uint64_t i = 1; i <= 20; i++) {
    const std::uint32_t next = running == 20 ? (i % 4 == 0 ? 11 : 10) : 20;
    scenario.at((1 + i) * 1'000'000)
        .switches({.from = running, .to = next, .preempt = true, .wait_ns = 1'000'000});
    running = next;
  }
  scenario.at(22'000'000).counters(10).counters(11).counters(20).end();
  return scenario;
}

class Replay : public ::testing::Test {
 protected:
  void SetUp() override {
    const StreamBuilder scenario = two_by_turns();
    auto recorder = Recorder::create(path(), {});
    ASSERT_TRUE(recorder);
    for (std::size_t i = 0; i < scenario.records().size(); i++) {
      const RecordView record = scenario.records().at(i);
      ASSERT_TRUE((*recorder)->write({&record, 1}));
    }
    ASSERT_TRUE((*recorder)->finish());
  }

  [[nodiscard]] std::string path() const { return folder_.file("run.htrec"); }

  json sched(std::vector<std::string> words) const {
    words.insert(words.begin(), {"sched", "--format", "json", "--from", path()});
    const CommandRun run = run_command(words, {});
    EXPECT_EQ(run.error, "");
    return json::parse(run.output.empty() ? "{}" : run.output);
  }

  static std::map<int, json> by_tid(const json& report) {
    std::map<int, json> tasks;
    for (const json& task : report["tasks"]) tasks[task["tid"]] = task;
    return tasks;
  }

  testing::TemporaryFolder folder_;
};

TEST_F(Replay, ASelectedTaskHasTheSameNumbers) {
  const std::map<int, json> all = by_tid(sched({}));
  ASSERT_EQ(all.size(), 3U);
  const std::vector<std::pair<std::vector<std::string>, std::vector<int>>> targets = {
      {{"--pid", "10"}, {10, 11}},
      {{"--tid", "11"}, {11}},
      {{"--comm", "web*"}, {10, 11}},
      {{"--comm", "?atch"}, {20}},
      {{"--cgroup", "/b.slice"}, {20}},
      {{"--cgroup", "a.slice"}, {10, 11}},
      {{"--unit", "web"}, {10, 11}},
      {{"--pid", "10,20"}, {10, 11, 20}},
      {{"--pid", "99"}, {}}};
  for (const auto& [words, tids] : targets) {
    const std::map<int, json> some = by_tid(sched(words));
    EXPECT_EQ(some.size(), tids.size()) << words[1];
    for (const int tid : tids) EXPECT_EQ(some.at(tid), all.at(tid)) << words[1] << ' ' << tid;
  }
}

TEST_F(Replay, TheHeadingNamesTheSelection) {
  EXPECT_EQ(sched({"--pid", "10"})["target"], "process 10 (recorded: the whole system)");
}

TEST_F(Replay, WindowsAddUpToTheWhole) {
  const std::map<int, json> all = by_tid(sched({}));
  std::map<int, std::uint64_t> on_cpu_ns;
  std::map<int, std::uint64_t> wait_ns;
  std::uint64_t duration_ns = 0;
  for (const char* window : {"..4500us", "4500us..9ms", "9ms..9001us", "9001us.."}) {
    const json report = sched({"--between", window});
    duration_ns += report["duration_ns"].get<std::uint64_t>();
    for (const auto& [tid, task] : by_tid(report)) {
      on_cpu_ns[tid] += task["on_cpu_ns"].get<std::uint64_t>();
      wait_ns[tid] += task["wait_ns"].get<std::uint64_t>();
    }
  }
  EXPECT_EQ(duration_ns, 21'000'000U);
  for (const auto& [tid, task] : all) {
    EXPECT_EQ(on_cpu_ns[tid], task["on_cpu_ns"]) << tid;
    EXPECT_EQ(wait_ns[tid], task["wait_ns"]) << tid;
  }
}

TEST_F(Replay, AWindowBehindTheEndIsAnError) {
  for (const std::vector<std::string>& command : {std::vector<std::string>{"sched"},
                                                  {"export", "--to", "jsonl"},
                                                  {"export", "--to", "html"}}) {
    std::vector<std::string> words = command;
    words.insert(words.end(), {"--from", path(), "--between", "1s..2s"});
    const CommandRun run = run_command(words, {});
    EXPECT_EQ(run.code, 1) << words[0];
    EXPECT_NE(run.error.find("ends before"), std::string::npos) << run.error;
  }
}

// What others do to the files of a target is not in the recording of another target.
TEST_F(Replay, TheCacheOfAChosenTargetIsAnErrorThatSaysWhy) {
  const CommandRun run = run_command({"cache", "--from", path(), "--pid", "10"}, {});
  EXPECT_EQ(run.code, 2);
  EXPECT_NE(run.error.find("cache counts what others do to the files of a target: give the target "
                           "when recording"),
            std::string::npos)
      << run.error;
}

TEST_F(Replay, AnExportHasTheChosenTasksAndTime) {
  const auto rows = [this](std::vector<std::string> words) {
    words.insert(words.begin(), {"export", "--to", "jsonl", "--from", path()});
    std::istringstream text(run_command(words, {}).output);
    std::vector<json> list;
    for (std::string line; std::getline(text, line);) list.push_back(json::parse(line));
    return list;
  };
  std::size_t switches = 0;
  for (const json& row : rows({"--pid", "10", "--between", "5ms..10ms"})) {
    if (row["type"] != "switch") continue;
    switches++;
    EXPECT_GE(row["time_ns"], 6'000'000);
    EXPECT_LT(row["time_ns"], 11'000'000);
    EXPECT_TRUE(row["pid"] == 10 || row["prev_pid"] == 10);
    EXPECT_EQ(row["traced"], row["pid"] == 10);
  }
  EXPECT_EQ(switches, 5U);
  std::size_t ends = 0;
  for (const json& row : rows({"--events", "tick"})) {
    EXPECT_NE(row["type"], "switch");
    ends += row["type"] == "tick" ? 1 : 0;
  }
  EXPECT_EQ(ends, 1U);
}

TEST(ReplayFilterOfExports, WakeUpsOfOthersAreNotInTheSelection) {
  const testing::TemporaryFolder folder;
  StreamBuilder scenario;
  scenario.at(1000).session().seen(10, {.comm = "a"}).seen(20, {.comm = "b"});
  scenario.at(2000).waking(10, 20).wakeup(10).waking(20, 10).wakeup(20);
  const std::string path = golden::record_in(folder, scenario.at(3000).end());
  std::istringstream text(
      run_command({"export", "--to", "jsonl", "--from", path, "--pid", "10"}, {}).output);
  std::vector<int> woken;
  for (std::string line; std::getline(text, line);) {
    const json row = json::parse(line);
    if (row["type"] == "waking" || row["type"] == "wakeup") woken.push_back(row["tid"]);
  }
  EXPECT_EQ(woken, (std::vector<int>{10, 10}));
}

TEST(GlobMatches, AsTheKernelSideDoes) {
  EXPECT_TRUE(glob_matches("*", ""));
  EXPECT_TRUE(glob_matches("a*b?d", "axxbcd"));
  EXPECT_TRUE(glob_matches("**b", "ab"));
  EXPECT_FALSE(glob_matches("a?", "a"));
  EXPECT_FALSE(glob_matches("a", "ab"));
  EXPECT_FALSE(glob_matches("[a]", "a")) << "no sets";
}

}  // namespace
}  // namespace hoodtrace
