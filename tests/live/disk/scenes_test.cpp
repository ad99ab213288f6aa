// SPDX-License-Identifier: GPL-2.0-or-later
// Scenes in which a simple rule gives the wrong file, task or device.

#include "live/disk/stage.hpp"

namespace hoodtrace::testing {
namespace {

// Requests are merged: one is for many files.
TEST(DiskScenes, EveryOneOfManySmallFilesHasItsBytes) {
  HOODTRACE_LIVE();
  const DiskFolder folder;
  if (!folder.is_made()) GTEST_SKIP() << "cannot run here: no file system on a disk to write to";
  const TracedRun run =
      disk_run({}, {"many_files", "folder=" + folder.path(), "count=200", "kib=8"});
  ASSERT_FALSE(run.reports.empty());
  unsigned files = 0;
  for (const Json& row : run.report()["files"]) {
    if (!row["path"].is_string()) continue;
    const auto path = row["path"].get<std::string>();
    if (path.find("/many-") == std::string::npos) continue;
    files++;
    EXPECT_EQ(count_of(row, "write_bytes"), 8192U) << row.dump();
  }
  EXPECT_EQ(files, 200U);
  EXPECT_GE(count_of(run.row(run.truth["tid"].get<pid_t>()), "write_bytes"), 200U * 8192);
  expect_tasks_audited(run.report());
}

// The pages of the request are another file's: they say nothing.
TEST(DiskScenes, ADirectReadIntoAMappingOfAnotherFileIsOfTheFileThatIsRead) {
  HOODTRACE_LIVE();
  const DiskFolder folder;
  if (!folder.is_made()) GTEST_SKIP() << "cannot run here: no file system on a disk to write to";
  const std::string file = folder.file("read");
  const std::string into = folder.file("mapped");
  for (const std::string& path : {file, into})
    ASSERT_TRUE(
        run_program({workload_path(), "disk", "file=" + path, "kib=64", "count=32", "make"}));
  const TracedRun run =
      disk_run({}, {"into_mapping", "file=" + file, "into=" + into, "kib=1024", "count=2"});
  ASSERT_FALSE(run.reports.empty());
  EXPECT_EQ(count_of(file_row(run.report(), file), "read_bytes"),
            run.truth["read_bytes"].get<std::uint64_t>())
      << run.report()["files"].dump();
  EXPECT_EQ(bytes_of(run.report(), into, "read_bytes"), 0U);
}

TEST(DiskScenes, AHoleNeedsNoRequest) {
  HOODTRACE_LIVE();
  const DiskFolder folder;
  if (!folder.is_made()) GTEST_SKIP() << "cannot run here: no file system on a disk to write to";
  const std::string file = folder.file("hole");
  const TracedRun run = disk_run({}, {"hole", "file=" + file, "kib=1024"});
  ASSERT_FALSE(run.reports.empty());
  EXPECT_EQ(bytes_of(run.report(), file, "read_bytes"), 0U);
}

TEST(DiskScenes, ASequentialReadHasAllItsSectorsAndFewSleeps) {
  HOODTRACE_LIVE();
  const DiskFolder folder;
  if (!folder.is_made()) GTEST_SKIP() << "cannot run here: no file system on a disk to write to";
  const std::string file = folder.file("long");
  ASSERT_TRUE(run_program({workload_path(), "disk", "file=" + file, "kib=256", "count=256", "make",
                           "drop", "nap", "drop"}));
  const TracedRun run = disk_run({}, {"disk", "file=" + file, "kib=64", "count=1024", "cold"});
  ASSERT_FALSE(run.reports.empty());
  const Json row = file_row(run.report(), file);
  const auto read = step_of(run.truth, "cold")["read_bytes"].get<std::uint64_t>();
  EXPECT_EQ(count_of(row, "read_bytes"), read) << row.dump();
  EXPECT_GT(read, 60U * 1024 * 1024) << "too much was still in the page cache";
  expect_tasks_audited(run.report());
}

TEST(DiskScenes, SeveralWritersAtOnceHaveEachTheirOwnRequests) {
  HOODTRACE_LIVE();
  const DiskFolder folder;
  if (!folder.is_made()) GTEST_SKIP() << "cannot run here: no file system on a disk to write to";
  const LoopDevice loop(folder.file("image"), "32", {"/usr/bin/truncate", "-s", "+0"});
  if (!loop.is_made()) GTEST_SKIP() << "cannot run here: no loop device";
  const TracedRun run =
      disk_run({}, {"direct_writers", "file=" + loop.path(), "tasks=6", "count=50", "kib=4"});
  ASSERT_FALSE(run.reports.empty());
  ASSERT_EQ(run.truth["tids"].size(), 6U);
  for (const Json& tid : run.truth["tids"]) {
    const Json row = run.row(tid.get<pid_t>());
    EXPECT_EQ(count_of(row, "writes"), 50U) << row.dump();
    EXPECT_EQ(count_of(row, "write_bytes"), run.truth["bytes_each"].get<std::uint64_t>());
  }
  expect_tasks_audited(run.report());
}

}  // namespace
}  // namespace hoodtrace::testing
