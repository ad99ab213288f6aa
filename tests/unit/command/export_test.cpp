// SPDX-License-Identifier: GPL-2.0-or-later
#include <gtest/gtest.h>

#include "support/command_run.hpp"
#include "support/export_story.hpp"

namespace hoodtrace {
namespace {

TEST(Export, NeedsAFormAndKnowsItsForms) {
  EXPECT_EQ(run_command({"export"}, {}).code, 2);
  const CommandRun unknown = run_command({"export", "--to", "fo\x1bo"}, {});
  EXPECT_EQ(unknown.code, 2);
  EXPECT_NE(unknown.error.find("fo\\x1bo"), std::string::npos);
  EXPECT_NE(unknown.error.find("jsonl"), std::string::npos) << "says what there is";
}

TEST(Export, TracesAllFamilies) {
  const CommandRun run = run_command({"export", "--to", "csv"}, export_story());
  EXPECT_NE(run.output.find("\nswitch,"), std::string::npos);
  EXPECT_NE(run.output.find("\nprogram,"), std::string::npos);
}

TEST(Export, AStreamThatWasCutIsExportedUpToItsLastRecord) {
  StreamBuilder story;
  story.session().switches({.from = 0, .to = 10});
  const CommandRun run = run_command({"export", "--to", "csv"}, story);
  EXPECT_EQ(run.code, 0);
  EXPECT_NE(run.output.find("\nsummary,"), std::string::npos);
}

TEST(Export, WhatCannotBeDecodedIsCounted) {
  StreamBuilder story = export_story();
  const ht_header bad{6000, 0, 9999, 0};
  story.raw(&bad, sizeof(bad));
  const CommandRun run = run_command({"export", "--to", "jsonl"}, story);
  EXPECT_NE(run.output.find(R"("key":"undecodable","count":1)"), std::string::npos);
}

TEST(Export, PassesTheCommandsCodeOn) {
  StreamBuilder story;
  story.session().end(3 << 8);
  EXPECT_EQ(run_command({"export", "--to", "csv", "--propagate"}, story).code, 3);
}

TEST(Export, AFileThatCannotBeWrittenCostsNoRun) {
  EXPECT_EQ(run_command({"export", "--to", "csv", "-o", "/nonexistent/x"}, {}).code, 1);
}

}  // namespace
}  // namespace hoodtrace
