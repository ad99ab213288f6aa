// SPDX-License-Identifier: GPL-2.0-or-later
#include "model/cache/file_table.hpp"

#include <gtest/gtest.h>

#include "command/pipeline.hpp"
#include "support/cache_story.hpp"

namespace hoodtrace {
namespace {

class CacheFileNames : public ::testing::Test {
 protected:
  // Plays what was told and gives the file.
  FileId played(const ht_file_key& key = kFile) {
    for (std::size_t i = 0; i < story.records().size(); i++) {
      const std::optional<Event> event = decode(story.records().at(i));
      EXPECT_TRUE(event);
      if (event) feed(files, *event);
    }
    return files.at(key);
  }
  StreamBuilder story;
  CacheStory cache{story};
  FileTable files;
};

TEST_F(CacheFileNames, AreThePathBelowTheMount) {
  cache.mount(kDisk, "/", "/srv").names(kFile, {"log", "var"});
  const FileId id = played();
  EXPECT_EQ(files.path(id), "/srv/var/log");
  EXPECT_EQ(files.kind(id), FileKind::kNamed);
}

TEST_F(CacheFileNames, InABindMountOfAFolderAreBelowIt) {
  cache.mount(kDisk, "/subvolume", "/home").names(kFile, {"log", "var", "subvolume"});
  EXPECT_EQ(files.path(played()), "/home/var/log");
}

TEST_F(CacheFileNames, AreThoseOfTheWholeFileSystemFirst) {
  cache.mount(kDisk, "/var", "/mnt").mount(kDisk, "/", "/").names(kFile, {"log", "var"});
  EXPECT_EQ(files.path(played()), "/var/log");
}

TEST_F(CacheFileNames, OutsideOfEveryMountThatIsKnownAreNoPath) {
  cache.mount(kDisk, "/variable", "/mnt").names(kFile, {"log", "var"});
  const FileId id = played();
  EXPECT_EQ(files.path(id), std::nullopt);
  EXPECT_EQ(files[id].path, "/var/log");
}

TEST_F(CacheFileNames, OfADeletedFileAreTheLastOnes) {
  cache.mount(kDisk, "/", "/").names(kFile, {"log"}).names(kFile, {}, "ext4", 0);
  const FileId id = played();
  EXPECT_EQ(files.kind(id), FileKind::kDeleted);
  EXPECT_EQ(files.path(id), "/log");
}

TEST_F(CacheFileNames, AreMissingInATemporaryFile) {
  cache.mount(kDisk, "/", "/").names(kFile, {"#100", "tmp"}, "ext4", 0);
  EXPECT_EQ(files.kind(played()), FileKind::kUnnamed);
}

TEST_F(CacheFileNames, OfABlockDeviceAreItsNode) {
  cache.device(8U << 20, "sda").names(kFile, {}, "bdev", 1, 060600, 8U << 20);
  const FileId id = played();
  EXPECT_EQ(files.kind(id), FileKind::kDevice);
  EXPECT_EQ(files.path(id), "/dev/sda");
}

TEST_F(CacheFileNames, AreMissingInAFileSystemsOwnInodes) {
  const ht_file_key tree{1, kDisk, 0};
  cache.names(tree, {}, "btrfs", 0).names(kFile, {}, "erofs", 1);
  EXPECT_EQ(files.kind(played(tree)), FileKind::kMetadata);
  EXPECT_EQ(files.kind(files.at(kFile)), FileKind::kMetadata);
}

TEST_F(CacheFileNames, ThatWereNeverToldAreUnknown) {
  EXPECT_EQ(files.kind(played()), FileKind::kUnknown);
  EXPECT_EQ(files.path(files.at(kFile)), std::nullopt);
}

// A tail that does not hold as many names as it says.
TEST_F(CacheFileNames, MayBeCutOff) {
  cache.mount(kDisk, "/", "/");
  ht_file record{};
  record.head = {1'000, 1, HT_FILE, 0};
  record.file = kFile;
  record.mount_dev = kDisk;
  record.links = 1;
  record.names = 1'000'000;
  record.tail_bytes = 4;
  std::string bytes(reinterpret_cast<const char*>(&record), sizeof(record));
  bytes += std::string("a\0b\0", 4);
  story.raw(bytes.data(), bytes.size());
  const FileId id = played();
  EXPECT_EQ(files[id].fs_type, "a");
  EXPECT_EQ(files[id].path, "");
}

TEST_F(CacheFileNames, AreForgottenWithTheirFiles) {
  cache.names(kFile, {"log"});
  const FileId id = played();
  std::vector<bool> gone(id + 1);
  gone[id] = true;
  files.forget(gone);
  EXPECT_EQ(files.in_use(), 0U);
  EXPECT_EQ(files.kind(files.at(kFile)), FileKind::kUnknown);
}

}  // namespace
}  // namespace hoodtrace
