// SPDX-License-Identifier: GPL-2.0-or-later
// The files of a command line: what is read is never destroyed, and what fails destroys nothing.

#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <iterator>

#include "stream/recorder.hpp"
#include "support/command_run.hpp"
#include "support/temporary_folder.hpp"
#include "view/report.hpp"

namespace hoodtrace {
namespace {

std::string content_of(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

StreamBuilder switches_only() {
  StreamBuilder scenario;
  scenario.at(1000).session().seen(10, {.comm = "make", .on_cpu = true});
  scenario.at(2000).switches({.from = 10, .to = 0});
  scenario.at(4000).counters(10).end();
  return scenario;
}

// A session that says which families were recorded: "sched,procs".
StreamBuilder session_of(std::string_view families) {
  ht_session session{};
  session.head = {1000, 0, HT_SESSION, HT_NO_CPU};
  RecordBuffer record;
  record.add(session, std::string("families") + '\0' + std::string(families) + '\0');
  StreamBuilder scenario;
  scenario.raw(record.at(0).head, record.at(0).bytes);
  scenario.at(2000).end();
  return scenario;
}

class RecordingFiles : public ::testing::Test {
 protected:
  std::string record(const StreamBuilder& scenario, const char* name = "run.htrec") {
    const std::string path = folder_.file(name);
    auto recorder = Recorder::create(path, {});
    EXPECT_TRUE(recorder);
    for (std::size_t i = 0; i < scenario.records().size(); i++) {
      const RecordView record = scenario.records().at(i);
      EXPECT_TRUE((*recorder)->write({&record, 1}));
    }
    EXPECT_TRUE((*recorder)->finish());
    return path;
  }

  testing::TemporaryFolder folder_;
};

TEST_F(RecordingFiles, TheInputIsNotOverwrittenUnderAnyName) {
  const std::string path = record(switches_only());
  const std::string before = content_of(path);
  std::filesystem::create_symlink(path, folder_.file("soft"));
  std::filesystem::create_hard_link(path, folder_.file("hard"));
  for (const std::string& output : {path, folder_.file("soft"), folder_.file("hard")}) {
    const std::vector<std::vector<std::string>> lines = {
        {"sched", "--from", path, "-o", output},
        {"export", "--from", path, "--to", "csv", "-o", output},
        {"info", path, "-o", output},
        {"boot", "report", path, "-o", output},
        {"boot", "report", path, "--html", output},
        {"boot", "report", path, "--perfetto", output}};
    for (const std::vector<std::string>& words : lines) {
      const CommandRun run = run_command(words, {});
      EXPECT_EQ(run.code, 2) << words[0];
      EXPECT_NE(run.error.find("the same file"), std::string::npos) << run.error;
      EXPECT_EQ(content_of(path), before) << words[0];
    }
  }
}

TEST_F(RecordingFiles, StandardInputIsNotOverwritten) {
  const std::string path = record(switches_only());
  const std::string before = content_of(path);
  const int old = ::dup(STDIN_FILENO);
  const int file = ::open(path.c_str(), O_RDONLY);
  ASSERT_EQ(::dup2(file, STDIN_FILENO), STDIN_FILENO);
  const CommandRun run = run_command({"sched", "--from", "-", "-o", path}, {});
  ::dup2(old, STDIN_FILENO);
  ::close(file);
  ::close(old);
  EXPECT_EQ(run.code, 2);
  EXPECT_NE(run.error.find("the same file"), std::string::npos) << run.error;
  EXPECT_EQ(content_of(path), before);
}

TEST_F(RecordingFiles, AViewCountsWhatIsWrongBehindTheEnd) {
  const std::string path = record(switches_only());
  std::filesystem::resize_file(path, std::filesystem::file_size(path) - 10);
  const CommandRun view = run_command({"sched", "--from", path}, {});
  EXPECT_NE(view.output.find("1 lost: 1 cut"), std::string::npos) << view.output;
  const CommandRun facts = run_command({"info", path}, {});
  EXPECT_NE(facts.output.find("1 lost: 1 cut"), std::string::npos) << facts.output;
}

TEST_F(RecordingFiles, TwoOutputsAreNotOneFile) {
  const std::string path = folder_.file("x");
  EXPECT_EQ(run_command({"sched", "-o", path, "-w", path}, switches_only()).code, 2);
  EXPECT_FALSE(std::filesystem::exists(path));
}

TEST_F(RecordingFiles, AReportThatFailsLeavesTheOlderOne) {
  const std::string path = folder_.file("report");
  std::ofstream(path) << "older";
  const std::string recording = record(switches_only());
  EXPECT_EQ(run_command({"faults", "--from", recording, "-o", path}, {}).code, 1);
  EXPECT_EQ(run_command({"sched", "--from", "/nonexistent", "-o", path}, {}).code, 1);
  EXPECT_EQ(content_of(path), "older");
  EXPECT_EQ(run_command({"sched", "--from", recording, "-o", path}, {}).code, 0);
  EXPECT_NE(content_of(path).find("hoodtrace sched"), std::string::npos);
  EXPECT_FALSE(std::filesystem::exists(path + ".partial"));
}

// ---- a view of what was not recorded ----

TEST_F(RecordingFiles, AViewOfAnUnrecordedFamilyNamesTheRecordedOnes) {
  const std::string path = record(switches_only());
  for (const char* view : {"faults", "procs", "cache", "why"}) {
    const CommandRun run = run_command({view, "--from", path}, {});
    EXPECT_EQ(run.code, 1) << view;
    EXPECT_NE(run.error.find(std::string("has no ") + view + " (it has: sched)"), std::string::npos)
        << run.error;
    EXPECT_TRUE(run.error.ends_with(std::string("hoodtrace record ") + view + " -o FILE"))
        << run.error;
    EXPECT_EQ(run.output, "") << view;
  }
  EXPECT_EQ(run_command({"sched", "--from", path}, {}).code, 0);
}

TEST_F(RecordingFiles, TheSessionNamesTheFamiliesOfAnEmptyRecording) {
  const std::string path = record(session_of("procs,faults"));
  EXPECT_EQ(run_command({"faults", "--from", path}, {}).code, 0);
  EXPECT_EQ(run_command({"procs", "--from", path}, {}).code, 0);
  const CommandRun run = run_command({"sched", "--from", path}, {});
  EXPECT_EQ(run.code, 1);
  EXPECT_NE(run.error.find("(it has: procs, faults)"), std::string::npos) << run.error;
  EXPECT_NE(run.error.find("hoodtrace record sched"), std::string::npos) << run.error;
}

TEST_F(RecordingFiles, WithAskedForIsAFamilyToo) {
  const std::string path = record(session_of("procs"));
  EXPECT_EQ(run_command({"procs", "--from", path}, {}).code, 0);
  EXPECT_EQ(run_command({"procs", "--with", "sched", "--from", path}, {}).code, 1);
}

// ---- what info says of a file ----

TEST_F(RecordingFiles, InfoCountsRecordsOfTheFileOnly) {
  const std::string path = record(switches_only());
  const auto info = [&path] {
    return Json::parse(run_command({"info", path, "--format", "json"}, {}).output);
  };
  const Json whole = info();
  EXPECT_EQ(whole["whole"], true);
  EXPECT_EQ(whole["records"], switches_only().records().size());
  EXPECT_EQ(whole["trailing_bytes"], 0);
  std::ofstream(path, std::ios::app) << "more";
  EXPECT_EQ(info()["whole"], true);
  EXPECT_EQ(info()["trailing_bytes"], 4);
  EXPECT_NE(run_command({"info", path}, {}).output.find("4 trailing bytes"), std::string::npos);
  std::filesystem::resize_file(path, 8);
  const Json empty = info();
  EXPECT_EQ(empty["whole"], false);
  EXPECT_EQ(empty["records"], 0);
  EXPECT_EQ(empty["kinds"], Json::object());
}

}  // namespace
}  // namespace hoodtrace
