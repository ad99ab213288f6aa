// SPDX-License-Identifier: GPL-2.0-or-later
#include "output/rows/csv_exporter.hpp"

#include <gtest/gtest.h>

#include <map>
#include <sstream>

#include "support/command_run.hpp"
#include "support/export_scenario.hpp"

namespace hoodtrace {
namespace {

using Row = std::map<std::string, std::string>;

std::vector<std::string> cells_of(const std::string& line) {
  std::vector<std::string> cells(1);
  bool quoted = false;
  for (std::size_t i = 0; i < line.size(); i++) {
    if (line[i] == '"') {
      if (quoted && i + 1 < line.size() && line[i + 1] == '"')
        cells.back() += line[i++];
      else
        quoted = !quoted;
    } else if (line[i] == ',' && !quoted) {
      cells.emplace_back();
    } else {
      cells.back() += line[i];
    }
  }
  return cells;
}

std::vector<Row> rows_of(const StreamBuilder& scenario) {
  const CommandRun run = run_command({"export", "--to", "csv"}, scenario);
  EXPECT_EQ(run.error, "");
  std::istringstream text(run.output);
  std::string line;
  std::getline(text, line);
  EXPECT_EQ(line.back(), '\r');
  line.pop_back();
  const auto names = cells_of(line);
  std::vector<Row> rows;
  while (std::getline(text, line)) {
    line.pop_back();
    const auto cells = cells_of(line);
    EXPECT_EQ(cells.size(), names.size()) << line;
    Row& row = rows.emplace_back();
    for (std::size_t i = 0; i < cells.size() && i < names.size(); i++) row[names[i]] = cells[i];
  }
  return rows;
}

Row first_of(const std::vector<Row>& rows, const std::string& type, const std::string& tid) {
  for (const Row& row : rows)
    if (row.at("type") == type && row.at("tid") == tid) return row;
  ADD_FAILURE() << "no " << type << " of " << tid;
  return {};
}

TEST(CsvExporter, ALinePerEventUnderNamesWithUnits) {
  const auto rows = rows_of(export_scenario());
  const Row row = first_of(rows, "switch", "11");
  EXPECT_EQ(row.at("time_ns"), "2600");
  EXPECT_EQ(row.at("wait_ns"), "500");
  EXPECT_EQ(row.at("prev_comm"), "make");
  EXPECT_EQ(row.at("file"), "") << "does not apply";
}

TEST(CsvExporter, ArgvIsAJsonListInOneCell) {
  const Row row = first_of(rows_of(export_scenario()), "program", "11");
  EXPECT_EQ(row.at("argv"), R"(["cc","-c","<a b>.c"])");
}

TEST(CsvExporter, AHostileNameStaysOneCellOfOneLine) {
  const Row row = first_of(rows_of(export_scenario()), "task_seen", "12");
  EXPECT_EQ(row.at("comm"), R"(</script>"',\n\xff)");
}

TEST(CsvExporter, AFormulaIsDefused) {
  StreamBuilder scenario;
  scenario.session().seen(10, {.comm = "=1+1"}).end();
  EXPECT_EQ(first_of(rows_of(scenario), "task_seen", "10").at("comm"), "'=1+1");
}

}  // namespace
}  // namespace hoodtrace
