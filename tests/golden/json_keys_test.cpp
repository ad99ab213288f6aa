// SPDX-License-Identifier: GPL-2.0-or-later
// docs/json.md lists every key of every JSON schema. It is compared with real output: the expected
// files, which the golden tests hold equal to what the commands print, and reports made here for
// what those lack. A key that is missing on either side fails.

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <map>
#include <nlohmann/json.hpp>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include "golden/record_in.hpp"
#include "golden/scenarios.hpp"
#include "lab/report.hpp"
#include "output/rows/event_fields.hpp"
#include "support/boot_scenario.hpp"
#include "support/cache_scenario.hpp"
#include "support/command_run.hpp"
#include "support/diff_scenario.hpp"
#include "support/disk_scenario.hpp"
#include "support/session_scenario.hpp"
#include "support/temporary_folder.hpp"
#include "support/why_scenario.hpp"
#include "view/doctor_view.hpp"

namespace hoodtrace::golden {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

const fs::path kRoot = HOODTRACE_SOURCE_DIR;
constexpr std::uint64_t kMs = 1'000'000;

// ---- the page ----

struct DocumentedKey {
  std::string key;   // "tasks[].wait_ns"
  std::string unit;  // "ns"
};

std::string trimmed(const std::string& text) {
  const std::size_t first = text.find_first_not_of(" `");
  if (first == std::string::npos) return {};
  return text.substr(first, text.find_last_not_of(" `") - first + 1);
}

// By heading: "hoodtrace.sched/1", or "All reports".
std::map<std::string, std::vector<DocumentedKey>> documented() {
  std::map<std::string, std::vector<DocumentedKey>> sections;
  std::ifstream page(kRoot / "docs/json.md");
  std::string section;
  for (std::string line; std::getline(page, line);) {
    if (line.starts_with("## ")) section = line.substr(3);
    if (!line.starts_with("| `")) continue;
    std::istringstream cells(line.substr(1));
    std::string key;
    std::string unit;
    std::getline(cells, key, '|');
    std::getline(cells, unit, '|');
    sections[section].push_back({trimmed(key), trimmed(unit)});
  }
  return sections;
}

std::vector<std::string> parts_of(const std::string& key) {
  std::vector<std::string> parts;
  std::istringstream words(key);
  for (std::string part; std::getline(words, part, '.');) parts.push_back(part);
  return parts;
}

// A part in capitals stands for any key.
bool is_any(const std::string& part) {
  return part.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZ") == std::string::npos;
}

// Is `key` the documented key or, with `as_parent`, an object or list that contains it?
bool matches(const std::string& documented, const std::string& key, bool as_parent) {
  const std::vector<std::string> wanted = parts_of(documented);
  std::vector<std::string> have = parts_of(key);
  if (as_parent ? have.size() > wanted.size() : have.size() != wanted.size()) return false;
  for (std::size_t i = 0; i < have.size(); i++) {
    const bool is_list = as_parent && i + 1 == have.size() && wanted[i] == have[i] + "[]";
    if (wanted[i] != have[i] && !is_any(wanted[i]) && !is_list) return false;
  }
  return true;
}

// ---- real output ----

// Adds the keys of values to `keys`, those of null, empty lists and empty objects to `parents`.
void collect(const json& value, const std::string& key, std::set<std::string>& keys,
             std::set<std::string>& parents) {
  if (value.is_object() && !value.empty()) {
    for (const auto& [name, inner] : value.items())
      collect(inner, key.empty() ? name : key + "." + name, keys, parents);
  } else if (value.is_array() && !value.empty()) {
    for (const json& inner : value) collect(inner, key + "[]", keys, parents);
  } else if (value.is_structured() || value.is_null()) {
    parents.insert(key);
  } else {
    keys.insert(key);
  }
}

void add_lines(const std::string& text, std::vector<json>& list) {
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);)
    if (!line.empty()) list.push_back(json::parse(line));
}

void add_run(const std::vector<std::string>& words, const StreamBuilder& scenario,
             std::vector<json>& list) {
  std::vector<std::string> all = words;
  all.insert(all.end(), {"--format", "json"});
  const CommandRun run = run_command(all, scenario);
  EXPECT_EQ(run.error, "") << words.front();
  add_lines(run.output, list);
}

StreamBuilder with_an_offline_cpu() {
  StreamBuilder scenario;
  scenario.at(1000 * kMs).session().seen(10, {.comm = "make"});
  ht_cpu record{};
  record.head = {1001 * kMs, 0, HT_CPU, 1};
  scenario.raw(&record, sizeof(record));
  return scenario.at(1002 * kMs).end();
}

