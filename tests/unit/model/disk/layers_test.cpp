// SPDX-License-Identifier: GPL-2.0-or-later
// Devices on top of others: requests below count for nobody a second time.
#include <gtest/gtest.h>

#include "command/pipeline.hpp"
#include "event/feed.hpp"
#include "model/disk/tracker.hpp"
#include "support/disk_scenario.hpp"

namespace hoodtrace {
namespace {

constexpr std::uint32_t kReader = 10;
constexpr std::uint32_t kWorker = 12;
constexpr std::uint32_t kDm = 253U << 20;
constexpr std::uint32_t kLoop = 7U << 20;
constexpr std::uint16_t kByWorker = HT_REQ_KTHREAD | HT_REQ_COUNTED;
constexpr ht_file_key kImage{500, kDisk, 3};  // the loop device's file
constexpr std::uint64_t kMs = 1'000'000;

class DiskLayersTest : public ::testing::Test {
 protected:
  DiskLayersTest() {
    scenario.session().seen(kReader, {.comm = "reader"});
    scenario.seen(kWorker, {.comm = "kworker/u4:1", .kthread = true});
    CacheScenario(scenario)
        .mount(kDisk, "/", "/")
        .names(kFile, {"data", "srv"})
        .names(kImage, {"image", "var"});
    disk.scope().device(kVda, "vda").device(kDm, "dm-0", "cryptroot");
  }
  void play() {
    for (; played < scenario.records().size(); played++) {
      const std::optional<Event> event = decode(scenario.records().at(played));
      ASSERT_TRUE(event);
      feed(tasks, *event);
      feed(tracker, *event);
    }
  }
  void loop_of_image(std::uint64_t offset = 0) {
    disk.device(kLoop, "loop0", "/var/image").backing(kLoop, kImage, offset);
  }
  const DiskTask& task(std::uint32_t tid) { return tracker.task(tasks.find(tid)); }
  const DiskFile& file(const ht_file_key& key) { return tracker.file(tracker.files().find(key)); }
  const DiskDevice& device(std::uint32_t dev) { return tracker.devices().at(dev); }

