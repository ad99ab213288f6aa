// SPDX-License-Identifier: GPL-2.0-or-later
#include "output/rows/jsonl_exporter.hpp"

#include <gtest/gtest.h>

#include <map>
#include <nlohmann/json.hpp>
#include <sstream>

#include "support/command_run.hpp"
#include "support/export_scenario.hpp"

namespace hoodtrace {
namespace {

using Object = nlohmann::json;

std::vector<Object> lines_of(const StreamBuilder& scenario) {
  const CommandRun run = run_command({"export", "--to", "jsonl"}, scenario);
  EXPECT_EQ(run.error, "");
  std::vector<Object> objects;
  std::istringstream text(run.output);
  for (std::string line; std::getline(text, line);) objects.push_back(Object::parse(line));
  return objects;
}

// The only line of this type that has the value under the key.
Object line_of(const std::vector<Object>& lines, std::string_view type, std::string_view key,
               const Object& value) {
  Object found;
  int count = 0;
  for (const Object& line : lines)
    if (line["type"] == type && line.value(std::string(key), Object()) == value) {
      found = line;
      count++;
    }
  EXPECT_EQ(count, 1) << type << ' ' << key << ' ' << value;
  return found;
}

TEST(JsonlExporter, TheHeaderNamesEveryColumnThatIsUsed) {
  const auto lines = lines_of(export_scenario());
  EXPECT_EQ(lines[0]["schema"], "hoodtrace.events/1");
  std::map<std::string, std::string> units;
  for (const Object& column : lines[0]["columns"]) units[column["name"]] = column["unit"];
  for (std::size_t i = 1; i < lines.size(); i++)
    for (const auto& [key, value] : lines[i].items())
      EXPECT_TRUE(key == "type" || units.contains(key)) << key;
  for (const auto& [key, unit] : units) EXPECT_EQ(key.ends_with("_ns"), unit == "ns") << key;
}

TEST(JsonlExporter, AColumnHasOneTypeInAllLines) {
  std::map<std::string, Object::value_t> types;
  for (const Object& line : lines_of(export_scenario()))
    for (const auto& [key, value] : line.items()) {
      const Object::value_t type =
          value.is_number() ? Object::value_t::number_integer : value.type();
      EXPECT_EQ(types.emplace(key, type).first->second, type) << key;
    }
}

TEST(JsonlExporter, ASwitchHasBothSides) {
  const Object line = line_of(lines_of(export_scenario()), "switch", "time_ns", 2600);
  EXPECT_EQ(line["tid"], 11);
  EXPECT_EQ(line["comm"], "make");
  EXPECT_EQ(line["wait_ns"], 500);
  EXPECT_EQ(line["prev_tid"], 10);
  EXPECT_EQ(line["prev_comm"], "make");
  EXPECT_EQ(line["prev_state"], "S");
  EXPECT_EQ(line["preempted"], false);
}

TEST(JsonlExporter, WhatWasNotMeasuredIsLeftOut) {
  StreamBuilder scenario;
  scenario.session(HT_SESSION_WHOLE).switches({.from = 0, .to = 10, .wait_ns = 7}).end();
  const Object line = line_of(lines_of(scenario), "switch", "tid", 10);
  EXPECT_FALSE(line.contains("wait_ns")) << "no sched_info: not 0";
  EXPECT_FALSE(line.contains("comm")) << "never seen: not an empty name";
}

// The sum over the rows is what the sched view says: time queued on another CPU is in it, and tasks
// outside the target are not.
TEST(JsonlExporter, AWaitIsTheSameAsInTheSchedView) {
  StreamBuilder scenario;
  scenario.at(1000).session(HT_SESSION_EXACT, "process 10");
  scenario.seen(10, {.comm = "a"}).seen(20, {.comm = "b", .traced = false});
  scenario.at(5000).switches({.from = 0, .to = 10, .wait_ns = 100, .elsewhere_ns = 50});
  scenario.at(6000).switches({.from = 10, .to = 20, .wait_ns = 900, .to_traced = false});
  scenario.at(7000).switches({.from = 20, .to = 10, .wait_ns = 0, .from_traced = false});
  scenario.at(8000).counters(10).end();
  std::uint64_t sum_ns = 0;
  for (const Object& line : lines_of(scenario)) {
    if (line["type"] != "switch") continue;
    EXPECT_EQ(line.contains("wait_ns"), line["tid"] == 10) << line;
    sum_ns += line.value("wait_ns", std::uint64_t{0});
  }
  EXPECT_EQ(sum_ns, 150U);
  const Object report = Object::parse(run_command({"sched", "--format", "json"}, scenario).output);
  EXPECT_EQ(report["tasks"][0]["wait_ns"], sum_ns);
}

TEST(JsonlExporter, TheFirstRowHasEveryColumnWithAValueOfItsType) {
  const auto lines = lines_of(export_scenario());
  std::map<std::string, std::string> types;
  for (const Object& column : lines[0]["columns"]) types[column["name"]] = column["type"];
  EXPECT_EQ(types["exit_signal"], "integer");
  EXPECT_EQ(types["comm"], "string");
  EXPECT_EQ(types["traced"], "boolean");
  EXPECT_EQ(types["argv"], "list");
  for (const auto& [name, type] : types) EXPECT_TRUE(lines[0].contains(name)) << name;
}

TEST(JsonlExporter, OnlyTheTypesThatWereAskedForAndWhatWasLost) {
  const CommandRun run =
      run_command({"export", "--to", "jsonl", "--events", "exit,program"}, export_scenario());
  EXPECT_EQ(run.error, "");
  std::map<std::string, int> types;
  std::istringstream text(run.output);
  for (std::string line; std::getline(text, line);) types[Object::parse(line)["type"]]++;
  EXPECT_EQ(types.size(), 6U);
  for (const char* type : {"header", "exit", "program", "lost", "trouble", "summary"})
    EXPECT_GT(types[type], 0) << type;
  EXPECT_EQ(run_command({"export", "--to", "jsonl", "--events", "swich"}, {}).code, 2);
  EXPECT_EQ(run_command({"export", "--to", "html", "--events", "exit"}, {}).code, 2);
}

TEST(JsonlExporter, AnExecIsOneLineWithItsArgv) {
  const Object line = line_of(lines_of(export_scenario()), "program", "tid", 11);
  EXPECT_EQ(line["file"], "/usr/bin/cc");
  EXPECT_EQ(line["argv"], (Object{"cc", "-c", "<a b>.c"}));
  EXPECT_EQ(line["time_ns"], 2700);
}

TEST(JsonlExporter, WhatRanBeforeTracingHasNoTime) {
  StreamBuilder scenario;
  scenario.session().seen(10, {});
  LifeRecords(scenario)
      .executes(10, "/bin/cat", {"cat"}, 0, HT_PROGRAM_BEFORE)
      .executes(10, "/bin/no", {"no"}, 2)
      .executes(10, "/bin/yes", {"yes"});
  const auto lines = lines_of(scenario.end());
  EXPECT_FALSE(line_of(lines, "program", "kind", "before").contains("time_ns"));
  EXPECT_EQ(line_of(lines, "program", "kind", "failed")["file"], "/bin/no");
  EXPECT_EQ(line_of(lines, "program", "kind", "runs")["file"], "/bin/yes");
}

TEST(JsonlExporter, AWaitNamesItsTarget) {
  StreamBuilder scenario;
  scenario.session().seen(10, {});
  LifeRecords(scenario).looks(10, HT_WAIT_ANY).looks(10, HT_WAIT_GROUP).looks(10, 77);
  const auto lines = lines_of(scenario.end());
  EXPECT_FALSE(line_of(lines, "wait", "selects", "any").contains("selected_pid"));
  EXPECT_FALSE(line_of(lines, "wait", "selects", "group").contains("selected_pid"));
  EXPECT_EQ(line_of(lines, "wait", "selects", "one")["selected_pid"], 77);
}

TEST(JsonlExporter, AListIsALinePerEntry) {
  const auto lines = lines_of(export_scenario());
  EXPECT_EQ(line_of(lines, "behind", "behind_tid", 11)["behind_ns"], 150);
  EXPECT_FALSE(line_of(lines, "behind", "behind_ns", 50).contains("behind_tid"));
}

TEST(JsonlExporter, LossesAreLinesAndAreSummedUp) {
  const auto lines = lines_of(export_scenario());
  EXPECT_EQ(line_of(lines, "lost", "kind", "switch")["count"], 3);
  EXPECT_EQ(line_of(lines, "lost", "kind", "switch")["until_ns"], 4450);
  EXPECT_EQ(line_of(lines, "trouble", "kind", "late")["count"], 2);
  EXPECT_EQ(line_of(lines, "summary", "key", "lost")["count"], 5);
}

TEST(JsonlExporter, AStreamThatWasCutSaysSoInItsLastLine) {
  StreamBuilder scenario;
  scenario.session().seen(10, {});
  EXPECT_EQ(lines_of(scenario).back()["key"], "lacks_end");
  for (const Object& line : lines_of(scenario.end())) EXPECT_NE(line.value("key", ""), "lacks_end");
}

TEST(JsonlExporter, AnExitHasItsCodeOrItsSignal) {
  EXPECT_EQ(line_of(lines_of(export_scenario()), "exit", "tid", 11)["exit_code"], 3);
  StreamBuilder scenario;
  scenario.session().seen(10, {});
  LifeRecords(scenario).exits(10, 11 | 0x80);
  const Object line = line_of(lines_of(scenario.end()), "exit", "tid", 10);
  EXPECT_EQ(line["exit_signal"], 11);
  EXPECT_EQ(line["core_dumped"], true);
  EXPECT_FALSE(line.contains("exit_code"));
}

TEST(JsonlExporter, AHostileNameIsAJsonStringOfValidUtf8) {
  // Object::parse refuses bad UTF-8 and raw control characters.
  const auto line = line_of(lines_of(export_scenario()), "task_seen", "tid", 12);
  EXPECT_EQ(line["comm"], "</script>\"',\n\xef\xbf\xbd");
}

}  // namespace
}  // namespace hoodtrace