// A process with a sleep whose stacks were recorded.
StreamBuilder with_a_long_sleep() {
  StreamBuilder scenario;
  WhyScenario why(scenario);
  scenario.at(1000 * kMs).session(HT_SESSION_EXACT | HT_SESSION_IOWAIT);
  scenario.on_cpu(0).seen(10, {.pid = 10, .comm = "server", .on_cpu = true});
  scenario.on_cpu(1).seen(11, {.pid = 10, .comm = "holder", .on_cpu = true});
  why.on_cpu(0).place(1, {"schedule", "pipe_read"});
  why.sleeps(10,
             {.call = kMunmapCall, .owner_tid = 11, .state = kDiskSleep, .lock = HT_LOCK_MUTEX});
  scenario.switches({.from = 10, .to = 0, .state = kDiskSleep, .iowait = false});
  scenario.at(1020 * kMs);
  why.on_cpu(0).wakes(10, {.tid = 11}).unwound(10, 1, 0x1000, "read", "libc.so.6");
  scenario.switches({.from = 0, .to = 10});
  why.counts(10, 1000, 700, 300);
  DiskScenario disk(scenario);
  disk.scope().wait(10, 1010 * kMs, 1);
  disk.request(
      {.tid = 10, .start_ns = 1005 * kMs, .issue_ns = 1006 * kMs, .complete_ns = 1015 * kMs});
  return scenario.at(1030 * kMs).end();
}

// A fork that copied pinned pages, with the count of them.
StreamBuilder with_copies_at_a_fork() {
  StreamBuilder scenario;
  scenario.at(1000 * kMs).session().seen(10, {.pid = 10, .comm = "server"});
  scenario.at(1001 * kMs).born(20, {.pid = 20, .parent_pid = 10, .comm = "server"});
  ht_fork fork{};
  fork.head = {scenario.now_ns(), 10, HT_FORK, 0};
  fork.child_pid = 20;
  fork.pid = 10;
  fork.flags = HT_FORK_OWN;
  fork.copied_pages = 2;
  fork.copied_bytes = 8192;
  scenario.raw(&fork, sizeof(fork));
  return scenario.at(1002 * kMs).end();
}

// A service whose process reads a file, with a main process that systemd reports.
StreamBuilder boot_of_one_service() {
  BootScenario scenario;
  StreamBuilder& stream = scenario.stream;
  stream.at(1000 * kMs).session().cgroup(1, "/init.scope").cgroup(7, "/system.slice/a.service");
  stream.seen(1, {.pid = 1, .parent_pid = 0, .comm = "systemd", .cgroup_id = 1});
  stream.born(50,
              {.pid = 50, .parent_pid = 1, .comm = "a", .start_ns = 1000 * kMs, .cgroup_id = 7});
  CacheScenario(stream).scope().names(kFile, {"data", "srv"}).adds(50, kFile, 0, 4);
  DiskScenario(stream).scope().request({.tid = 50}).wait(50, 1000 * kMs, 1);
  scenario.at(1400 * kMs).exits(50, 0, 1000 * kMs);
  stream.at(2000 * kMs);
  ht_boot_unit unit{};
  unit.head = {2000 * kMs, 0, HT_BOOT_UNIT, HT_NO_CPU};
  unit.flags = HT_BOOT_UNIT_SERVICE;
  unit.activating_ns = 1000 * kMs;
  unit.active_ns = unit.main_start_ns = 1001 * kMs;
  unit.main_exit_ns = 1400 * kMs;
  unit.main_pid = 50;
  RecordBuffer one;
  one.add(unit, BootScenario::words({"id", "a.service", "active", "active", "sub", "running"}));
  stream.raw(one.at(0).head, one.at(0).bytes);
  scenario.ends(HT_BOOT_END_REACHED, "idle");
  return stream.at(2001 * kMs).counters(1).end();
}

void add_boot_report(const StreamBuilder& scenario, std::vector<json>& list) {
  const testing::TemporaryFolder folder;
  add_run({"boot", "report", record_in(folder, scenario)}, scenario, list);
}

void add_boot_status(std::vector<json>& list) {
  const testing::TemporaryFolder folder;
  fs::create_directories(folder.file("var/log/hoodtrace"));
  std::ofstream(folder.file("var/log/hoodtrace/boot-1.htrec")) << "HTREC";
  add_run({"boot", "status", "--root", folder.file("")}, {}, list);
}

// One recording each, with a change, and records that are lost; and sets.
void add_diffs(std::vector<json>& list) {
  const testing::TemporaryFolder folder_a;
  const testing::TemporaryFolder folder_b;
  const auto scene = [](const testing::TemporaryFolder& folder, const DiffScene& fields) {
    return record_in(folder, DiffScenario(fields).stream());
  };
  const std::string a = scene(folder_a, {.seed = 1, .duration_ns = 1000 * kMs, .loses = true});
  const std::string b =
      scene(folder_b, {.seed = 2, .duration_ns = 1000 * kMs, .waits_per_s = 9000, .loses = true});
  add_run({"diff", a, b, "--gate", "waits<9x"}, {}, list);
  add_run({"diff", "--a", a, "--a", a, "--b", b, "--b", b}, {}, list);
}

json lab_report() {
  LabResult result;
  result.experiment = experiments().front();
  result.outcome = LabOutcome::kFail;
  result.reason = "a number";
  result.verdict.equal("pages", 512, 511, 512);
  result.verdict.within("time", 1, 2, 1.5, LabUnit::kNs);
  result.verdict.notes.emplace_back("not here");
  return json::parse(lab_json({result}).dump());
}

