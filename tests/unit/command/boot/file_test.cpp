// SPDX-License-Identifier: GPL-2.0-or-later
#include "command/boot/file.hpp"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>

#include "command/boot/captures.hpp"
#include "command/boot/paths.hpp"
#include "stream/file_source.hpp"
#include "support/stream_builder.hpp"
#include "support/temporary_folder.hpp"

namespace hoodtrace {
namespace {

namespace fs = std::filesystem;
using Folder = hoodtrace::testing::TemporaryFolder;

std::vector<RecordView> views(const StreamBuilder& scenario) {
  std::vector<RecordView> list;
  for (std::size_t i = 0; i < scenario.records().size(); i++)
    list.push_back(scenario.records().at(i));
  return list;
}

std::size_t records_in(const std::string& path) {
  Result<std::unique_ptr<FileSource>> source = FileSource::open(path);
  EXPECT_TRUE(source);
  std::size_t count = 0;
  for (;;) {
    const Result<std::span<const RecordView>> records = (*source)->next();
    EXPECT_TRUE(records);
    if (!records || records->empty()) return count;
    count += records->size();
  }
}

unsigned mode_of(const std::string& path) {
  struct stat status {};
  EXPECT_EQ(::stat(path.c_str(), &status), 0);
  return status.st_mode & 0777U;
}

TEST(BootFile, RecordsFromBeforeTheFileAreInIt) {
  const Folder folder;
  BootFile file(folder.file("log"), "boot-1.htrec", 1 << 20);
  StreamBuilder scenario;
  scenario.session().seen(1, {.comm = "systemd"});
  ASSERT_TRUE(file.write(views(scenario)));
  EXPECT_FALSE(file.is_open());
  ASSERT_TRUE(file.open());
  StreamBuilder later;
  later.at(5000).renamed(1, "init").end();
  ASSERT_TRUE(file.write(views(later)));
  ASSERT_TRUE(file.finish());
  EXPECT_EQ(records_in(file.path()), 4U);
  EXPECT_EQ(mode_of(file.path()), 0600U);
  EXPECT_EQ(mode_of(folder.file("log")), 0700U);
}

TEST(BootFile, AFolderThatCannotBeMadeCanBeReplaced) {
  const Folder folder;
  std::ofstream(folder.file("log")) << "a file where the folder should be";
  BootFile file(folder.file("log"), "boot-1.htrec", 1 << 20);
  StreamBuilder scenario;
  scenario.session().end();
  ASSERT_TRUE(file.write(views(scenario)));
  EXPECT_FALSE(file.open());
  file.move_to(folder.file("run"));
  ASSERT_TRUE(file.open());
  ASSERT_TRUE(file.finish());
  EXPECT_EQ(records_in(folder.file("run") + "/boot-1.htrec"), 2U);
}

TEST(BootFile, MemoryIsBounded) {
  const Folder folder;
  BootFile file(folder.file("log"), "boot-1.htrec", 1 << 20);
  StreamBuilder scenario;
  for (int i = 0; i < 5000; i++) scenario.seen(static_cast<std::uint32_t>(i + 1), {});
  const std::vector<RecordView> some = views(scenario);
  int rounds = 0;
  while (!file.is_memory_full() && rounds < 1000) {
    ASSERT_TRUE(file.write(some));
    rounds++;
  }
  EXPECT_LT(rounds, 1000);
  // The end of the capture is still written; later records are not.
  EXPECT_TRUE(file.write(some));
  for (int i = 0; i < 1000; i++)
    if (!file.write(some)) return;
  FAIL() << "it takes records without end";
}

void make_capture(const Folder& root, const std::string& name, int age_s) {
  const std::string folder = root.file("var/log/hoodtrace");
  fs::create_directories(folder);
  std::ofstream(folder + "/" + name) << "x";
  fs::last_write_time(folder + "/" + name,
                      fs::file_time_type::clock::now() - std::chrono::seconds(age_s));
}

TEST(BootCaptures, CapturesAreListedNewestFirstAndOtherFilesIgnored) {
  const Folder root;
  make_capture(root, "boot-old.htrec", 100);
  make_capture(root, "boot-new.htrec", 1);
  make_capture(root, "other.htrec", 0);
  const std::vector<BootCapture> found = find_captures(root.file(""));
  ASSERT_EQ(found.size(), 2U);
  EXPECT_TRUE(found[0].path.ends_with("boot-new.htrec"));
  EXPECT_TRUE(found[1].path.ends_with("boot-old.htrec"));
}

TEST(BootCaptures, TheOldestCapturesAreDeleted) {
  const Folder root;
  for (int i = 0; i < 5; i++)
    make_capture(root, "boot-" + std::to_string(i) + ".htrec", 10 * i + 1);
  drop_old_captures(root.file(""), 2, "");
  const std::vector<BootCapture> left = find_captures(root.file(""));
  ASSERT_EQ(left.size(), 2U);
  EXPECT_TRUE(left[0].path.ends_with("boot-0.htrec"));
  EXPECT_TRUE(left[1].path.ends_with("boot-1.htrec"));
}

}  // namespace
}  // namespace hoodtrace
