// SPDX-License-Identifier: GPL-2.0-or-later
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <fstream>

#include "support/command_run.hpp"
#include "support/export_scenario.hpp"
#include "support/temporary_folder.hpp"

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
  const CommandRun run = run_command({"export", "--to", "csv"}, export_scenario());
  EXPECT_NE(run.output.find("\nswitch,"), std::string::npos);
  EXPECT_NE(run.output.find("\nprogram,"), std::string::npos);
}

TEST(Export, AStreamThatWasCutIsExportedUpToItsLastRecord) {
  StreamBuilder scenario;
  scenario.session().switches({.from = 0, .to = 10});
  const CommandRun run = run_command({"export", "--to", "csv"}, scenario);
  EXPECT_EQ(run.code, 0);
  EXPECT_NE(run.output.find("\nsummary,"), std::string::npos);
}

TEST(Export, UndecodableRecordsAreCounted) {
  StreamBuilder scenario = export_scenario();
  const ht_header bad{6000, 0, 9999, 0};
  scenario.raw(&bad, sizeof(bad));
  const CommandRun run = run_command({"export", "--to", "jsonl"}, scenario);
  EXPECT_NE(run.output.find(R"("key":"undecodable","count":1)"), std::string::npos);
}

TEST(Export, PassesTheCommandsCodeOn) {
  StreamBuilder scenario;
  scenario.session().end(3 << 8);
  EXPECT_EQ(run_command({"export", "--to", "csv", "--propagate"}, scenario).code, 3);
}

TEST(Export, TheFormFollowsFromTheEndingOfTheFile) {
  const testing::TemporaryFolder folder;
  const auto begin_of = [&folder](const char* name) {
    EXPECT_EQ(run_command({"export", "-o", folder.file(name)}, export_scenario()).error, "");
    std::ifstream file(folder.file(name), std::ios::binary);
    std::string bytes(8, ' ');
    file.read(bytes.data(), 8);
    return bytes;
  };
  EXPECT_EQ(begin_of("x.csv"), "type,tim");
  EXPECT_EQ(begin_of("x.jsonl"), "{\"type\":");
  EXPECT_EQ(begin_of("x.html").substr(0, 2), "<!");
  EXPECT_EQ(begin_of("x.csv.zst").substr(0, 4), "\x28\xb5\x2f\xfd") << "the magic of zstd";
}

TEST(Export, OpenStartsTheBrowserWithThePage) {
  const testing::TemporaryFolder folder;
  std::ofstream(folder.file("xdg-open")) << "#!/bin/sh\necho \"$1\" > \"$0.was\"\n";
  ASSERT_EQ(::chmod(folder.file("xdg-open").c_str(), 0755), 0);
  const std::string path = std::getenv("PATH") == nullptr ? "" : std::getenv("PATH");
  ::setenv("PATH", (folder.file("") + ":" + path).c_str(), 1);
  const std::string page = folder.file("x.html");
  const CommandRun run =
      run_command({"export", "--to", "html", "-o", page, "--open"}, export_scenario());
  ::setenv("PATH", "/nonexistent", 1);
  const CommandRun none =
      run_command({"export", "--to", "html", "-o", page, "--open"}, export_scenario());
  ::setenv("PATH", path.c_str(), 1);
  EXPECT_EQ(run.error, "");
  std::string opened;
  for (int i = 0; i < 500 && opened.empty(); i++) {
    ::usleep(10'000);
    std::ifstream(folder.file("xdg-open.was")) >> opened;
  }
  EXPECT_EQ(opened, page);
  EXPECT_EQ(none.code, 1);
  EXPECT_NE(none.error.find("open " + page), std::string::npos) << none.error;
  EXPECT_EQ(run_command({"export", "--to", "csv", "-o", page, "--open"}, {}).code, 2);
}

TEST(Export, AnUnwritableFileIsReportedBeforeTheRun) {
  EXPECT_EQ(run_command({"export", "--to", "csv", "-o", "/nonexistent/x"}, {}).code, 1);
}

}  // namespace
}  // namespace hoodtrace
