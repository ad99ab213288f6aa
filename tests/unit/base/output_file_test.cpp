// SPDX-License-Identifier: GPL-2.0-or-later
#include "base/output_file.hpp"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "support/temporary_folder.hpp"

namespace hoodtrace {
namespace {

std::string content_of(const std::string& path) {
  std::ifstream file(path);
  return {std::istreambuf_iterator<char>(file), {}};
}

class OutputFileTest : public ::testing::TestWithParam<Replace> {
 protected:
  std::string path_of(const char* name) { return folder_.file(name); }
  std::string old_file() {
    std::ofstream(path_of("old")) << "what was there before, and longer";
    return path_of("old");
  }
  std::size_t files() {
    std::size_t count = 0;
    for ([[maybe_unused]] const auto& entry :
         std::filesystem::directory_iterator(path_of("").c_str()))
      count++;
    return count;
  }

  testing::TemporaryFolder folder_;
};

TEST_P(OutputFileTest, AFileThatFailsBeforeItsFirstByteLeavesTheOldOneAsItWas) {
  const std::string path = old_file();
  { ASSERT_TRUE(OutputFile::create(path, 0600, GetParam())); }
  EXPECT_EQ(content_of(path), "what was there before, and longer");
  EXPECT_EQ(files(), 1U);
}

TEST_P(OutputFileTest, AFinishedFileReplacesTheOldOneAndKeepsItsMode) {
  const std::string path = old_file();
  ASSERT_EQ(::chmod(path.c_str(), 0640), 0);
  {
    Result<OutputFile> file = OutputFile::create(path, 0600, GetParam());
    ASSERT_TRUE(file);
    EXPECT_TRUE(file->write("new"));
    EXPECT_TRUE(file->write(" one"));
    EXPECT_TRUE(file->finish());
  }
  EXPECT_EQ(content_of(path), "new one");
  EXPECT_EQ(files(), 1U);
  struct stat status {};
  ASSERT_EQ(::stat(path.c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 07777U, 0640U);
}

TEST_P(OutputFileTest, ANewFileHasItsNameAtOnceAndIsRemovedWhenItIsNotFinished) {
  const std::string path = path_of("new");
  {
    Result<OutputFile> file = OutputFile::create(path, 0600, GetParam());
    ASSERT_TRUE(file);
    EXPECT_TRUE(file->write("half"));
    EXPECT_EQ(content_of(path), "half");
  }
  EXPECT_EQ(files(), 0U);
  {
    Result<OutputFile> file = OutputFile::create(path, 0600, GetParam());
    ASSERT_TRUE(file);
    file->keep();
    EXPECT_TRUE(file->write("half"));
  }
  EXPECT_EQ(content_of(path), "half");
}

TEST_P(OutputFileTest, ASymbolicLinkStaysALinkToTheNewFile) {
  const std::string path = old_file();
  std::filesystem::create_symlink(path, path_of("link"));
  {
    Result<OutputFile> file = OutputFile::create(path_of("link"), 0600, GetParam());
    ASSERT_TRUE(file);
    EXPECT_TRUE(file->write("new"));
    EXPECT_TRUE(file->finish());
  }
  EXPECT_TRUE(std::filesystem::is_symlink(path_of("link")));
  EXPECT_EQ(content_of(path), "new");
}

TEST_P(OutputFileTest, ADeviceIsWrittenToAsItIs) {
  Result<OutputFile> file = OutputFile::create("/dev/null", 0600, GetParam());
  ASSERT_TRUE(file);
  EXPECT_TRUE(file->write("gone"));
  EXPECT_TRUE(file->finish());
  EXPECT_TRUE(std::filesystem::is_character_file("/dev/null"));
}

INSTANTIATE_TEST_SUITE_P(Both, OutputFileTest,
                         ::testing::Values(Replace::kWhenWhole, Replace::kAtFirstByte));

TEST(OutputFile, WhenWholeTheOldFileStaysUntilTheNewOneIsFinished) {
  const testing::TemporaryFolder folder;
  const std::string path = folder.file("f");
  std::ofstream(path) << "old";
  std::ofstream(path + ".partial") << "left of a killed run";
  {
    Result<OutputFile> file = OutputFile::create(path, 0600, Replace::kWhenWhole);
    ASSERT_TRUE(file);
    EXPECT_TRUE(file->write("new"));
    EXPECT_EQ(content_of(path), "old");
    EXPECT_EQ(content_of(path + ".2.partial"), "new");
  }
  EXPECT_EQ(content_of(path), "old");
  EXPECT_FALSE(std::filesystem::exists(path + ".2.partial"));
  EXPECT_EQ(content_of(path + ".partial"), "left of a killed run");
}

TEST(OutputFile, AHardOrSymbolicLinkIsTheSameFile) {
  const testing::TemporaryFolder folder;
  const std::string path = folder.file("f");
  std::ofstream(path) << "x";
  std::ofstream(folder.file("other")) << "x";
  std::filesystem::create_hard_link(path, folder.file("hard"));
  std::filesystem::create_symlink(path, folder.file("soft"));
  for (const char* name : {"f", "hard", "soft"})
    EXPECT_FALSE(check_not_same_file(path, folder.file(name))) << name;
  for (const std::string& name : {folder.file("other"), folder.file("none"), std::string(),
                                  std::string("-"), std::string("/dev/null")})
    EXPECT_TRUE(check_not_same_file(path, name)) << name;
}

}  // namespace
}  // namespace hoodtrace
