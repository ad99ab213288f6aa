// SPDX-License-Identifier: GPL-2.0-or-later
#include "output/sink.hpp"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

namespace hoodtrace {
namespace {

TEST(Sink, WritesAFileThatItReplaces) {
  const std::string path = ::testing::TempDir() + "ht_sink_" + std::to_string(::getpid());
  std::ofstream(path) << "an older and longer report";
  {
    Result<Sink> sink = Sink::open(path, false);
    ASSERT_TRUE(sink);
    EXPECT_TRUE(sink->write("one\n"));
    EXPECT_TRUE(sink->write("two\n"));
    EXPECT_TRUE(sink->finish());
    EXPECT_FALSE(sink->is_terminal());
    EXPECT_EQ(sink->width(), 0U);
  }
  std::ifstream file(path);
  const std::string got(std::istreambuf_iterator<char>(file), {});
  EXPECT_EQ(got, "one\ntwo\n");
  std::filesystem::remove(path);
}

TEST(Sink, OnlyTheOwnerMayReadANewFile) {
  const std::string path = ::testing::TempDir() + "ht_sink_mode_" + std::to_string(::getpid());
  const mode_t before = ::umask(0);
  Result<Sink> sink = Sink::open(path, false);
  ::umask(before);
  ASSERT_TRUE(sink);
  EXPECT_TRUE(sink->finish());
  EXPECT_EQ(std::filesystem::status(path).permissions(),
            std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
  std::filesystem::remove(path);
}

TEST(Sink, AnUnwritablePathNamesItselfAndTheNextStep) {
  const Result<Sink> sink = Sink::open("/nonexistent/report.txt", false);
  ASSERT_FALSE(sink);
  EXPECT_EQ(sink.error().kind, ErrorKind::kFailed);
  EXPECT_EQ(sink.error().message,
            "cannot write /nonexistent/report.txt: No such file or directory; give a path you "
            "may write to (-o, -w, --html)");
}

TEST(Sink, LeavesATracedCommandsStdoutAlone) {
  ::testing::internal::CaptureStdout();
  ::testing::internal::CaptureStderr();
  EXPECT_TRUE(Sink::open("", true)->write("report\n"));
  EXPECT_EQ(::testing::internal::GetCapturedStdout(), "");
  EXPECT_EQ(::testing::internal::GetCapturedStderr(), "report\n");
}

TEST(Sink, ADashIsStandardOutput) {
  ::testing::internal::CaptureStdout();
  EXPECT_TRUE(Sink::open("-", true)->write("report\n"));
  EXPECT_TRUE(Sink::open("", false)->write("more\n"));
  EXPECT_EQ(::testing::internal::GetCapturedStdout(), "report\nmore\n");
}

}  // namespace
}  // namespace hoodtrace
