// SPDX-License-Identifier: GPL-2.0-or-later
// What was asked for and did not come about: truncated before it was written, or an I/O error.

#include <sstream>

#include "live/disk/stage.hpp"

namespace hoodtrace::testing {
namespace {

TEST(DiskLosses, PagesThatAreTruncatedBeforeTheyAreWrittenAreNobodysWrites) {
  HOODTRACE_LIVE();
  const DiskFolder folder;
  if (!folder.is_made()) GTEST_SKIP() << "cannot run here: no file system on a disk to write to";
  const std::string file = folder.file("data");
  const TracedRun run = disk_run({}, {"truncated", "file=" + file, "kib=4096"});
  ASSERT_FALSE(run.reports.empty());
  // The kernel counts it as written when it is dirtied, and as cancelled when it is truncated.
  EXPECT_EQ(run.truth["cancelled_bytes"], 4096U * 1024);
  EXPECT_GE(run.truth["write_bytes"].get<std::uint64_t>(), 4096U * 1024);
  // What the second process wrote to the same place is its own.
  const auto written = run.truth["child_bytes"].get<std::uint64_t>();
  EXPECT_EQ(bytes_of(run.report(), file, "write_bytes"), written) << run.report()["files"].dump();
  std::uint64_t first = 0;
  std::uint64_t second = 0;
  for (const Json& row : run.report()["tasks"]) {
    if (row["tid"] == run.truth["tid"]) first = count_of(row, "write_bytes");
    if (row["tid"] == run.truth["child"]) second = count_of(row, "write_bytes");
  }
  // What else there is on that device are blocks of the file system, which either of them may have dirtied.
  // Where it is a loop device, what is below it was written by the kernel's threads.
  std::uint64_t all = 0;
  Json dev;
  for (const Json& row : run.report()["files"])
    if (row["path"] == file) dev = row["dev"];
  for (const Json& row : run.report()["devices"])
    if (row["dev"] == dev) all += count_of(row, "write_bytes");
  EXPECT_GE(second, written) << run.report()["tasks"].dump();
  EXPECT_EQ(first + second, all) << run.report().dump();
  expect_tasks_audited(run.report());
}

TEST(DiskLosses, ReadsBehindTheEndOfALoopDevicesFileAreErrors) {
  HOODTRACE_LIVE();
  const DiskFolder folder;
  if (!folder.is_made()) GTEST_SKIP() << "cannot run here: no file system on a disk to write to";
  const std::string image = folder.file("image");
  const LoopDevice loop(image, "1", {"/usr/bin/truncate", "-s", "+0"});
  if (!loop.is_made()) GTEST_SKIP() << "cannot run here: no loop device";
  ASSERT_TRUE(run_program({"/usr/bin/truncate", "-s", "32K", image}));
  const std::string recording = folder.file("run.htrec");
  const TracedRun run =
      disk_run({"-w", recording}, {"failing_reads", "file=" + loop.path(), "count=16"});
  ASSERT_FALSE(run.reports.empty());
  const auto failed = run.truth["failed"].get<std::uint64_t>();
  const Json device = device_row(run.report(), loop.path().substr(loop.path().rfind('/') + 1));
  EXPECT_EQ(count_of(device, "reads"), 16U) << device.dump();
  EXPECT_EQ(count_of(device, "errors"), failed) << device.dump();
  if (failed == 0)
    GTEST_SKIP() << "cannot be measured here: this kernel's loop device reads zeroes there";
  EXPECT_EQ(failed, 8U);

  // Each with its status: BLK_STS_IOERR, include/linux/blk_types.h.
  const Finished rows = run_hoodtrace({"export", "--from", recording, "--to", "jsonl"});
  ASSERT_EQ(rows.exit_code, 0) << rows.error;
  std::uint64_t errors = 0;
  std::istringstream lines(rows.output);
  for (std::string line; std::getline(lines, line);) {
    const Json row = Json::parse(line, nullptr, false);
    if (!row.is_object() || row.value("type", "") != "disk" || !row.contains("status")) continue;
    EXPECT_EQ(row["status"], 10U) << line;
    EXPECT_EQ(row["disk"], device["dev"]) << line;
    EXPECT_GE(row["sector"].get<std::uint64_t>(), 64U) << line;
    errors++;
  }
  EXPECT_EQ(errors, failed);
  const Finished text = run_hoodtrace({"disk", "--from", recording});
  EXPECT_NE(text.output.find("8 requests ended with an error"), std::string::npos) << text.output;
}

}  // namespace
}  // namespace hoodtrace::testing
