// SPDX-License-Identifier: GPL-2.0-or-later
// Every output counts what is missing in a stream alike, and says it in the same words.

#include <gtest/gtest.h>

#include <map>
#include <nlohmann/json.hpp>
#include <sstream>

#include "golden/record_in.hpp"
#include "support/command_run.hpp"
#include "support/session_scenario.hpp"

namespace hoodtrace::golden {
namespace {

using nlohmann::json;
using testing::TemporaryFolder;

constexpr std::uint64_t kMs = 1'000'000;

// 12 switches and 3 names were lost, 4 records were not written, 2 do not decode, and the kernel
// called no tracepoint for one switch: the task that is switched out was not switched in.
StreamBuilder with_losses() {
  StreamBuilder scenario;
  scenario.at(1000 * kMs).session().seen(10, {.comm = "make"}).seen(11, {.comm = "cc"});
  scenario.at(1010 * kMs).switches({.from = 0, .to = 10}).switches({.from = 10, .to = 0});
  scenario.at(1015 * kMs).switches({.from = 11, .to = 0});
  scenario.at(1020 * kMs).lost(HT_SWITCH, 5, 1030 * kMs);
  scenario.at(1040 * kMs)
      .on_cpu(1)
      .lost(HT_SWITCH, 7, 1050 * kMs)
      .lost(HT_TASK_NAME, 3, 1050 * kMs);
  scenario.trouble(HT_TROUBLE_UNWRITTEN, 4).trouble(HT_TROUBLE_UNDECODABLE, 2);
  return scenario.at(1100 * kMs).end();
}

constexpr const char* kWords = "19 lost: 12 switch, 3 task_name, 4 unwritten; 2 not decodable";

std::string text_of(const std::vector<std::string>& words) {
  const CommandRun run = run_command(words, {});
  EXPECT_EQ(run.error, "");
  return run.output;
}

TEST(Account, EveryOutputOfAFileCountsTheSameLosses) {
  const TemporaryFolder folder;
  const std::string file = record_in(folder, with_losses());
  const std::string sched = text_of({"sched", "--from", file});
  EXPECT_NE(sched.find(std::string(" seen, ") + kWords + "\n"), std::string::npos) << sched;
  EXPECT_NE(sched.find("\n1 switch not reported by the kernel\n"), std::string::npos) << sched;
  const std::string info = text_of({"info", file});
  EXPECT_NE(info.find(std::string(" seen, ") + kWords + "; 1 switch not reported"),
            std::string::npos)
      << info;

  const json report = json::parse(text_of({"sched", "--from", file, "--format", "json"}));
  const json facts = json::parse(text_of({"info", file, "--format", "json"}));
  EXPECT_EQ(report["events"], facts["events"]);
  EXPECT_EQ(report["events"]["lost"],
            json({{"switch", 12}, {"task_name", 3}, {"unwritten", 4}, {"unshown", 1}}));

  // The rows of losses add up to the same, and so do those of the summary.
  std::map<std::string, std::uint64_t> kinds;
  std::map<std::string, std::uint64_t> summary;
  std::istringstream lines(text_of({"export", "--from", file, "--to", "jsonl"}));
  for (std::string line; std::getline(lines, line);) {
    const json row = json::parse(line);
    if (row["type"] == "lost" || row["type"] == "trouble")
      kinds[row["kind"]] += row["count"].get<std::uint64_t>();
    if (row["type"] == "summary") summary[row["key"]] = row["count"];
  }
  EXPECT_EQ(kinds, (std::map<std::string, std::uint64_t>{
                       {"switch", 12}, {"task_name", 3}, {"unwritten", 4}, {"undecodable", 2}}));
  EXPECT_EQ(summary["lost"], 19U);
  EXPECT_EQ(summary["undecodable"], 2U);
  EXPECT_EQ(summary["unshown"], 1U);
  EXPECT_EQ(summary["seen"], report["events"]["seen"].get<std::uint64_t>());

  const std::string page = text_of({"export", "--from", file, "--to", "html"});
  EXPECT_NE(page.find(std::string(" seen, ") + kWords + "; 1 switch not"), std::string::npos);
}

TEST(Account, ATargetThatWasMadeAgainIsSaid) {
  const TemporaryFolder folder;
  const std::string file = record_in(folder, cgroup_made_again());
  const std::string words = "the target's cgroup was removed and made again 1.00 s after the start";
  for (const std::vector<std::string>& command : {std::vector<std::string>{"sched", "--from", file},
                                                  {"info", file},
                                                  {"export", "--from", file, "--to", "html"}})
    EXPECT_NE(text_of(command).find(words), std::string::npos) << command[0];
  const json report = json::parse(text_of({"sched", "--from", file, "--format", "json"}));
  EXPECT_EQ(report["events"]["target_remade_ns"], 2000 * kMs);
}

TEST(Account, ThatCulpritsWereSwitchedOffIsInEveryOutput) {
  const TemporaryFolder folder;
  const std::string file = record_in(folder, culprits_switched_off());
  const std::string words = "hoodtrace could not keep up 1.00 s after the start";
  for (const std::vector<std::string>& command : {std::vector<std::string>{"sched", "--from", file},
                                                  {"info", file},
                                                  {"export", "--from", file, "--to", "html"}})
    EXPECT_NE(text_of(command).find(words), std::string::npos) << command[0];
  const json report = json::parse(text_of({"sched", "--from", file, "--format", "json"}));
  EXPECT_EQ(report["events"]["culprits_off_ns"], 2000 * kMs);
  EXPECT_NE(text_of({"sched", "--from", file, "--format", "csv"}).find("culprits off 2000000000"),
            std::string::npos);
  EXPECT_NE(text_of({"export", "--from", file, "--to", "jsonl"}).find("\"kind\":\"no_culprits\""),
            std::string::npos);
  EXPECT_NE(text_of({"export", "--from", file, "--to", "perfetto"}).find("could not keep up"),
            std::string::npos);
}

TEST(Account, ThatARecordingHasNoEndIsSaid) {
  const TemporaryFolder folder;
  StreamBuilder scenario;
  scenario.at(1000 * kMs).session().seen(10, {.comm = "make"});
  scenario.at(1010 * kMs).switches({.from = 0, .to = 10}).switches({.from = 10, .to = 0});
  const std::string file = record_in(folder, scenario);
  EXPECT_NE(text_of({"sched", "--from", file}).find("\nthe recording has no end: "),
            std::string::npos);
  EXPECT_NE(text_of({"export", "--from", file, "--to", "html"}).find("the recording has no end: "),
            std::string::npos);
  const json report = json::parse(text_of({"sched", "--from", file, "--format", "json"}));
  EXPECT_EQ(report["events"]["lacks_end"], true);
  EXPECT_EQ(report["events"], json::parse(text_of({"info", file, "--format", "json"}))["events"]);
  EXPECT_NE(text_of({"sched", "--from", file, "--format", "csv"}).find(", no end\r\n"),
            std::string::npos);

  const std::string whole = record_in(folder, scenario.at(1020 * kMs).end());
  EXPECT_EQ(text_of({"sched", "--from", whole}).find("no end"), std::string::npos);
  EXPECT_FALSE(
      json::parse(text_of({"sched", "--from", whole, "--format", "json"}))["events"].contains(
          "lacks_end"));
}

TEST(Account, WaitsAfterCulpritsWereSwitchedOffNameNobody) {
  const TemporaryFolder folder;
  const std::string file = record_in(folder, culprits_switched_off());
  const json report = json::parse(text_of({"sched", "--from", file, "--format", "json"}));
  for (const json& task : report["tasks"]) {
    EXPECT_EQ(task["wait_ns"], 300 * kMs);
    ASSERT_EQ(task["waited_behind"].size(), 1U);
    EXPECT_EQ(task["waited_behind"][0]["ns"], 200 * kMs) << "the wait before alone";
  }
}

TEST(Account, AnotherCgroupIsNotTheTarget) {
  StreamBuilder scenario;
  add_session(scenario.at(1000 * kMs),
              {"target", "cgroup /job", "families", "sched", "cgroup", "/job", "cgroup_id", "70"});
  scenario.at(1500 * kMs).cgroup(70, "/job").cgroup(71, "/job/inner").cgroup(72, "/jobs");
  const CommandRun run = run_command({"sched"}, scenario.at(2000 * kMs).end());
  EXPECT_EQ(run.output.find("made again"), std::string::npos) << run.output;
}

}  // namespace
}  // namespace hoodtrace::golden
