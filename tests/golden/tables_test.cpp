// SPDX-License-Identifier: GPL-2.0-or-later
// JSON lines and CSV, loaded by other programs: Python's json and csv, and pandas where it is.

#include <gtest/gtest.h>

#include "support/command_run.hpp"
#include "support/export_scenario.hpp"
#include "support/script_run.hpp"
#include "support/temporary_folder.hpp"

namespace hoodtrace::golden {
namespace {

using nlohmann::json;

StreamBuilder quoted_arguments() {
  StreamBuilder scenario = export_scenario();
  LifeRecords(scenario).executes(10, "/bin/sh", {"sh", "-c", "say \"hi, you\" \\ \033[31m\n"});
  return scenario;
}

json loaded(const StreamBuilder& scenario) {
  const testing::TemporaryFolder folder;
  for (const char* form : {"jsonl", "csv"})
    testing::write_file(folder.file(form), run_command({"export", "--to", form}, scenario).output);
  return testing::run_script("load_tables.py", {folder.file("jsonl"), folder.file("csv")});
}

TEST(Tables, BothFormsLoadAndHoldTheSame) {
  const json result = loaded(export_scenario());
  ASSERT_FALSE(result.is_null());
  EXPECT_EQ(result["header_rows"], json({1, 1})) << "a first row with a value in every column";
  EXPECT_EQ(result["same_rows"], true);
  EXPECT_EQ(result["same_columns"], true);
  EXPECT_EQ(result["full_rows"], true);
  EXPECT_EQ(result["jsonl"], result["csv"]);
  EXPECT_EQ(result["csv"]["threads"]["11"], json({{"runs", 1}, {"wait_ns", 500}}));
  ASSERT_EQ(result["argv"].size(), 1U);
  EXPECT_EQ(result["argv"][0][0], result["argv"][0][1]);
}

TEST(Tables, AnArgvIsTheSameJsonListInBoth) {
  const json argv = loaded(quoted_arguments())["argv"];
  ASSERT_EQ(argv.size(), 2U);
  EXPECT_EQ(argv[1][0][2], "say \"hi, you\" \\ \033[31m\n");
  EXPECT_EQ(argv[1][0], argv[1][1]);
}

TEST(Tables, PandasLoadsThemAsTheyAre) {
  const json result = loaded(export_scenario());
  if (result["pandas"].is_null()) GTEST_SKIP() << "cannot run here: no pandas";
  EXPECT_EQ(result["pandas"]["csv"]["wait_ns"], 500 + 200);
  EXPECT_EQ(result["pandas"]["jsonl"]["wait_ns"], 500 + 200);
  EXPECT_EQ(result["pandas"]["jsonl"]["rows"], result["pandas"]["csv"]["rows"]);
}

}  // namespace
}  // namespace hoodtrace::golden
