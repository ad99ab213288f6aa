// SPDX-License-Identifier: GPL-2.0-or-later
#include "model/names/file_table.hpp"

#include <gtest/gtest.h>

#include "command/pipeline.hpp"
#include "event/feed.hpp"
#include "support/cache_scenario.hpp"
#include "support/fault_scenario.hpp"

namespace hoodtrace {
namespace {

class FileNames : public ::testing::Test {
 protected:
  // Feeds the records and returns the file.
  FileId played(const ht_file_key& key = kFile) {
    for (std::size_t i = 0; i < scenario.records().size(); i++) {
      const std::optional<Event> event = decode(scenario.records().at(i));
      EXPECT_TRUE(event);
      if (event) feed(files, *event);
    }
    return files.at(key);
  }
  StreamBuilder scenario;
  CacheScenario cache{scenario};
  FileTable files;
};

TEST_F(FileNames, AreThePathBelowTheMount) {
  cache.mount(kDisk, "/", "/srv").names(kFile, {"log", "var"});
  const FileId id = played();
  EXPECT_EQ(files.path(id), "/srv/var/log");
  EXPECT_EQ(files.kind(id), FileKind::kNamed);
}

TEST_F(FileNames, InABindMountOfAFolderAreBelowIt) {
  cache.mount(kDisk, "/subvolume", "/home").names(kFile, {"log", "var", "subvolume"});
  EXPECT_EQ(files.path(played()), "/home/var/log");
}

TEST_F(FileNames, AreThoseOfTheWholeFileSystemFirst) {
  cache.mount(kDisk, "/var", "/mnt").mount(kDisk, "/", "/").names(kFile, {"log", "var"});
  EXPECT_EQ(files.path(played()), "/var/log");
}

TEST_F(FileNames, OutsideOfEveryMountThatIsKnownAreNoPath) {
  cache.mount(kDisk, "/variable", "/mnt").names(kFile, {"log", "var"});
  const FileId id = played();
  EXPECT_EQ(files.path(id), std::nullopt);
  EXPECT_EQ(files[id].path, "/var/log");
}

TEST_F(FileNames, OfADeletedFileAreTheLastOnes) {
  cache.mount(kDisk, "/", "/").names(kFile, {"log"}).names(kFile, {}, "ext4", 0);
  const FileId id = played();
  EXPECT_EQ(files.kind(id), FileKind::kDeleted);
  EXPECT_EQ(files.path(id), "/log");
}

TEST_F(FileNames, AreMissingInATemporaryFile) {
  cache.mount(kDisk, "/", "/").names(kFile, {"#100", "tmp"}, "ext4", 0);
  EXPECT_EQ(files.kind(played()), FileKind::kUnnamed);
}

TEST_F(FileNames, OfABlockDeviceAreItsNode) {
  cache.device(8U << 20, "sda").names(kFile, {}, "bdev", 1, 060600, 8U << 20);
  const FileId id = played();
  EXPECT_EQ(files.kind(id), FileKind::kDevice);
  EXPECT_EQ(files.path(id), "/dev/sda");
}

TEST_F(FileNames, AreMissingInAFileSystemsOwnInodes) {
  const ht_file_key tree{1, kDisk, 0};
  cache.names(tree, {}, "btrfs", 0).names(kFile, {}, "erofs", 1);
  EXPECT_EQ(files.kind(played(tree)), FileKind::kMetadata);
  EXPECT_EQ(files.kind(files.at(kFile)), FileKind::kMetadata);
}

TEST_F(FileNames, WithoutARecordAreUnknown) {
  EXPECT_EQ(files.kind(played()), FileKind::kUnknown);
  EXPECT_EQ(files.path(files.at(kFile)), std::nullopt);
}

// A tail that does not hold as many names as it says.
TEST_F(FileNames, MayBeCutOff) {
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
  scenario.raw(bytes.data(), bytes.size());
  const FileId id = played();
  EXPECT_EQ(files[id].fs_type, "a");
  EXPECT_EQ(files[id].path, "");
}

TEST_F(FileNames, AreForgottenWithTheirFiles) {
  cache.names(kFile, {"log"});
  const FileId id = played();
  std::vector<bool> gone(id + 1);
  gone[id] = true;
  files.forget(gone);
  EXPECT_EQ(files.in_use(), 0U);
  EXPECT_EQ(files.kind(files.at(kFile)), FileKind::kUnknown);
}

// The task's own path: below mounts that only its mount namespace has.
TEST_F(FileNames, WithTheMountsAreThePathOfTheTaskItself) {
  cache.mount(kDisk, "/", "/srv")
      .names(kFile, {"log", "var"})
      .full_name(kFile, {"log", "var", "c"});
  EXPECT_EQ(files.path(played()), "/c/var/log");
}

TEST_F(FileNames, WithTheMountsAreForgottenWhenTheFileIsRenamed) {
  cache.mount(kDisk, "/", "/srv").names(kFile, {"log"}).full_name(kFile, {"log", "c"});
  cache.names(kFile, {"log.1"});
  EXPECT_EQ(files.path(played()), "/srv/log.1");
}

// Two families name the same file after a rename.
TEST_F(FileNames, WithTheMountsAreKeptWhenTheyHaveTheNewName) {
  cache.mount(kDisk, "/", "/srv").names(kFile, {"log"}).full_name(kFile, {"log", "c"});
  cache.full_name(kFile, {"log.1", "c"}).names(kFile, {"log.1"});
  EXPECT_EQ(files.path(played()), "/c/log.1");
}

TEST_F(FileNames, OfAnotherGenerationAreAnotherFiles) {
  cache.full_name(kFile, {"first"});
  const ht_file_key next{kFile.inode, kFile.dev, kFile.generation + 1};
  cache.full_name(next, {"second"});
  EXPECT_EQ(files.path(played()), "/first");
  EXPECT_EQ(files.path(files.find(next)), "/second");
  EXPECT_EQ(files.find({kFile.inode, kFile.dev, 99}), kOtherFiles);
}

class FaultFileNames : public FileNames {
 protected:
  std::optional<std::string> path_of(const std::vector<std::string>& names) {
    FaultScenario(scenario).file(7, 3, names);
    played();
    EXPECT_EQ(files.find({7, 4}), kOtherFiles);
    return files.path(files.find({7, 3}));
  }
};

TEST_F(FaultFileNames, APathIsReadFromItsEnd) {
  EXPECT_EQ(path_of({"libc.so.6", "lib", "usr", "/"}), "/usr/lib/libc.so.6");
  EXPECT_EQ(path_of({"libc.so.6", "lib", "usr"}), "/usr/lib/libc.so.6");
}

TEST_F(FaultFileNames, AFileInNoDirectoryHasItsNameAlone) {
  EXPECT_EQ(path_of({"memfd:pool"}), "/memfd:pool");
}

TEST_F(FaultFileNames, TheRoot) { EXPECT_EQ(path_of({"/"}), "/"); }

TEST_F(FaultFileNames, Nothing) { EXPECT_EQ(path_of({}), std::nullopt); }

TEST_F(FaultFileNames, ATailWithoutItsLastZeroIsTakenAsFarAsItGoes) {
  ht_fault_file record{};
  record.head = {1, 1, HT_FAULT_FILE, 0};
  record.inode = 9;
  record.tail_bytes = 3;
  std::string bytes(reinterpret_cast<const char*>(&record), sizeof(record));
  bytes += "abcdefgh";
  scenario.raw(bytes.data(), bytes.size());
  played();
  EXPECT_EQ(files.path(files.find({9, 0})), "/abc");
}

TEST_F(FileNames, AnInodeNumberThatIsAnotherFilesByNowIsADeletedFiles) {
  cache.full_name(kFile, {"log"});
  const ht_file_key next{kFile.inode, kFile.dev, kFile.generation + 1};
  cache.full_name(next, {"log"});
  EXPECT_TRUE(files.is_deleted(played()));
  EXPECT_FALSE(files.is_deleted(files.find(next)));
}

}  // namespace
}  // namespace hoodtrace
