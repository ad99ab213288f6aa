// SPDX-License-Identifier: GPL-2.0-or-later
// The columns machine_id and boot_id of exports: only with --host-name.

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <sstream>

#include "support/command_run.hpp"
#include "support/session_scenario.hpp"

namespace hoodtrace {
namespace {

using Object = nlohmann::json;

StreamBuilder scenario(bool has_ids) {
  StreamBuilder scenario;
  if (has_ids)
    add_session(scenario.at(1000),
                {"target", "the whole system", "machine_id", "6f1c", "boot_id", "0b-12"});
  else
    add_session(scenario.at(1000), {"target", "the whole system"});
  return scenario.seen(10, {.comm = "make"}).at(2000).end();
}

std::vector<Object> rows_of(const std::vector<std::string>& more, bool has_ids) {
  std::vector<std::string> words = {"export", "--to", "jsonl"};
  words.insert(words.end(), more.begin(), more.end());
  const CommandRun run = run_command(words, scenario(has_ids));
  EXPECT_EQ(run.error, "");
  std::vector<Object> rows;
  std::istringstream text(run.output);
  for (std::string line; std::getline(text, line);) rows.push_back(Object::parse(line));
  return rows;
}

TEST(HostIds, EveryRowHasThemWhenAskedFor) {
  const auto rows = rows_of({"--host-name"}, true);
  EXPECT_EQ(rows.front()["boot_id"], "") << "the header has an empty value for each column";
  for (std::size_t i = 1; i < rows.size(); i++) {
    EXPECT_EQ(rows[i]["machine_id"], "6f1c") << rows[i];
    EXPECT_EQ(rows[i]["boot_id"], "0b-12") << rows[i];
  }
}

TEST(HostIds, WithoutTheOptionThereAreNoSuchColumns) {
  for (const Object& row : rows_of({}, true)) {
    EXPECT_FALSE(row.contains("machine_id")) << row;
    EXPECT_FALSE(row.contains("boot_id")) << row;
  }
  const CommandRun csv = run_command({"export", "--to", "csv"}, scenario(true));
  EXPECT_EQ(csv.output.substr(0, csv.output.find('\r')).find("boot_id"), std::string::npos);
}

TEST(HostIds, ARecordingWithoutThemHasAbsentValues) {
  const auto rows = rows_of({"--host-name"}, false);
  EXPECT_TRUE(rows.front().contains("machine_id"));
  for (std::size_t i = 1; i < rows.size(); i++) EXPECT_FALSE(rows[i].contains("machine_id"));
}

TEST(HostIds, CsvHasThemAsTheLastColumns) {
  const CommandRun csv = run_command({"export", "--to", "csv", "--host-name"}, scenario(true));
  const std::string header = csv.output.substr(0, csv.output.find('\r'));
  EXPECT_TRUE(header.ends_with(",machine_id,boot_id")) << header;
  EXPECT_NE(csv.output.find(",6f1c,0b-12\r\n"), std::string::npos);
}

}  // namespace
}  // namespace hoodtrace
