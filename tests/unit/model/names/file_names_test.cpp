// SPDX-License-Identifier: GPL-2.0-or-later
#include "model/names/file_names.hpp"

#include <gtest/gtest.h>

#include "command/pipeline.hpp"
#include "support/fault_story.hpp"

namespace hoodtrace {
namespace {

std::string path_of(const std::vector<std::string>& names) {
  StreamBuilder story;
  FaultStory(story).file(7, 3, names);
  FileNames files;
  feed(files, *decode(story.records().at(0)));
  EXPECT_EQ(files.path_of({7, 4}), "");
  return std::string(files.path_of({7, 3}));
}

TEST(FileNames, APathIsReadFromItsEnd) {
  EXPECT_EQ(path_of({"libc.so.6", "lib", "usr", "/"}), "/usr/lib/libc.so.6");
  EXPECT_EQ(path_of({"libc.so.6", "lib", "usr"}), "/usr/lib/libc.so.6");
}

TEST(FileNames, AFileThatHangsNowhereHasItsNameAlone) {
  EXPECT_EQ(path_of({"memfd:pool"}), "/memfd:pool");
}

TEST(FileNames, TheRootAndNothing) {
  EXPECT_EQ(path_of({"/"}), "/");
  EXPECT_EQ(path_of({}), "");
}

TEST(FileNames, ATailWithoutItsLastZeroIsTakenAsFarAsItGoes) {
  ht_fault_file record{};
  record.head = {1, 1, HT_FAULT_FILE, 0};
  record.inode = 9;
  record.tail_bytes = 3;
  std::string bytes(reinterpret_cast<const char*>(&record), sizeof(record));
  bytes += "abcdefgh";
  StreamBuilder story;
  story.raw(bytes.data(), bytes.size());
  FileNames files;
  feed(files, *decode(story.records().at(0)));
  EXPECT_EQ(files.path_of({9, 0}), "/abc");
}

}  // namespace
}  // namespace hoodtrace
