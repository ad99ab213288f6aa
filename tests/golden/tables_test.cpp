// SPDX-License-Identifier: GPL-2.0-or-later
// JSON lines and CSV, loaded by other programs: Python's json and csv, and pandas where it is.

#include <gtest/gtest.h>

#include "support/command_run.hpp"
#include "support/export_story.hpp"
#include "support/script_run.hpp"
#include "support/temporary_folder.hpp"

namespace hoodtrace::golden {
namespace {

using nlohmann::json;

StreamBuilder quoted_arguments() {
  StreamBuilder story = export_story();
  LifeRecords(story).executes(10, "/bin/sh", {"sh", "-c", "say \"hi, you\" \\ \033[31m\n"});
  return story;
}

json loaded(const StreamBuilder& story) {
  const testing::TemporaryFolder folder;
  for (const char* form : {"jsonl", "csv"})
    testing::write_file(folder.file(form), run_command({"export", "--to", form}, story).output);
  return testing::run_script("load_tables.py", {folder.file("jsonl"), folder.file("csv")});
}

TEST(Tables, BothFormsLoadAndHoldTheSame) {
  const json told = loaded(export_story());
  ASSERT_FALSE(told.is_null());
  EXPECT_EQ(told["header_rows"], json({1, 1})) << "a first row with a value in every column";
  EXPECT_EQ(told["same_rows"], true);
  EXPECT_EQ(told["same_columns"], true);
  EXPECT_EQ(told["full_rows"], true);
  EXPECT_EQ(told["jsonl"], told["csv"]);
  EXPECT_EQ(told["csv"]["threads"]["11"], json({{"runs", 1}, {"wait_ns", 500}}));
  ASSERT_EQ(told["argv"].size(), 1U);
  EXPECT_EQ(told["argv"][0][0], told["argv"][0][1]);
}

TEST(Tables, AnArgvIsTheSameJsonListInBoth) {
  const json argv = loaded(quoted_arguments())["argv"];
  ASSERT_EQ(argv.size(), 2U);
  EXPECT_EQ(argv[1][0][2], "say \"hi, you\" \\ \033[31m\n");
  EXPECT_EQ(argv[1][0], argv[1][1]);
}

TEST(Tables, PandasLoadsThemAsTheyAre) {
  const json told = loaded(export_story());
  if (told["pandas"].is_null()) GTEST_SKIP() << "cannot run here: no pandas";
  EXPECT_EQ(told["pandas"]["csv"]["wait_ns"], 500 + 200);
  EXPECT_EQ(told["pandas"]["jsonl"]["wait_ns"], 500 + 200);
  EXPECT_EQ(told["pandas"]["jsonl"]["rows"], told["pandas"]["csv"]["rows"]);
}

}  // namespace
}  // namespace hoodtrace::golden
