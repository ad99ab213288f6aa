// SPDX-License-Identifier: GPL-2.0-or-later
#include "command/pipeline.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include "command/stream_loop.hpp"
#include "support/command_run.hpp"

namespace hoodtrace {
namespace {

StreamBuilder short_scenario() {
  StreamBuilder scenario;
  scenario.at(1000).session().seen(10, {.comm = "make", .on_cpu = true});
  scenario.at(2000).switches({.from = 10, .to = 0});
  scenario.at(2500).switches({.from = 0, .to = 10, .wait_ns = 500});
  return scenario;
}

std::vector<Json> json_lines(const std::string& text) {
  std::vector<Json> list;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = text.find('\n', at);
    list.push_back(Json::parse(text.substr(at, end - at)));
    at = end + 1;
  }
  return list;
}

TEST(Pipeline, PrintsOneReportAtTheEnd) {
  StreamBuilder scenario = short_scenario();
  scenario.at(4000).counters(10).end();
  const CommandRun run = run_command({"sched", "--format", "json"}, scenario);
  EXPECT_EQ(run.error, "");
  const auto reports = json_lines(run.output);
  ASSERT_EQ(reports.size(), 1U);
  EXPECT_EQ(reports[0]["started_ns"], 1000);
  EXPECT_EQ(reports[0]["duration_ns"], 3000);
  EXPECT_EQ(reports[0]["target"], "the whole system");
  EXPECT_EQ(reports[0]["events"]["seen"], 4) << "one seen, two switches, the counters";
  EXPECT_EQ(reports[0]["tasks"][0]["on_cpu_ns"], 2500) << "settled at the end";
}

TEST(Pipeline, PrintsAReportPerIntervalEachFromZero) {
  StreamBuilder scenario = short_scenario();
  scenario.at(3000).counters(10).tick();
  scenario.at(3500).switches({.from = 10, .to = 0, .state = kSleeping});
  scenario.at(4000).counters(10).end();
  const auto reports = json_lines(run_command({"sched", "--format", "json"}, scenario).output);
  ASSERT_EQ(reports.size(), 2U);
  EXPECT_EQ(reports[0]["tasks"][0]["wait_ns"], 500);
  EXPECT_EQ(reports[1]["started_ns"], 3000);
  EXPECT_EQ(reports[1]["duration_ns"], 1000);
  EXPECT_EQ(reports[1]["tasks"][0]["wait_ns"], 0);
  EXPECT_EQ(reports[1]["tasks"][0]["on_cpu_ns"], 500);
  EXPECT_EQ(reports[1]["tasks"][0]["sleep_ns"], 500);
  EXPECT_EQ(reports[1]["events"]["seen"], 2);
}

TEST(Pipeline, AStreamThatWasCutIsReportedUpToItsLastRecord) {
  const CommandRun run = run_command({"sched", "--format", "json"}, short_scenario());
  EXPECT_EQ(run.error, "");
  const auto reports = json_lines(run.output);
  ASSERT_EQ(reports.size(), 1U);
  EXPECT_EQ(reports[0]["duration_ns"], 1500);
  EXPECT_EQ(reports[0]["tasks"][0]["wait_ns"], 500);
}

TEST(Pipeline, AFullDiskEndsTheRecordingAndNotTheReport) {
  const CommandRun run = run_command({"sched", "--format", "json", "-w", "/dev/full"},
                                     short_scenario().at(3000).end());
  EXPECT_EQ(run.code, 1);
  EXPECT_NE(run.error.find("No space left on device; the report has everything"), std::string::npos)
      << run.error;
  const auto reports = json_lines(run.output);
  ASSERT_EQ(reports.size(), 1U);
  EXPECT_EQ(reports[0]["tasks"][0]["wait_ns"], 500);
}

TEST(Pipeline, AnEmptyStreamIsAnEmptyReport) {
  const CommandRun run = run_command({"sched", "--format", "json"}, StreamBuilder());
  EXPECT_EQ(run.error, "");
  EXPECT_EQ(json_lines(run.output).at(0)["tasks"], Json::array());
}

TEST(Pipeline, RecordsThatDoNotDecodeAreCountedAndChangeNothing) {
  StreamBuilder scenario = short_scenario();
  const ht_header no_such_type{2600, 10, 63, 0};
  const ht_header too_short{2600, 10, HT_SWITCH, 0};
  scenario.raw(&no_such_type, sizeof(no_such_type)).raw(&too_short, sizeof(too_short));
  scenario.at(4000).end();
  const auto reports = json_lines(run_command({"sched", "--format", "json"}, scenario).output);
  EXPECT_EQ(reports[0]["events"]["undecodable"], 2);
  EXPECT_EQ(reports[0]["tasks"][0]["on_cpu_ns"], 2500);
}

TEST(Pipeline, LossesAndTroublesAreInTheReport) {
  StreamBuilder scenario = short_scenario();
  scenario.at(2600).lost(HT_SWITCH, 5, 2700).trouble(HT_TROUBLE_MAP_FULL, 2).at(4000).end();
  const auto reports = json_lines(run_command({"sched", "--format", "json"}, scenario).output);
  EXPECT_EQ(reports[0]["events"]["lost"]["switch"], 5);
  EXPECT_EQ(reports[0]["events"]["lost"]["map_full"], 2);
}

// docs/kernel-notes.md, note 34: what hoodtrace itself does is not the traced system's.
TEST(Pipeline, Trap34_HoodtraceIsNotInItsOwnReport) {
  StreamBuilder scenario;
  scenario.session().seen(999, {.comm = "hoodtrace"}).seen(1000, {.pid = 999, .comm = "hoodtrace"});
  scenario.at(2000).switches({.from = 0, .to = 999}).switches({.from = 999, .to = 1000}).end();
  const auto reports = json_lines(run_command({"sched", "--format", "json"}, scenario).output);
  EXPECT_EQ(reports[0]["tasks"], Json::array());
}

// docs/kernel-notes.md, note 35.
TEST(Pipeline, Trap35_TheClockIsNamed) {
  const CommandRun run = run_command({"sched", "--format", "json"}, short_scenario());
  EXPECT_EQ(json_lines(run.output).at(0)["clock"], "boottime");
}

TEST(Pipeline, ThresholdLinesComeBeforeTheReport) {
  StreamBuilder scenario = short_scenario();
  scenario.at(4000).end();
  const std::string out = run_command({"sched", "--threshold", "500ns"}, scenario).output;
  EXPECT_EQ(out.find("   0.000002  make (10) waited 500 ns on CPU 0, preempted; ran instead: "), 0U)
      << out;
  EXPECT_EQ(run_command({"sched", "--threshold", "501ns"}, scenario).output.find("waited 500"),
            std::string::npos);
}

TEST(Pipeline, PropagateExitsWithTheCommandsCode) {
  StreamBuilder scenario = short_scenario();
  scenario.at(4000).end(7 << 8);
  EXPECT_EQ(run_command({"sched", "-o", "/dev/null", "--", "x"}, scenario).code, 0);
  EXPECT_EQ(run_command({"sched", "--propagate", "-o", "/dev/null", "--", "x"}, scenario).code, 7);
}

TEST(Pipeline, AWaitStatusIsAShellsExitCode) {
  EXPECT_EQ(exit_code_of(0), 0);
  EXPECT_EQ(exit_code_of(7 << 8), 7);
  EXPECT_EQ(exit_code_of(9), 128 + 9);
  EXPECT_EQ(exit_code_of(HT_NO_STATUS), 0);
}

TEST(Pipeline, EndedTasksBeyondTheBoundAreFoldedAndTheirSumsStay) {
  StreamBuilder scenario;
  scenario.at(1000).session();
  constexpr std::uint32_t kTasks = 17000;
  for (std::uint32_t tid = 1; tid <= kTasks; tid++) {
    if (tid == 999) continue;  // hoodtrace's own pid in these streams
    scenario.at(2000 + 10ULL * tid).born(tid, {.start_ns = tid});
    scenario.switches({.from = 0, .to = tid, .wait_ns = 3});
    scenario.switches({.from = tid, .to = 0, .state = kDead}).ends(tid);
  }
  scenario.end();
  const Json report = json_lines(run_command({"sched", "--format", "json"}, scenario).output).at(0);
  std::uint64_t wait_ns = 0;
  for (const Json& task : report["tasks"]) wait_ns += task["wait_ns"].get<std::uint64_t>();
  EXPECT_EQ(wait_ns, 3U * (kTasks - 1));
  EXPECT_EQ(report["audit"]["wait_ns"], report["audit"]["kernel_run_delay_ns"]);
  EXPECT_EQ(report["tasks"].size(), 16384U + 1) << "bounded: the kept ones and the folded row";
}

}  // namespace
}  // namespace hoodtrace
