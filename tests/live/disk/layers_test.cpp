// SPDX-License-Identifier: GPL-2.0-or-later
// A loop device: its worker's requests below belong to those who asked the device.

#include "live/disk/stage.hpp"

namespace hoodtrace::testing {
namespace {

std::string name_of(const LoopDevice& loop) {
  return loop.path().substr(loop.path().rfind('/') + 1);
}

// The device that the folder's files are on.
std::string disk_below(const Json& report, const std::string& loop) {
  for (const Json& device : report["devices"])
    if (device["name"] != loop && count_of(device, "lower") > 0) return device["name"];
  return {};
}

void expect_no_worker(const Json& report, const std::string& image) {
  for (const Json& row : report["tasks"]) {
    if (!row["comm"].is_string() || !row["comm"].get<std::string>().starts_with("kworker"))
      continue;
    EXPECT_LE(count_of(row, "read_bytes") + count_of(row, "write_bytes"), 256U * 1024)
        << row.dump();
  }
  EXPECT_LE(bytes_of(report, image, "read_bytes"), 256U * 1024);
}

TEST(DiskLayers, ALoopDeviceIsNamedWithItsFile) {
  HOODTRACE_LIVE();
  const DiskFolder folder;
  if (!folder.is_made()) GTEST_SKIP() << "cannot run here: no file system on a disk to write to";
  const LoopDevice loop(folder.file("image"), "32", {"/usr/bin/truncate", "-s", "+0"});
  if (!loop.is_made()) GTEST_SKIP() << "cannot run here: no loop device";
  const TracedRun run = disk_run({}, {"disk", "file=" + loop.path(), "kib=4", "count=100", "read"});
  ASSERT_FALSE(run.reports.empty());
  EXPECT_EQ(device_row(run.report(), name_of(loop))["behind"], folder.file("image"));
}

TEST(DiskLayers, WhatALoopDevicesWorkerReadsIsNotCountedTwice) {
  HOODTRACE_LIVE();
  const DiskFolder folder;
  if (!folder.is_made()) GTEST_SKIP() << "cannot run here: no file system on a disk to write to";
  const std::string image = folder.file("image");
  ASSERT_TRUE(
      run_program({workload_path(), "disk", "file=" + image, "kib=256", "count=64", "make"}));
  const LoopDevice loop(image, "16", {"/usr/bin/truncate", "-s", "+0"});
  if (!loop.is_made()) GTEST_SKIP() << "cannot run here: no loop device";
  ASSERT_TRUE(run_program(
      {workload_path(), "disk", "file=" + image, "kib=256", "count=64", "drop", "nap", "drop"}));
  const TracedRun run =
      disk_run({}, {"disk", "file=" + loop.path(), "kib=64", "count=256", "read"});
  ASSERT_FALSE(run.reports.empty());
  const Json task = run.row(run.truth["tid"].get<pid_t>());
  EXPECT_EQ(count_of(task, "reads"), 256U);
  EXPECT_EQ(count_of(task, "read_bytes"), 256U * 65536);
  const std::string below = disk_below(run.report(), name_of(loop));
  ASSERT_FALSE(below.empty()) << run.report()["devices"].dump();
  // The disk read the file once.
  const Json disk = device_row(run.report(), below);
  EXPECT_GE(count_of(disk, "read_bytes"), 12U * 1024 * 1024) << disk.dump();
  EXPECT_LE(count_of(disk, "read_bytes"), 17U * 1024 * 1024) << disk.dump();
  expect_no_worker(run.report(), image);
  expect_tasks_audited(run.report());
}

TEST(DiskLayers, WhatIsWrittenBelowALoopDeviceIsTheTasksThatAskedTheDevice) {
  HOODTRACE_LIVE();
  const DiskFolder folder;
  if (!folder.is_made()) GTEST_SKIP() << "cannot run here: no file system on a disk to write to";
  const std::string image = folder.file("image");
  ASSERT_TRUE(
      run_program({workload_path(), "disk", "file=" + image, "kib=256", "count=64", "make"}));
  const LoopDevice loop(image, "16", {"/usr/bin/truncate", "-s", "+0"});
  if (!loop.is_made()) GTEST_SKIP() << "cannot run here: no loop device";
  const TracedRun run =
      disk_run({}, {"disk", "file=" + loop.path(), "kib=64", "count=128", "write", "fsync"});
  ASSERT_FALSE(run.reports.empty());
  const Json task = run.row(run.truth["tid"].get<pid_t>());
  EXPECT_EQ(count_of(task, "write_bytes"), 128U * 65536);
  const std::string below = disk_below(run.report(), name_of(loop));
  ASSERT_FALSE(below.empty()) << run.report()["devices"].dump();
  EXPECT_GE(count_of(device_row(run.report(), below), "write_bytes"), 128U * 65536);
  expect_no_worker(run.report(), image);
  expect_tasks_audited(run.report());
}

}  // namespace
}  // namespace hoodtrace::testing
