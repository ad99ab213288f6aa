// SPDX-License-Identifier: GPL-2.0-or-later
#include "model/boot/files.hpp"

#include <gtest/gtest.h>

#include "command/pipeline.hpp"
#include "event/feed.hpp"
#include "support/cache_scenario.hpp"
#include "support/fault_scenario.hpp"

namespace hoodtrace {
namespace {

constexpr std::uint64_t kBorn = 500;
const FileKey kLog = kFile;

struct Replay {
  TaskTable tasks;
  BootFiles files{tasks};
  explicit Replay(const StreamBuilder& scenario) {
    for (std::size_t i = 0; i < scenario.records().size(); i++) {
      const std::optional<Event> event = decode(scenario.records().at(i));
      if (!event) continue;
      feed(tasks, *event);
      feed(files, *event);
    }
  }
};

TEST(BootFiles, PagesAndMajorFaultsBelongToTheRunningProcess) {
  StreamBuilder scenario;
  scenario.at(400).session().born(10, {.parent_pid = 1, .comm = "a", .start_ns = kBorn});
  CacheScenario cache(scenario);
  FaultScenario faults(scenario);
  cache.scope().mount(kDisk, "/", "/").names(kFile, {"log", "var"}).adds(10, kFile, 0, 4);
  faults.touch(10, {.major = true, .inode = kFile.inode, .dev = kDisk});
  const Replay replay(scenario);
  ASSERT_TRUE(replay.files.has_bytes());
  ASSERT_TRUE(replay.files.has_majors());
  const FileUses* uses = replay.files.of(10, kBorn);
  ASSERT_NE(uses, nullptr);
  EXPECT_EQ(uses->at(kLog).bytes, 4U * 4096);
  EXPECT_EQ(uses->at(kLog).majors, 1U);
  EXPECT_EQ(replay.files.name(kLog), "/var/log");
  EXPECT_EQ(replay.files.of(10, kBorn + 1), nullptr);  // another process with the same pid
}

TEST(BootFiles, AFileWithoutAMountHasItsDevicesName) {
  StreamBuilder scenario;
  scenario.at(400).session().born(10, {.parent_pid = 1, .comm = "a", .start_ns = kBorn});
  CacheScenario(scenario).scope().names(kFile, {"log", "var"}).adds(10, kFile, 0, 1);
  const Replay replay(scenario);
  EXPECT_EQ(replay.files.name(kLog), "sda1:/var/log");
  EXPECT_EQ(replay.files.name({7, kDisk}), "inode 7 of device 8:1");
}

TEST(BootFiles, EvictionsAddNoBytesAndWithoutTheFamilyNothingIsReported) {
  StreamBuilder scenario;
  scenario.at(400).session().born(10, {.parent_pid = 1, .comm = "a", .start_ns = kBorn});
  const Replay replay(scenario);
  EXPECT_FALSE(replay.files.has_bytes());
  EXPECT_FALSE(replay.files.has_majors());
  EXPECT_EQ(replay.files.of(10, kBorn), nullptr);
}

}  // namespace
}  // namespace hoodtrace
