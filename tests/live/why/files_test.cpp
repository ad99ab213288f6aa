// SPDX-License-Identifier: GPL-2.0-or-later
// Files of a disk: pages that are read, by which way; locks of files, by whom they are held.

#include "live/why/expectations.hpp"
#include "support/sysctl.hpp"
#include "support/temporary_folder.hpp"

namespace hoodtrace::testing {
namespace {

TEST(Why, ColdPagesAreDiskByReadByFaultAndByAFaultWithinWrite) {
  const TemporaryFolder folder;
  if (!is_on_disk(folder.file(""))) GTEST_SKIP() << "cannot run here: no file system on a disk";
  HOODTRACE_SCENE(run, {"cold", "pages=300", "folder=" + folder.file("")});
  // The device may bring some pages while the thread has not slept yet.
  constexpr std::uint64_t kMost = 150;
  run.expect_sleeps(
      "reader", "read",
      {.part = "disk", .cause = "call", .call = "pread64", .object = folder.file("read")}, kMost);
  const Want fault{.part = "disk", .cause = "page_fault"};
  run.expect_sleeps("faulter", "touch", fault, kMost);
  for (const Json& line : run.thread("faulter")["parts"])
    if (matches(line, fault)) {
      EXPECT_EQ(text_of(line, "call"), "") << line.dump();
    }
  run.expect_sleeps("copier", "write", {.part = "disk", .cause = "page_fault", .call = "write"},
                    kMost);
}

// The kernel adds up how long tasks that are in_iowait were off the CPU, from their switch-out to
// their wakeup (delayacct_blkio_start and _end, kernel/delayacct.c). What it counts of a sleep whose dequeue was
// delayed is wrong (docs/kernel-notes.md, note 129); a real-time task has none.
TEST(Why, DiskAgreesWithTheKernelsDelayAccounting) {
  HOODTRACE_LIVE();
  const Sysctl accounting("/proc/sys/kernel/task_delayacct", "1");
  if (!accounting.is_set()) GTEST_SKIP() << "cannot run here: no kernel.task_delayacct";
  const TemporaryFolder folder;
  // Of a read of 64 KiB, 50 us on a fast disk, the way between the clocks' readings can be a fifth.
  const TracedRun run = trace_workload(
      {"why"}, {"states", "fifo=1", "reads=150", "read_kib=1024", "folder=" + folder.file("")});
  ASSERT_EQ(run.reports.size(), 1U) << run.error;
  expect_sound_report(run.report(), Json::object());
  if (!run.truth["read_blkio_ns"].is_number()) GTEST_SKIP() << "cannot run here: no taskstats";
  if (number(run.truth, "read_ns") == 0) GTEST_SKIP() << "cannot run here: no O_DIRECT";
  const Json thread = thread_of(run.report(), run.truth["pid"]);
  // A wait for the journal is for the disk too, and not in_iowait: of the reads alone both count the same.
  const Total disk = total(thread, {.part = "disk", .call = "pread64"});
  const auto kernels = static_cast<double>(number(run.truth, "read_blkio_ns"));
  EXPECT_GE(disk.count, 100U) << thread.dump();
  // Two clocks, some 150 times: the kernel's count begins before the next task is picked, and so before our stamp
  // of the switch; it ends within the wakeup, after our program at sched_waking. Both ways are of some
  // microseconds.
  EXPECT_NEAR(static_cast<double>(disk.ns) / kernels, 1, 0.05) << thread.dump();
}

TEST(Why, ALockOfAFileNamesItAndWhoGaveItAway) {
  const TemporaryFolder folder;
  HOODTRACE_SCENE(run, {"file_lock", "ms=50", "folder=" + folder.file("")});
  run.expect_sleeps("waiter", "lock",
                    {.part = "blocked",
                     .cause = "call",
                     .call = "fcntl",
                     .object = folder.file("locked"),
                     .by = run.tid("holder")});
}

// Two threads that do the same: each waits for the lock that the other one holds.
void expect_each_waits_for_the_other(const WhyRun& run, const std::string& cause,
                                     const std::string& file) {
  for (const int t : {0, 1}) {
    const std::string name = "writer-" + std::to_string(t);
    const Json thread = run.thread(name);
    const Total all = total(thread, {.part = "blocked", .cause = cause});
    const Total known = total(thread, {.part = "blocked",
                                       .cause = cause,
                                       .object = file,
                                       .relation = "holder",
                                       .by = run.tid("writer-" + std::to_string(1 - t))});
    EXPECT_GE(all.count, 5U) << thread.dump();
    // A lock that is handed over has no owner for a moment.
    EXPECT_GE(known.count * 2, all.count) << thread.dump();
    const std::uint64_t measured_ns = number(named(run.truth(), name)["waits"]["write"], "ns");
    EXPECT_LE(all.ns, measured_ns + measured_ns / 1000) << thread.dump();
  }
}

TEST(Why, WritersOfOneOpenFileWaitForItsPosition) {
  const TemporaryFolder folder;
  if (!is_on_disk(folder.file(""))) GTEST_SKIP() << "cannot run here: no file system on a disk";
  HOODTRACE_SCENE(run, {"position", "count=40", "folder=" + folder.file("")});
  expect_each_waits_for_the_other(run, "position_lock", folder.file("position"));
}

TEST(Why, DirectWritersThatExtendAFileWaitForItsInode) {
  const TemporaryFolder folder;
  if (!is_on_disk(folder.file(""))) GTEST_SKIP() << "cannot run here: no file system on a disk";
  HOODTRACE_SCENE(run, {"inode", "count=60", "folder=" + folder.file("")});
  expect_each_waits_for_the_other(run, "inode_lock", folder.file("inode"));
}

TEST(Why, MmapWaitsForTheOneThatFillsMemory) {
  HOODTRACE_SCENE(run, {"mmap_lock", "count=5", "mib=128"});
  const Json mapper = run.thread("mapper");
  const Want lock{.part = "blocked", .cause = "mmap_lock"};
  run.expect_sleeps("mapper", "mmap", lock, 3);
  EXPECT_EQ(total(mapper, lock).ns,
            total(mapper, {.cause = "mmap_lock", .by = run.tid("populator")}).ns)
      << mapper.dump();
}

}  // namespace
}  // namespace hoodtrace::testing
