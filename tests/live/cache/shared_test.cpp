// SPDX-License-Identifier: GPL-2.0-or-later
// Who pays: several tasks on one file, a cgroup that is too small, and files without number.

#include "live/cache/stage.hpp"

namespace hoodtrace::testing {
namespace {

TEST(CacheShared, TheFirstReaderMissesAndTheSecondHits) {
  HOODTRACE_LIVE();
  const DiskFolder folder;
  if (!folder.is_made()) GTEST_SKIP() << "cannot run here: no file system on a disk to write to";
  const std::string file = folder.file("data");
  constexpr std::uint64_t kPages = 4096;
  ASSERT_TRUE(prepare(file, "16384", {"make", "drop"}));
  const TracedRun run = cache_run({"cache", "file=" + file, "read", "child"});
  const Json row = file_row(run.report(), file);
  EXPECT_EQ(count_of(row, "added"), kPages);
  // The rows of tasks hold all their files: libraries, which are cached, too.
  const Json second = task_row(run.report(), "second");
  EXPECT_EQ(count_of(second, "added"), 0U);
  // A task that added nothing has no row on a kernel that does not report uses.
  EXPECT_EQ(second.empty(), !reports_uses(run.report()));
  if (!reports_uses(run.report())) return;
  EXPECT_EQ(count_of(row, "misses"), kPages);
  EXPECT_EQ(count_of(row, "hits"), kPages);
  EXPECT_GE(count_of(second, "hits"), kPages);
  EXPECT_EQ(count_of(second, "misses"), 0U);
  std::uint64_t added = 0;
  for (const Json& task : run.report()["tasks"]) added += count_of(task, "added");
  EXPECT_EQ(run.report()["system"]["added"], added);
}

TEST(CacheShared, ACgroupWithTooLittleMemoryRefetches) {
  HOODTRACE_LIVE();
  const DiskFolder folder;
  if (!folder.is_made()) GTEST_SKIP() << "cannot run here: no file system on a disk to write to";
  const std::string file = folder.file("data");
  constexpr std::uint64_t kPages = 16384;
  const MemoryCgroup cgroup(16 << 20);
  if (!cgroup.is_made()) GTEST_SKIP() << "cannot run here: no memory cgroup can be made";
  ASSERT_TRUE(prepare(file, "65536", {"make", "drop"}));
  const TracedRun run =
      cache_run({"cache", "file=" + file, "cgroup=" + cgroup.path(), "read", "read", "read"});
  const Json row = file_row(run.report(), file);
  ASSERT_FALSE(row.empty());
  const std::uint64_t limit = (16 << 20) / 4096;
  // A page is charged to the cgroup that adds it; no more than the limit stays.
  EXPECT_LE(count_of(row, "cached"), limit);
  // At most the pages that are still cached from the read before are not added again.
  EXPECT_GE(count_of(row, "added"), 3 * kPages - 2 * limit);
  EXPECT_GE(count_of(row, "refetched"), 2 * (kPages - limit));
  EXPECT_LE(count_of(row, "refetched"), count_of(row, "added") - kPages);
  // Its own tasks evicted the pages, because of the limit. (kswapd may have evicted some, on a
  // machine that is short of memory.)
  EXPECT_GE(count_of(row, "evicted"), 3 * kPages - 3 * limit);
  EXPECT_GE(count_of(row, "evicted_memcg"), count_of(row, "evicted") / 2);
  const Json& reclaim = run.report()["system"]["reclaim"]["memcg"];
  if (reclaim.is_null()) return;
  EXPECT_GT(reclaim["count"], 0U);
  EXPECT_GT(reclaim["ns"], 0U);
  EXPECT_GE(count_of(reclaim, "pages"), count_of(row, "evicted_memcg") / 2);
}

std::uint64_t sum(const Json& rows, const char* key) {
  std::uint64_t sum = 0;
  for (const Json& row : rows)
    if (row.contains(key) && row[key].is_number()) sum += row[key].get<std::uint64_t>();
  return sum;
}

TEST(CacheShared, TenThousandSmallFilesAreAllCountedInBoundedMemory) {
  HOODTRACE_LIVE();
  const DiskFolder folder;
  if (!folder.is_made()) GTEST_SKIP() << "cannot run here: no file system on a disk to write to";
  constexpr int kFiles = 10'000;
  // Holes: their pages are not cached before they are read.
  for (int i = 0; i < kFiles; i++) {
    const std::string file = folder.file("file-" + std::to_string(i));
    std::ofstream(file).close();
    std::filesystem::resize_file(file, 4096);
  }
  const TracedRun run = cache_run({"small_files", "folder=" + folder.path()});
  const Json& files = run.report()["files"];
  // Above 8192 files, the half with the least traffic becomes "other".
  EXPECT_LE(files.size(), 8193U);
  ASSERT_FALSE(files.empty());
  EXPECT_EQ(files.back()["kind"], "other");
  EXPECT_GE(count_of(files.back(), "added"), 4000U);
  // The folder's own blocks may have to be read too, and programs' pages.
  EXPECT_GE(sum(files, "added"), std::uint64_t{kFiles});
  EXPECT_LE(sum(files, "added"), std::uint64_t{kFiles} + 500);
  if (reports_uses(run.report())) {
    EXPECT_GE(sum(files, "misses"), std::uint64_t{kFiles});
  }
}

}  // namespace
}  // namespace hoodtrace::testing
