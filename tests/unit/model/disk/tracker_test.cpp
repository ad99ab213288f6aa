// SPDX-License-Identifier: GPL-2.0-or-later
// Block requests by device, file and task, and who slept for them.
#include "model/disk/tracker.hpp"

#include <gtest/gtest.h>

#include "command/pipeline.hpp"
#include "event/feed.hpp"
#include "support/disk_scenario.hpp"

namespace hoodtrace {
namespace {

constexpr std::uint32_t kReader = 10;
constexpr std::uint32_t kWriter = 11;
constexpr std::uint32_t kFlusher = 12;
constexpr std::uint16_t kOfFlusher = HT_REQ_KTHREAD | HT_REQ_COUNTED;

class DiskTrackerTest : public ::testing::Test {
 protected:
  DiskTrackerTest() {
    scenario.session().seen(kReader, {.comm = "reader"}).seen(kWriter, {.comm = "writer"});
    scenario.seen(kFlusher, {.comm = "kworker/u4:1", .kthread = true});
    CacheScenario(scenario)
        .mount(kDisk, "/", "/")
        .names(kFile, {"data", "srv"})
        .names(kOtherFile, {"other", "srv"});
    disk.scope().device(kVda, "vda");
  }
  void play() {
    for (; played < scenario.records().size(); played++) {
      const std::optional<Event> event = decode(scenario.records().at(played));
      ASSERT_TRUE(event);
      feed(tasks, *event);
      feed(tracker, *event);
    }
  }
  const DiskTask& task(std::uint32_t tid) { return tracker.task(tasks.find(tid)); }
  const DiskFile& file(const ht_file_key& key) { return tracker.file(tracker.files().find(key)); }
  const DiskDevice& device() { return tracker.devices().at(kVda); }

