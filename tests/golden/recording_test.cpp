// SPDX-License-Identifier: GPL-2.0-or-later
// Recordings of known programs, one per family (and one per format that was ever released),
// replayed by every command: what a user would read equals the file in expected/. How they are
// made: keep_own.cpp. After a wanted change: HOODTRACE_UPDATE_GOLDEN=1 ctest -L golden, and read
// the diff.

#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include "support/command_run.hpp"

namespace hoodtrace::golden {
namespace {

struct Case {
  std::string recording;  // in recordings/
  std::vector<std::string> words;
  std::string file;  // in expected/
};

void PrintTo(const Case& wanted, std::ostream* out) { *out << wanted.file; }

const Case kCases[] = {
    {"sched_pipe", {"sched", "--format", "json"}, "recording_sched_pipe.json"},
    {"sched_pipe",
     {"sched", "--by", "cpu", "--format", "json"},
     "recording_sched_pipe_by_cpu.json"},
    {"sched_pipe", {"sched"}, "recording_sched_pipe.txt"},
    {"life_forks", {"procs", "--format", "json"}, "recording_life_forks.json"},
    {"life_forks", {"procs"}, "recording_life_forks.txt"},
    {"life_forks", {"sched", "--format", "json"}, "recording_life_forks_sched.json"},
    {"faults_kinds", {"faults", "--format", "json"}, "recording_faults_kinds.json"},
    {"faults_kinds", {"faults", "--by", "mapping"}, "recording_faults_kinds_by_mapping.txt"},
    {"faults_cow", {"faults", "--cow", "--format", "json"}, "recording_faults_cow.json"},
    {"faults_cow", {"faults", "--cow"}, "recording_faults_cow.txt"},
    {"cache_reads", {"cache", "--format", "json"}, "recording_cache_reads.json"},
    {"cache_reads", {"cache"}, "recording_cache_reads.txt"},
    {"all_forks", {"sched", "--format", "json"}, "recording_all_forks_sched.json"},
    {"all_forks",
     {"procs", "--with", "sched,faults", "--tree"},
     "recording_all_forks_procs_tree.txt"},
    {"all_forks", {"procs", "--format", "json"}, "recording_all_forks_procs.json"},
    {"all_forks", {"faults", "--format", "json"}, "recording_all_forks_faults.json"},
    {"all_forks", {"cache", "--format", "json"}, "recording_all_forks_cache.json"},
};

std::string content(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

class Recording : public ::testing::TestWithParam<Case> {};

TEST_P(Recording, ReplaysAsExpected) {
  const std::string folder = HOODTRACE_SOURCE_DIR "/tests/golden/";
  const std::string path = folder + "expected/" + GetParam().file;
  std::vector<std::string> words = GetParam().words;
  words.insert(words.begin() + 1,
               {"--from", folder + "recordings/" + GetParam().recording + ".htrec"});
  const CommandRun run = run_command(words, {});
  ASSERT_EQ(run.error, "");
  EXPECT_EQ(run.code, 0);
  EXPECT_EQ(run.output.find("\"cut\""), std::string::npos);
  const char* update = std::getenv("HOODTRACE_UPDATE_GOLDEN");
  if (update != nullptr && *update != '\0') {
    std::ofstream(path, std::ios::binary) << run.output;
    GTEST_SKIP() << "wrote " << path;
  }
  EXPECT_EQ(run.output, content(path));
}

INSTANTIATE_TEST_SUITE_P(Golden, Recording, ::testing::ValuesIn(kCases), [](const auto& test) {
  std::string name = test.param.file;
  for (char& c : name)
    if (c == '.' || c == '-') c = '_';
  return name;
});

}  // namespace
}  // namespace hoodtrace::golden