  StreamBuilder scenario;
  DiskScenario disk{scenario};
  TaskTable tasks;
  DiskTracker tracker{tasks, {}};
  std::size_t played = 0;
};

TEST_F(DiskLayersTest, ADeviceIsNamedWithWhatIsBehindIt) {
  loop_of_image();
  play();
  EXPECT_EQ(tracker.device_text(kDm), "dm-0 (cryptroot)");
  EXPECT_EQ(tracker.device_text(kLoop), "loop0 (/var/image)");
  EXPECT_EQ(tracker.device_text(kVda), "vda");
}

TEST_F(DiskLayersTest, ARequestBelowDmCountsForItsDeviceOnly) {
  disk.kernel_io(kReader, 0, 0);
  scenario.at(100'000);
  disk.request({.tid = kReader, .serial = 2, .start_ns = 90'000, .dev = kVda, .upper = 1});
  scenario.at(110'000);
  disk.request({.tid = kReader, .serial = 1, .start_ns = 90'000, .dev = kDm});
  disk.kernel_io(kReader, 4096, 0);
  play();
  EXPECT_EQ(task(kReader).counts.reads, 1U);
  EXPECT_EQ(file(kFile).counts.read_bytes, 4096U);
  EXPECT_EQ(device(kDm).counts.reads, 1U);
  EXPECT_EQ(device(kVda).counts.reads, 1U);
  EXPECT_EQ(device(kVda).lower, 1U);
  EXPECT_EQ(device(kDm).lower, 0U);
  EXPECT_EQ(tracker.audit().read_bytes, 4096U);
}

// In either order: dm's own bio ends before the request below (linear) or after it (crypt).
TEST_F(DiskLayersTest, WhoSleepsForARequestBelowSleepsForTheOneAbove) {
  scenario.at(90'000);
  disk.wait(kReader, 40'000, 2);
  scenario.at(100'000);
  disk.request({.tid = kReader, .serial = 2, .dev = kVda, .upper = 1});
  scenario.at(110'000);
  disk.request({.tid = kReader, .serial = 1, .dev = kDm});
  disk.request({.tid = kReader, .serial = 3, .dev = kDm});
  scenario.at(120'000);
  disk.wait(kReader, 100'000, 4);
  disk.request({.tid = kReader, .serial = 4, .dev = kVda, .upper = 3});
  play();
  EXPECT_EQ(file(kFile).waited_ns, 70'000U);
  EXPECT_EQ(file(kFile).waits, 2U);
  EXPECT_EQ(device(kDm).unawaited, 0U);
  EXPECT_EQ(device(kVda).unawaited, 0U);
}

TEST_F(DiskLayersTest, WhatALoopDeviceHasWrittenIsNotItsWorkersWhenItIsWrittenBack) {
  loop_of_image(4096);
  scenario.at(100'000);
  disk.request({.tid = kReader, .op = HT_DISK_WRITE, .sector = 8, .bytes = 8192, .dev = kLoop});
  scenario.at(200'000);
  // The pages of the device are at 8192..16384 of the file; 4096 bytes more are somebody else's.
  disk.request({.tid = kWorker,
                .op = HT_DISK_WRITE,
                .file = kImage,
                .serial = 2,
                .offset = 8192,
                .bytes = 8192,
                .flags = kByWorker});
  disk.request({.tid = kWorker,
                .op = HT_DISK_WRITE,
                .file = kImage,
                .serial = 3,
                .offset = 16384,
                .bytes = 4096,
                .flags = kByWorker});
  play();
  EXPECT_EQ(task(kReader).counts.write_bytes, 8192U);
  EXPECT_EQ(task(kWorker).counts.write_bytes, 4096U);
  EXPECT_EQ(file(kImage).counts.write_bytes, 4096U);
  EXPECT_EQ(device(kVda).lower, 1U);
}

TEST_F(DiskLayersTest, WhatALoopDevicesWorkerReadsBelongsToTheRequestThatCoversIt) {
  loop_of_image();
  scenario.at(1 * kMs);
  disk.request({.tid = kWorker,
                .file = kImage,
                .serial = 2,
                .offset = 0,
                .bytes = 65536,
                .flags = kByWorker});
  disk.request({.tid = kWorker,
                .file = kImage,
                .serial = 3,
                .offset = 65536,
                .bytes = 65536,
                .flags = kByWorker});
  scenario.at(2 * kMs);
  disk.request({.tid = kReader, .serial = 1, .sector = 16, .bytes = 4096, .dev = kLoop});
  play();
  EXPECT_EQ(task(kReader).counts.read_bytes, 4096U);
  EXPECT_EQ(task(kWorker).counts.reads, 0U) << "not settled yet";
  EXPECT_EQ(device(kVda).lower, 1U);
  scenario.at(3 * kMs).end();
  play();
  EXPECT_EQ(task(kWorker).counts.reads, 1U) << "read ahead, and wanted by no request";
  EXPECT_EQ(file(kImage).counts.read_bytes, 65536U);
}

TEST_F(DiskLayersTest, AReadOfALoopDevicesFileByAProcessIsItsOwn) {
  loop_of_image();
  scenario.at(1 * kMs);
  disk.request({.tid = kReader, .file = kImage, .serial = 2, .bytes = 65536});
  play();
  EXPECT_EQ(task(kReader).counts.read_bytes, 65536U);
}

TEST_F(DiskLayersTest, APartitionHasItsShareOfTheDisk) {
  disk.device(kVda + 1, "vda1");
  scenario.at(100'000);
  disk.request({.tid = kReader, .serial = 1, .part = kVda + 1});
  disk.request({.tid = kReader, .serial = 2, .part = kVda});
  play();
  EXPECT_EQ(device(kVda).counts.reads, 2U);
  ASSERT_EQ(tracker.partitions().size(), 1U);
  EXPECT_EQ(tracker.partitions().at(kVda + 1).requests.counts.reads, 1U);
}

TEST_F(DiskLayersTest, FilesThatAreTooManyBecomeOthersAndNothingIsLost) {
  DiskTracker small(tasks, {.threshold_ns = 0, .most_files = 6000});
  constexpr std::uint64_t kFiles = 20'000;
  for (std::uint64_t i = 0; i < kFiles; i++) {
    scenario.at(1000 * (i + 1));
    disk.request({.tid = kReader, .file = {1000 + i, kDisk, 1}, .serial = i + 1});
  }
  for (std::size_t i = 0; i < scenario.records().size(); i++)
    feed(small, *decode(scenario.records().at(i)));
  EXPECT_LE(small.files().in_use(), 6001U);
  EXPECT_GT(small.forgotten_files(), 0U);
  std::uint64_t bytes = 0;
  std::uint64_t files = 0;
  for (FileId id = 0; id < small.files().size(); id++) {
    bytes += small.file(id).counts.read_bytes;
    if (id != kOtherFiles && small.file(id).counts.reads > 0) files++;
  }
  EXPECT_EQ(bytes, kFiles * 4096);
  EXPECT_EQ(files + small.forgotten_files(), kFiles);
}

}  // namespace
}  // namespace hoodtrace
