// SPDX-License-Identifier: GPL-2.0-or-later
// Known numbers of requests, against /sys/block/DEVICE/stat, /proc/PID/io and the program's own clock.

#include "live/disk/stage.hpp"

namespace hoodtrace::testing {
namespace {

TEST(DiskRequests, DirectReadsAndWritesOfALoopDeviceAreExact) {
  HOODTRACE_LIVE();
  const DiskFolder folder;
  if (!folder.is_made()) GTEST_SKIP() << "cannot run here: no file system on a disk to write to";
  // No file system is made: any program that ends well stands in for mkfs.
  const LoopDevice loop(folder.file("image"), "32", {"/usr/bin/truncate", "-s", "+0"});
  if (!loop.is_made()) GTEST_SKIP() << "cannot run here: no loop device";
  const std::string name = loop.path().substr(loop.path().rfind('/') + 1);
  DeviceStat before;
  const TracedRun run =
      disk_run({}, {"disk", "file=" + loop.path(), "kib=4", "count=1000", "read", "write"},
               [&] { before = device_stat(name); });
  const DeviceStat grown = device_stat(name) - before;
  ASSERT_FALSE(run.reports.empty());
  const Json device = device_row(run.report(), name);
  EXPECT_EQ(count_of(device, "reads"), 1000U) << device.dump();
  EXPECT_EQ(count_of(device, "read_bytes"), 1000U * 4096);
  EXPECT_EQ(count_of(device, "writes"), 1000U);
  EXPECT_EQ(count_of(device, "write_bytes"), 1000U * 4096);
  EXPECT_EQ(count_of(device, "reads"), grown.reads);
  EXPECT_EQ(count_of(device, "read_bytes"), grown.read_sectors * 512);
  EXPECT_EQ(count_of(device, "writes"), grown.writes);
  EXPECT_EQ(count_of(device, "write_bytes"), grown.write_sectors * 512);

  const Json task = run.row(run.truth["tid"].get<pid_t>());
  // It may read pages of its own program from another device.
  std::uint64_t reads = 0;
  for (const Json& one : run.report()["devices"]) reads += count_of(one, "reads");
  EXPECT_EQ(count_of(task, "reads"), reads) << run.report()["devices"].dump();
  EXPECT_EQ(count_of(task, "write_bytes"), 1000U * 4096);
  expect_tasks_audited(run.report());

  // One request at a time: all that a request took, and all that the thread slept, lies within the time
  // that the program measured around its calls.
  const std::uint64_t clock_ns = step_of(run.truth, "read")["clock_ns"].get<std::uint64_t>() +
                                 step_of(run.truth, "write")["clock_ns"].get<std::uint64_t>();
  const std::uint64_t in_requests = count_of(device, "queue_ns") + count_of(device, "service_ns");
  EXPECT_GT(in_requests, 0U);
  EXPECT_LT(in_requests, clock_ns);
  EXPECT_GT(count_of(task, "waited_ns"), 0U);
  EXPECT_LT(count_of(task, "waited_ns"), clock_ns);
  EXPECT_LE(count_of(device, "busy_ns"), count_of(device, "service_ns"));
}

TEST(DiskRequests, DirectReadsOfAFileAreOfThatFile) {
  HOODTRACE_LIVE();
  const DiskFolder folder;
  if (!folder.is_made()) GTEST_SKIP() << "cannot run here: no file system on a disk to write to";
  const std::string file = folder.file("data");
  ASSERT_TRUE(
      run_program({workload_path(), "disk", "file=" + file, "kib=16", "count=500", "make"}));
  const TracedRun run = disk_run({}, {"disk", "file=" + file, "kib=16", "count=500", "read"});
  ASSERT_FALSE(run.reports.empty());
  const Json row = file_row(run.report(), file);
  // The file is not contiguous on the disk: a read can be two requests.
  EXPECT_EQ(count_of(row, "read_bytes"), 500U * 16384) << run.report()["files"].dump();
  EXPECT_GE(count_of(row, "reads"), 500U);
  EXPECT_EQ(step_of(run.truth, "read")["read_bytes"], 500 * 16384);
  // Pages of the program may be cold as well.
  EXPECT_EQ(count_of(run.row(run.truth["tid"].get<pid_t>()), "read_bytes"),
            run.truth["read_bytes"].get<std::uint64_t>());
  EXPECT_GT(count_of(row, "waited_ns"), 0U);
  expect_tasks_audited(run.report());
}

TEST(DiskRequests, BufferedWriteAndFsyncIsWrittenForTheTaskToTheFile) {
  HOODTRACE_LIVE();
  const DiskFolder folder;
  if (!folder.is_made()) GTEST_SKIP() << "cannot run here: no file system on a disk to write to";
  const std::string file = folder.file("data");
  const TracedRun run =
      disk_run({"--syncs"}, {"disk", "file=" + file, "kib=64", "count=128", "buffered", "fsync"});
  ASSERT_FALSE(run.reports.empty());
  constexpr std::uint64_t kBytes = 128 * 65536;
  const Json row = file_row(run.report(), file);
  EXPECT_EQ(count_of(row, "write_bytes"), kBytes) << run.report()["files"].dump();
  const Json task = run.row(run.truth["tid"].get<pid_t>());
  // The journal's blocks may be the caller's too (fast commits of ext4).
  EXPECT_GE(count_of(task, "write_bytes"), kBytes);
  EXPECT_EQ(count_of(task, "syncs"), 1U);
  const auto clock_ns = step_of(run.truth, "fsync")["clock_ns"].get<std::uint64_t>();
  EXPECT_GT(count_of(task, "sync_ns"), 0U);
  EXPECT_LE(count_of(task, "sync_ns"), clock_ns);
  expect_tasks_audited(run.report());
}

TEST(DiskRequests, TwoWritersOfOneFileGetWhatEachDirtied) {
  HOODTRACE_LIVE();
  const DiskFolder folder;
  if (!folder.is_made()) GTEST_SKIP() << "cannot run here: no file system on a disk to write to";
  const std::string file = folder.file("data");
  const TracedRun run = disk_run({}, {"two_writers", "file=" + file, "pieces=32", "kib=256"});
  ASSERT_FALSE(run.reports.empty());
  const auto each = run.truth["bytes_each"].get<std::uint64_t>();
  for (const Json& tid : run.truth["writers"])
    EXPECT_EQ(count_of(run.row(tid.get<pid_t>()), "write_bytes"), each)
        << run.report()["tasks"].dump();
  EXPECT_EQ(count_of(file_row(run.report(), file), "write_bytes"), 2 * each);
}

TEST(DiskRequests, EachMajorFaultOfAColdMappingIsARequestOfItsFile) {
  HOODTRACE_LIVE();
  const DiskFolder folder;
  if (!folder.is_made()) GTEST_SKIP() << "cannot run here: no file system on a disk to write to";
  const std::string file = folder.file("data");
  const Words subject = {"disk", "file=" + file, "kib=4", "count=2048"};
  Words prepare = subject;
  prepare.insert(prepare.begin(), workload_path());
  prepare.insert(prepare.end(), {"make", "drop", "nap", "drop"});
  ASSERT_TRUE(run_program(prepare));
  Words faults = subject;
  faults.push_back("mapped");
  const TracedRun run = disk_run({}, faults);
  ASSERT_FALSE(run.reports.empty());
  const Json row = file_row(run.report(), file);
  const Json step = step_of(run.truth, "mapped");
  EXPECT_EQ(count_of(row, "read_bytes"), step["read_bytes"].get<std::uint64_t>()) << row.dump();
  // One page each, unless the page cache makes larger folios.
  EXPECT_GE(count_of(row, "reads"), 1U);
  EXPECT_LE(count_of(row, "reads"), step["calls"].get<std::uint64_t>());
  EXPECT_GT(count_of(row, "waited_ns"), 0U);
  EXPECT_LE(count_of(row, "waited_ns"), step["clock_ns"].get<std::uint64_t>());
}

TEST(DiskRequests, ARecordingReplaysToTheSameReport) {
  HOODTRACE_LIVE();
  const DiskFolder folder;
  if (!folder.is_made()) GTEST_SKIP() << "cannot run here: no file system on a disk to write to";
  const std::string file = folder.file("data");
  const std::string recording = folder.file("run.htrec");
  const TracedRun run = disk_run(
      {"-w", recording}, {"disk", "file=" + file, "kib=64", "count=32", "buffered", "fsync"});
  ASSERT_FALSE(run.reports.empty());
  const Finished replay = run_hoodtrace({"disk", "--format", "json", "--from", recording});
  ASSERT_EQ(replay.exit_code, 0) << replay.error;
  const Json replayed = Json::parse(replay.output);
  for (const char* list : {"devices", "files", "tasks", "audit"})
    EXPECT_EQ(replayed[list], run.report()[list]) << list;
  EXPECT_GT(count_of(file_row(replayed, file), "write_bytes"), 0U);
}

}  // namespace
}  // namespace hoodtrace::testing
