// SPDX-License-Identifier: GPL-2.0-or-later
#include <gtest/gtest.h>

#include "support/command_run.hpp"
#include "support/fault_scenario.hpp"
#include "view/report.hpp"

namespace hoodtrace {
namespace {

StreamBuilder scenario_of_two() {
  StreamBuilder scenario;
  scenario.at(1000).session(0, "process 10", "page_fault_user (tp_btf)");
  scenario.seen(10, {.pid = 10, .comm = "worker"}).seen(11, {.pid = 10, .comm = "worker-2"});
  FaultScenario faults(scenario);
  const TouchFields zeroed{.write = true, .alloc = true, .zeroed = true, .rss = HT_FAULT_RSS_ANON};
  const TouchFields disk{.took_ns = 70'000,
                         .major = true,
                         .rss = HT_FAULT_RSS_FILE,
                         .place = HT_PLACE_FILE,
                         .inode = 5,
                         .dev = 1};
  scenario.at(2000);
  faults.touch(10, zeroed).touch(10, zeroed).touch(11, zeroed);
  faults.file(5, 1, {"a\x1b[31m.db", "srv"}).touch(11, disk).unseen(11, 1);
  scenario.at(3000);
  faults.counters(10).counters(11);
  scenario.at(4000).end();
  return scenario;
}

Json report_of(std::vector<std::string> words) {
  words.insert(words.begin(), "faults");
  words.insert(words.end(), {"--format", "json"});
  const CommandRun run = run_command(words, scenario_of_two());
  EXPECT_EQ(run.error, "");
  return Json::parse(run.output);
}

TEST(Faults, JsonHasTheSchemasFields) {
  const Json report = report_of({});
  EXPECT_EQ(report["schema"], "hoodtrace.faults/1");
  EXPECT_EQ(report["audit"]["seen"], 4);
  EXPECT_EQ(report["audit"]["gup"], 1);
  EXPECT_EQ(report["audit"]["kernel_faults"], 5);
  ASSERT_EQ(report["tasks"].size(), 2U);
  const Json& first = report["tasks"][0];
  EXPECT_EQ(first["tid"], 11) << "the longest time first";
  EXPECT_EQ(first["minor"], 1);
  EXPECT_EQ(first["major"], 1);
  EXPECT_EQ(first["kinds"]["file_major"]["count"], 1);
  EXPECT_EQ(first["kinds"]["file_major"]["max_ns"], 70'000);
  EXPECT_EQ(first["kinds"]["gup"]["count"], 1);
  EXPECT_TRUE(first["kinds"]["gup"]["time_ns"].is_null()) << "not measured";
  EXPECT_EQ(report["tasks"][1]["kinds"]["demand_zero"]["bytes"], 8192);
  ASSERT_EQ(report["mappings"].size(), 2U);
  EXPECT_EQ(report["mappings"][0]["name"], "/srv/a\x1b[31m.db");
  EXPECT_EQ(report["mappings"][1]["name"], "anonymous");
  EXPECT_EQ(report["mappings"][1]["kinds"]["demand_zero"]["count"], 3);
}

TEST(Faults, AProcessIsTheSumOfItsThreads) {
  const Json report = report_of({"--by", "process"});
  ASSERT_EQ(report["tasks"].size(), 1U);
  EXPECT_EQ(report["tasks"][0]["pid"], 10);
  EXPECT_EQ(report["tasks"][0]["comm"], "worker");
  EXPECT_EQ(report["tasks"][0]["minor"], 3);
}

TEST(Faults, TextNamesTargetHooksAndAudit) {
  const CommandRun run = run_command({"faults"}, scenario_of_two());
  EXPECT_EQ(run.error, "");
  EXPECT_NE(run.output.find("hoodtrace faults: process 10 for 3.00 us\n"), std::string::npos)
      << run.output;
  EXPECT_NE(run.output.find("audit: 4 faults seen + 1 by the kernel itself (gup), kernel "
                            "min_flt + maj_flt 5: equal"),
            std::string::npos)
      << run.output;
  EXPECT_NE(run.output.find("none lost"), std::string::npos);
  // Hooks are named with --verbose only.
  const CommandRun verbose = run_command({"faults", "-v"}, scenario_of_two());
  EXPECT_NE(verbose.output.find("for 3.00 us; page_fault_user (tp_btf)\n"), std::string::npos)
      << verbose.output;
}

TEST(Faults, AFilesNameNeverReachesTheTerminalRaw) {
  const CommandRun run = run_command({"faults", "--by", "mapping"}, scenario_of_two());
  EXPECT_EQ(run.output.find('\x1b'), std::string::npos);
  EXPECT_NE(run.output.find("/srv/a\\x1b[31m.db"), std::string::npos) << run.output;
}

TEST(Faults, CsvHasAColumnPerKind) {
  const CommandRun run = run_command({"faults", "--format", "csv"}, scenario_of_two());
  EXPECT_NE(run.output.find("demand_zero,zero_page_read,"), std::string::npos) << run.output;
}

TEST(Faults, WithoutAForkNoCopyIsMissing) {
  const Json report = report_of({"--cow"});
  EXPECT_TRUE(report["forks"].empty());
  EXPECT_EQ(report["not_measured"], Json::array());
}

TEST(Faults, CopiesOfHugetlbPagesByTheKernelAreMissingOnlyWhereThereAreSuchPages) {
  const auto missing = [](std::uint64_t hugetlb_bytes) {
    StreamBuilder scenario;
    scenario.session().seen(10, {.pid = 10, .comm = "server"});
    scenario.at(scenario.now_ns() + 100).born(20, {.pid = 20, .parent_pid = 10}, 0);
    ht_fork record{};
    record.head = {scenario.now_ns(), 10, HT_FORK, 0};
    record.child_pid = 20;
    record.pid = 10;
    record.hugetlb_bytes = hugetlb_bytes;
    record.flags = HT_FORK_OWN | HT_FORK_SWAP | HT_FORK_TABLES | HT_FORK_KSM;
    scenario.raw(&record, sizeof(record));
    const CommandRun run = run_command({"faults", "--cow", "--format", "json"}, scenario);
    return Json::parse(run.output)["not_measured"];
  };
  EXPECT_EQ(missing(0), Json::array());
  EXPECT_EQ(missing(2 << 20), Json::array({"kernel_hugetlb"}));
}

TEST(Faults, WrongViewsAreRefused) {
  EXPECT_EQ(run_command({"faults", "--by", "cpu"}, scenario_of_two()).code, 2);
  EXPECT_EQ(run_command({"faults", "--sort", "wait_ns"}, scenario_of_two()).code, 2);
  EXPECT_EQ(run_command({"faults", "--sort", "cow_copy"}, scenario_of_two()).code, 0);
  EXPECT_EQ(run_command({"sched", "--by", "mapping"}, scenario_of_two()).code, 2);
}

}  // namespace
}  // namespace hoodtrace