json doctor_report() {
  MachineFacts facts;
  facts.capabilities.push_back({"CAP_BPF", "loads programs", true, true});
  facts.families.push_back({"sched", "sched_switch", ""});
  facts.seccomp_refuses_bpf = true;
  return json::parse(doctor_json(facts).dump());
}

std::vector<json> real_output() {
  std::vector<json> list;
  for (const auto& entry : fs::directory_iterator(kRoot / "tests/golden/expected")) {
    if (entry.path().extension() != ".json") continue;
    std::ostringstream text;
    text << std::ifstream(entry.path()).rdbuf();
    add_lines(text.str(), list);
  }
  add_run({"faults", "--by", "address"}, forking_server(), list);
  add_run({"faults", "--cow"}, with_copies_at_a_fork(), list);
  add_run({"why", "--threshold", "1ms", "--stacks"}, with_a_long_sleep(), list);
  add_run({"procs", "--with", "why"}, with_a_long_sleep(), list);
  add_run({"sched"}, with_an_offline_cpu(), list);
  add_run({"sched"}, cgroup_made_again(), list);
  add_run({"sched"}, culprits_switched_off(), list);
  add_run({"sched"}, moved_asleep(), list);
  add_run({"info", kRoot / "tests/golden/recordings/all_forks.htrec"}, {}, list);
  const testing::TemporaryFolder folder;
  add_run({"info", record_in(folder, cgroup_made_again())}, {}, list);
  add_run({"info", record_in(folder, culprits_switched_off())}, {}, list);
  StreamBuilder cut;
  const std::string without_end = record_in(folder, cut.at(1000).session().seen(10, {.comm = "a"}));
  add_run({"sched", "--from", without_end}, {}, list);
  add_run({"info", without_end}, {}, list);
  add_boot_report(boot_of_one_service(), list);
  add_boot_status(list);
  add_diffs(list);
  list.push_back(lab_report());
  list.push_back(doctor_report());
  return list;
}

TEST(JsonKeys, ThePageListsWhatTheCommandsPrintAndNothingElse) {
  const auto sections = documented();
  ASSERT_TRUE(sections.contains("All reports"));
  const std::vector<DocumentedKey>& common = sections.at("All reports");
  std::map<std::string, std::set<std::string>> keys;
  std::map<std::string, std::set<std::string>> parents;
  for (const json& report : real_output()) {
    const std::string schema = report.value("schema", "");
    collect(report, "", keys[schema], parents[schema]);
  }
  std::set<std::string> printed;  // documented keys that occur
  for (const auto& [schema, names] : keys) {
    ASSERT_TRUE(sections.contains(schema)) << "docs/json.md has no section " << schema;
    std::vector<DocumentedKey> list = sections.at(schema);
    const bool is_report = list.empty() || list.front().key != "schema";
    if (is_report) list.insert(list.end(), common.begin(), common.end());
    for (const bool as_parent : {false, true}) {
      for (const std::string& name : as_parent ? parents[schema] : names) {
        bool found = false;
        for (const DocumentedKey& known : list) {
          const bool is_it = matches(known.key, name, false);
          if (is_it) printed.insert(schema + " " + known.key);
          found |= is_it || (as_parent && matches(known.key, name, true));
        }
        EXPECT_TRUE(found) << "docs/json.md, section " << schema << ", lacks a row for `" << name
                           << "`";
      }
    }
  }
  for (const auto& [section, list] : sections) {
    if (section == "hoodtrace.events/1") continue;
    for (const DocumentedKey& known : list) {
      bool occurs = false;
      for (const auto& [schema, names] : keys)
        if (schema == section || section == "All reports")
          occurs |= printed.contains(schema + " " + known.key);
      EXPECT_TRUE(occurs) << "docs/json.md, section " << section << ": `" << known.key
                          << "` occurs in no output; remove the row, or add a case to this test";
    }
  }
}

TEST(JsonKeys, ThePageListsTheColumnsOfEvents) {
  const auto sections = documented();
  ASSERT_TRUE(sections.contains("hoodtrace.events/1"));
  std::vector<std::string> page;
  for (const DocumentedKey& column : sections.at("hoodtrace.events/1"))
    page.push_back(column.key + " " + column.unit);
  std::vector<std::string> columns;
  for (const FieldName& field : kFieldNames)
    columns.push_back(std::string(field.key) + " " + std::string(field.unit));
  EXPECT_EQ(page, columns);
}

TEST(JsonKeys, UnitsAreThoseOfTheNames) {
  for (const auto& [section, list] : documented())
    for (const DocumentedKey& known : list) {
      if (known.key.ends_with("_ns")) {
        EXPECT_EQ(known.unit, "ns") << section << " " << known.key;
      }
      if (known.key.ends_with("_bytes")) {
        EXPECT_EQ(known.unit, "bytes") << section << " " << known.key;
      }
    }
}

}  // namespace
}  // namespace hoodtrace::golden