  StreamBuilder scenario;
  DiskScenario disk{scenario};
  TaskTable tasks;
  DiskTracker tracker{tasks, {}};
  std::size_t played = 0;
};

TEST_F(DiskTrackerTest, AReadIsItsTasksItsFilesAndItsDevices) {
  scenario.at(100'000);
  disk.request({.tid = kReader, .start_ns = 10'000, .issue_ns = 30'000, .complete_ns = 90'000});
  play();
  EXPECT_EQ(task(kReader).counts.reads, 1U);
  EXPECT_EQ(task(kReader).counts.read_bytes, 4096U);
  EXPECT_EQ(file(kFile).counts.read_bytes, 4096U);
  EXPECT_EQ(device().times.queue_ns, 20'000U);
  EXPECT_EQ(device().times.service_ns, 60'000U);
  EXPECT_EQ(device().busy_ns(), 60'000U);
  EXPECT_EQ(device().unawaited, 1U);
}

// The record of the sleep comes before that of the request, and after it on old kernels.
TEST_F(DiskTrackerTest, ASleepIsCountedForTheFileOfTheRequestInEitherOrder) {
  scenario.at(95'000);
  disk.wait(kReader, 35'000, 7);
  scenario.at(100'000);
  disk.request(
      {.tid = kReader, .serial = 7, .start_ns = 10'000, .issue_ns = 30'000, .complete_ns = 90'000});
  disk.request({.tid = kWriter,
                .file = kOtherFile,
                .serial = 8,
                .start_ns = 10'000,
                .issue_ns = 30'000,
                .complete_ns = 90'000});
  scenario.at(101'000);
  disk.wait(kReader, 100'500, 8);
  play();
  EXPECT_EQ(file(kFile).waited_ns, 60'000U);
  EXPECT_EQ(file(kOtherFile).waited_ns, 500U);
  EXPECT_EQ(task(kReader).waits.ns, 60'500U);
  EXPECT_EQ(task(kReader).waits.request_ns, 60'500U);
  EXPECT_EQ(task(kReader).waits.iowait_count, 2U);
  EXPECT_EQ(device().unawaited, 0U);
}

TEST_F(DiskTrackerTest, SleepsOfOtherCausesAreCountedApart) {
  scenario.at(50'000);
  disk.wait(kReader, 40'000, 0);  // a request that is not recorded
  disk.wait(kReader, 30'000, 0, HT_WAIT_KTHREAD | HT_WAIT_SYNC);
  disk.wait(kReader, 20'000, 0, HT_WAIT_IOWAIT);  // a place in the queue
  play();
  const DiskWaits& waits = task(kReader).waits;
  EXPECT_EQ(waits.foreign_ns, 10'000U);
  EXPECT_EQ(waits.kthread_ns, 20'000U);
  EXPECT_EQ(waits.other_ns, 30'000U);
  EXPECT_EQ(waits.request_ns, 0U);
  EXPECT_EQ(waits.iowait_ns, 40'000U);
}

TEST_F(DiskTrackerTest, AWritebackIsDividedAmongThoseWhoDirtiedIt) {
  disk.dirties(kReader, kFile, 0).dirties(kWriter, kFile, 1, 2);
  scenario.at(100'000);
  disk.request({.tid = kFlusher,
                .op = HT_DISK_WRITE,
                .bytes = 5 * 4096,
                .start_ns = 10'000,
                .issue_ns = 20'000,
                .complete_ns = 90'000,
                .flags = kOfFlusher});
  play();
  EXPECT_EQ(task(kReader).counts.write_bytes, 4096U);
  EXPECT_EQ(task(kWriter).counts.write_bytes, 2 * 4096U);
  EXPECT_EQ(task(kFlusher).counts.write_bytes, 2 * 4096U);  // nobody was seen to dirty these
  EXPECT_EQ(file(kFile).counts.write_bytes, 5 * 4096U);
  EXPECT_EQ(file(kFile).counts.writes, 1U);
  EXPECT_EQ(device().shared, 1U);
}

TEST_F(DiskTrackerTest, ADirectWriteIsTheSubmittersWhateverIsDirty) {
  disk.dirties(kReader, kFile, 0);
  disk.request({.tid = kWriter,
                .op = HT_DISK_WRITE,
                .flags = HT_REQ_TRACED | HT_REQ_DIRECT | HT_REQ_COUNTED});
  play();
  EXPECT_EQ(task(kWriter).counts.write_bytes, 4096U);
  EXPECT_EQ(task(kReader).counts.write_bytes, 0U);
}

TEST_F(DiskTrackerTest, PartsOfARequestAreTheirOwnFiles) {
  disk.part(3, kOtherFile, 0, 8192);
  disk.request({.tid = kReader, .serial = 3, .bytes = 12288, .merges = 2});
  play();
  EXPECT_EQ(file(kFile).counts.read_bytes, 4096U);
  EXPECT_EQ(file(kOtherFile).counts.read_bytes, 8192U);
  EXPECT_EQ(task(kReader).counts.read_bytes, 12288U);
  EXPECT_EQ(task(kReader).counts.reads, 1U);
  EXPECT_EQ(device().counts.reads, 1U);
}

TEST_F(DiskTrackerTest, BusyTimeIsTheUnionOfRequestsAtTheDevice) {
  scenario.at(100'000);
  disk.request(
      {.tid = kReader, .serial = 1, .start_ns = 9'000, .issue_ns = 10'000, .complete_ns = 50'000});
  disk.request(
      {.tid = kReader, .serial = 2, .start_ns = 9'000, .issue_ns = 60'000, .complete_ns = 70'000});
  disk.request(
      {.tid = kReader, .serial = 3, .start_ns = 9'000, .issue_ns = 20'000, .complete_ns = 80'000});
  play();
  EXPECT_EQ(device().busy_ns(), 70'000U);
  EXPECT_EQ(device().times.service_ns, 40'000U + 10'000U + 60'000U);
}

TEST_F(DiskTrackerTest, ARequestThatIsSeenAfterALaterOneDoesNotFillTheTimeBetween) {
  scenario.at(100'000);
  for (const auto& [from_ns, to_ns] :
       {std::pair{60'000U, 70'000U}, {10'000U, 20'000U}, {80'000U, 90'000U}})
    disk.request({.tid = kReader, .start_ns = from_ns, .issue_ns = from_ns, .complete_ns = to_ns});
  play();
  EXPECT_EQ(device().busy_ns(), 30'000U);
}

TEST_F(DiskTrackerTest, RequestsThatContinueAnEarlierOneAreSequential) {
  for (std::uint64_t i = 0; i < 4; i++)
    disk.request({.tid = kReader, .serial = i + 1, .sector = 2048 + i * 8});
  disk.request({.tid = kReader, .serial = 9, .sector = 99'000});
  play();
  EXPECT_EQ(device().sequential, 3U);
}

TEST_F(DiskTrackerTest, AnFsyncsSleepsAreDividedByWhatTheyWereFor) {
  scenario.at(1'000);
  disk.scope(HT_DISK_EXACT_DONE | HT_DISK_DIRTIES | HT_DISK_SYNCS);
  const std::uint8_t in_sync = HT_WAIT_IOWAIT | HT_WAIT_REQUEST | HT_WAIT_SYNC;
  scenario.at(20'000);
  disk.wait(kWriter, 10'000, 1, in_sync);
  disk.request({.tid = kWriter, .op = HT_DISK_WRITE, .serial = 1});
  scenario.at(50'000);
  disk.wait(kWriter, 30'000, 2, in_sync);
  disk.request({.tid = kWriter,
                .op = HT_DISK_FLUSH,
                .file = {},
                .kind = HT_DISK_OF_NONE,
                .serial = 2,
                .bytes = 0});
  scenario.at(90'000);
  disk.wait(kWriter, 60'000, 0, HT_WAIT_KTHREAD | HT_WAIT_SYNC);
  scenario.at(100'000);
  disk.sync(kWriter, 5'000);
  play();
  const DiskSyncs& syncs = task(kWriter).syncs;
  EXPECT_EQ(syncs.count, 1U);
  EXPECT_EQ(syncs.ns, 95'000U);
  EXPECT_EQ(syncs.own_ns, 10'000U);
  EXPECT_EQ(syncs.flush_ns, 20'000U);
  EXPECT_EQ(syncs.journal_ns, 30'000U);
  EXPECT_EQ(syncs.slept_ns(), 60'000U);
}

TEST_F(DiskTrackerTest, TheKernelsCountsAreComparedFromTheFirstOnesOn) {
  scenario.at(5'000);
  disk.request({.tid = kReader, .start_ns = 2'000});
  disk.dirties(kReader, kFile, 7);
  scenario.at(10'000);
  disk.kernel_io(kReader, 1'000'000, 500);
  play();
  EXPECT_EQ(tracker.audit().tasks, 0U);  // known of one moment
  scenario.at(20'000);
  disk.request({.tid = kReader, .start_ns = 5'000});  // submitted, and counted, before it
  disk.request({.tid = kReader, .start_ns = 15'000});
  disk.dirties(kReader, kFile, 0);
  scenario.at(30'000);
  disk.kernel_io(kReader, 1'008'192, 4596);
  // hoodtrace goes on for a moment after the last reading.
  scenario.at(40'000);
  disk.request({.tid = kReader, .start_ns = 29'000});
  disk.request({.tid = kReader, .start_ns = 31'000});
  disk.dirties(kReader, kFile, 3);
  play();
  const DiskTaskAudit audit = tracker.audit();
  EXPECT_EQ(audit.read_bytes, 8192U);
  EXPECT_EQ(audit.kernel_read_bytes, 8192U);
  EXPECT_EQ(audit.write_bytes, 4096U);
  EXPECT_EQ(audit.kernel_write_bytes, 4096U);
}

TEST_F(DiskTrackerTest, AnIntervalBeginsAtNothing) {
  disk.request({.tid = kReader});
  play();
  tracker.begin_interval(1'000);
  EXPECT_EQ(task(kReader).counts.reads, 0U);
  EXPECT_EQ(device().counts.reads, 0U);
  EXPECT_EQ(file(kFile).counts.reads, 0U);
}

// The kernel's counts are read while requests end: before the first reading and after the last one.
TEST_F(DiskTrackerTest, ADevicesCountsAreComparedBetweenTheReadings) {
  disk.request({.tid = kReader});
  disk.kernel_reads(101, 808);
  play();
  EXPECT_FALSE(device().audit());
  disk.request({.tid = kReader});
  disk.kernel_reads(102, 816);
  disk.request({.tid = kReader});
  play();
  const std::optional<DiskDevice::Audit> audit = device().audit();
  ASSERT_TRUE(audit);
  EXPECT_EQ(audit->ours.reads, 1U);
  EXPECT_EQ(audit->kernel.reads, 1U);
  EXPECT_EQ(audit->kernel.read_sectors, 8U);
  EXPECT_TRUE(audit->is_equal);
  EXPECT_EQ(device().counts.reads, 3U);
}

TEST_F(DiskTrackerTest, ARequestThatIsNotSeenIsADifference) {
  disk.kernel_reads(100, 800);
  disk.request({.tid = kReader});
  disk.kernel_reads(102, 816);
  play();
  EXPECT_FALSE(device().audit().value().is_equal);
}

// A busy device has no reading at the end of each interval.
TEST_F(DiskTrackerTest, AnIntervalsCountsGoOnFromTheLastReading) {
  disk.kernel_reads(100, 800);
  disk.request({.tid = kReader});
  disk.kernel_reads(101, 808);
  disk.request({.tid = kReader});
  play();
  tracker.begin_interval(1'000);
  EXPECT_FALSE(device().audit());
  disk.request({.tid = kReader});
  play();
  tracker.begin_interval(2'000);
  EXPECT_FALSE(device().audit());
  disk.kernel_reads(103, 824);
  play();
  const std::optional<DiskDevice::Audit> audit = device().audit();
  ASSERT_TRUE(audit);
  EXPECT_EQ(audit->ours.reads, 2U);
  EXPECT_EQ(audit->kernel.reads, 2U);
  EXPECT_TRUE(audit->is_equal);
}

}  // namespace
}  // namespace hoodtrace
