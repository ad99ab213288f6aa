// SPDX-License-Identifier: GPL-2.0-or-later
#include "model/boot/files.hpp"

#include <gtest/gtest.h>

#include "command/pipeline.hpp"
#include "support/cache_story.hpp"
#include "support/fault_story.hpp"

namespace hoodtrace {
namespace {

constexpr std::uint64_t kBorn = 500;
const FileKey kLog = kFile;

struct Told {
  TaskTable tasks;
  BootFiles files{tasks};
  explicit Told(const StreamBuilder& story) {
    for (std::size_t i = 0; i < story.records().size(); i++) {
      const std::optional<Event> event = decode(story.records().at(i));
      if (!event) continue;
      feed(tasks, *event);
      feed(files, *event);
    }
  }
};

TEST(BootFiles, PagesAndMajorFaultsAreTheProcesssOfWhoeverRan) {
  StreamBuilder story;
  story.at(400).session().born(10, {.parent_pid = 1, .comm = "a", .start_ns = kBorn});
  CacheStory cache(story);
  FaultStory faults(story);
  cache.scope().mount(kDisk, "/", "/").names(kFile, {"log", "var"}).adds(10, kFile, 0, 4);
  faults.touch(10, {.major = true, .inode = kFile.inode, .dev = kDisk});
  const Told told(story);
  ASSERT_TRUE(told.files.tells_bytes());
  ASSERT_TRUE(told.files.tells_majors());
  const FileUses* uses = told.files.of(10, kBorn);
  ASSERT_NE(uses, nullptr);
  EXPECT_EQ(uses->at(kLog).bytes, 4U * 4096);
  EXPECT_EQ(uses->at(kLog).majors, 1U);
  EXPECT_EQ(told.files.name(kLog), "/var/log");
  EXPECT_EQ(told.files.of(10, kBorn + 1), nullptr);  // another process with the same pid
}

TEST(BootFiles, AFileWithoutAMountHasItsDevicesName) {
  StreamBuilder story;
  story.at(400).session().born(10, {.parent_pid = 1, .comm = "a", .start_ns = kBorn});
  CacheStory(story).scope().names(kFile, {"log", "var"}).adds(10, kFile, 0, 1);
  const Told told(story);
  EXPECT_EQ(told.files.name(kLog), "sda1:/var/log");
  EXPECT_EQ(told.files.name({7, kDisk}), "inode 7 of device 8:1");
}

TEST(BootFiles, EvictionsBringNothingAndWithoutTheFamilyNothingIsTold) {
  StreamBuilder story;
  story.at(400).session().born(10, {.parent_pid = 1, .comm = "a", .start_ns = kBorn});
  const Told told(story);
  EXPECT_FALSE(told.files.tells_bytes());
  EXPECT_FALSE(told.files.tells_majors());
  EXPECT_EQ(told.files.of(10, kBorn), nullptr);
}

}  // namespace
}  // namespace hoodtrace
