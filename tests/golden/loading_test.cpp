// SPDX-License-Identifier: GPL-2.0-or-later
// The statements of docs/json.md, "Loading the rows", do what they say: DuckDB's and pandas's, on the
// exports of a stream whose last columns come after 20 480 rows, the number that DuckDB looks at.

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>

#include "golden/record_in.hpp"
#include "support/child_process.hpp"
#include "support/command_run.hpp"
#include "support/fault_scenario.hpp"
#include "support/life_records.hpp"

namespace hoodtrace::golden {
namespace {

using nlohmann::json;
using testing::TemporaryFolder;

constexpr std::uint64_t kSwitches = 21'000;
constexpr std::uint64_t kWaitNs = 700;
constexpr std::uint64_t kKernelAddress = 0xffffffffff600000;

StreamBuilder with_a_late_signal() {
  StreamBuilder scenario;
  LifeRecords life(scenario);
  scenario.at(1000).session().seen(10, {.comm = "make"});
  for (std::uint64_t i = 0; i < kSwitches; i += 2) {
    scenario.at(2000 + i * 1000).switches({.from = 0, .to = 10, .wait_ns = kWaitNs});
    scenario.at(2500 + i * 1000).switches({.from = 10, .to = 0, .state = kSleeping});
  }
  scenario.at(3000 + kSwitches * 1000).born(11, {.parent_pid = 10, .comm = "cc", .start_ns = 3000});
  scenario.at(4000 + kSwitches * 1000);
  FaultScenario(scenario).touch(11, {.address = kKernelAddress, .done = false, .signal = SIGSEGV});
  life.exits(11, 9);
  return scenario.at(5000 + kSwitches * 1000).end();
}

// The blocks of that section in a language, "sh" or "python".
std::string documented(const std::string& language) {
  std::ostringstream page;
  page << std::ifstream(HOODTRACE_SOURCE_DIR "/docs/json.md").rdbuf();
  const std::string text = page.str();
  const std::size_t section = text.find("### Loading the rows");
  const std::string fence = "```" + language + "\n";
  const std::size_t at = text.find(fence, section);
  if (section == std::string::npos || at == std::string::npos) return "";
  return text.substr(at + fence.size(), text.find("```\n", at + 3) - at - fence.size());
}

bool has_program(const std::string& name) {
  testing::ChildProcess asks({"/bin/sh", "-c", "command -v " + name});
  return asks.wait(std::chrono::seconds(10)) == 0;
}

class Loading : public ::testing::Test {
 protected:
  void SetUp() override {
    const std::string file = record_in(folder_, with_a_late_signal());
    for (const char* name : {"run.jsonl", "run.csv", "run.jsonl.zst"}) {
      const CommandRun run = run_command({"export", "--from", file, "-o", folder_.file(name)}, {});
      ASSERT_EQ(run.error, "") << name;
    }
  }
  json run(const std::string& command) const {
    testing::ChildProcess process({"/bin/sh", "-c", "cd '" + folder_.file("") + "' && " + command});
    EXPECT_EQ(process.wait(std::chrono::seconds(90)), 0) << command << process.error();
    json loaded = json::parse(process.output(), nullptr, false);
    EXPECT_FALSE(loaded.is_discarded()) << command << process.output();
    return loaded;
  }

  TemporaryFolder folder_;
};

TEST_F(Loading, DuckDbsStatementsDoWhatTheySay) {
  if (!has_program("duckdb")) GTEST_SKIP() << "cannot run here: no duckdb";
  std::istringstream lines(documented("sh"));
  unsigned results = 0;
  for (std::string line; std::getline(lines, line);) {
    ASSERT_TRUE(line.starts_with("duckdb -c ")) << line;
    const json rows = run("duckdb -json" + line.substr(std::string("duckdb").size()));
    ASSERT_FALSE(rows.empty()) << line;
    results++;
    // Large numbers are texts in its JSON.
    const auto number = [](const json& value) {
      return value.is_string() ? std::stoull(value.get<std::string>()) : value.get<std::uint64_t>();
    };
    if (rows[0].contains("wait_ns")) {
      EXPECT_EQ(rows[0]["comm"], "make") << line;
      EXPECT_EQ(number(rows[0]["wait_ns"]), kSwitches / 2 * kWaitNs) << line;
      continue;
    }
    ASSERT_EQ(rows.size(), 1U) << line;
    EXPECT_EQ(number(rows[0]["pid"]), 11U) << line;
    if (rows[0].contains("address")) {
      EXPECT_EQ(number(rows[0]["address"]), kKernelAddress) << line;
    } else {
      EXPECT_EQ(number(rows[0]["exit_signal"]), 9U) << line;
    }
  }
  EXPECT_EQ(results, 4U);
}

TEST_F(Loading, DuckDbKnowsTheLateColumnAsANumber) {
  if (!has_program("duckdb")) GTEST_SKIP() << "cannot run here: no duckdb";
  const std::string more = ", map_inference_threshold=-1)";
  for (const std::string& name : {"read_json('run.jsonl'" + more, std::string("'run.csv'"),
                                  "read_json('run.jsonl.zst'" + more}) {
    const json rows =
        run("duckdb -json -c \"select typeof(any_value(exit_signal)) as type, "
            "typeof(any_value(traced)) as truth from " +
            name + "\"");
    EXPECT_EQ(rows[0]["type"], "BIGINT") << name;
    EXPECT_EQ(rows[0]["truth"], "BOOLEAN") << name;
    const json late = run("duckdb -json -c \"select count(address) as faults from " + name +
                          " where type = 'fault'\"");
    EXPECT_EQ(late[0]["faults"].dump(), "\"1\"") << name << ": not of the sample, and wide";
  }
}

TEST_F(Loading, PandassStatementsDoWhatTheySay) {
  testing::ChildProcess asks({"/usr/bin/python3", "-c", "import pandas"});
  if (asks.wait(std::chrono::seconds(60)) != 0) GTEST_SKIP() << "cannot run here: no pandas";
  const std::string program = documented("python");
  ASSERT_NE(program, "");
  std::ofstream(folder_.file("load.py")) << program;
  EXPECT_EQ(run("/usr/bin/python3 load.py")["make"], kSwitches / 2 * kWaitNs);
  // The other statement of its comment.
  std::string by_csv = program;
  const std::size_t comment = by_csv.find("# or: ");
  ASSERT_NE(comment, std::string::npos);
  const std::string other = by_csv.substr(comment + 6, by_csv.find('\n', comment) - comment - 6);
  by_csv.insert(by_csv.find('\n', comment) + 1, "rows = " + other + "\n");
  std::ofstream(folder_.file("load.py")) << by_csv;
  EXPECT_EQ(run("/usr/bin/python3 load.py")["make"], kSwitches / 2 * kWaitNs);
}

}  // namespace
}  // namespace hoodtrace::golden
