// SPDX-License-Identifier: GPL-2.0-or-later
// One file through the page cache, against mincore() and fincore.

#include "live/cache/stage.hpp"

namespace hoodtrace::testing {
namespace {

constexpr std::uint64_t kPages = 16384;  // 64 MiB
constexpr const char* kKib = "65536";

// What mincore() saw come and go in all steps.
struct Moved {
  std::uint64_t came = 0;
  std::uint64_t went = 0;
  std::uint64_t cached = 0;
};

Moved moved(const Json& truth) {
  Moved moved;
  for (const Json& step : truth["steps"]) {
    const auto before = step["cached_before"].get<std::uint64_t>();
    const auto after = step["cached_after"].get<std::uint64_t>();
    moved.came += after > before ? after - before : 0;
    moved.went += before > after ? before - after : 0;
    moved.cached = after;
  }
  return moved;
}

std::uint64_t fincore_pages(const std::string& file) {
  ChildProcess fincore({"/usr/bin/fincore", "--noheadings", "--output", "PAGES", file});
  if (fincore.wait(std::chrono::seconds(30)) != 0) return ~0ULL;
  return std::stoull(fincore.output());
}

// The kernel reports the pages around each fault, which are mapped already.
TEST(CacheFile, EachColdPageOfAMappingIsAMissAndNoHit) {
  HOODTRACE_LIVE();
  const DiskFolder folder;
  if (!folder.is_made()) GTEST_SKIP() << "cannot run here: no file system on a disk to write to";
  const std::string file = folder.file("data");
  ASSERT_TRUE(prepare(file, kKib, {"make", "drop"}));
  const TracedRun run = cache_run({"cache", "file=" + file, "touch"});
  const Json row = file_row(run.report(), file);
  ASSERT_FALSE(row.empty()) << run.report().dump().substr(0, 2000);
  EXPECT_EQ(count_of(row, "added"), moved(run.truth).came);
  if (!reports_uses(run.report())) return;
  EXPECT_EQ(count_of(row, "misses"), kPages);
  EXPECT_EQ(count_of(row, "hits"), 0U);
}

TEST(CacheFile, ColdWarmMappedDroppedAndRereadCountsAreExact) {
  HOODTRACE_LIVE();
  const DiskFolder folder;
  if (!folder.is_made()) GTEST_SKIP() << "cannot run here: no file system on a disk to write to";
  const std::string file = folder.file("data");
  ASSERT_TRUE(prepare(file, kKib, {"make", "drop"}));
  const TracedRun run = cache_run({"cache", "file=" + file, "read", "read", "map", "drop", "read"});
  const Json row = file_row(run.report(), file);
  ASSERT_FALSE(row.empty()) << run.report().dump().substr(0, 2000);
  EXPECT_EQ(row["dev"], run.truth["dev"]);
  EXPECT_EQ(row["inode"], run.truth["inode"]);

  const Moved truth = moved(run.truth);
  EXPECT_EQ(truth.came, 2 * kPages) << run.truth.dump();
  EXPECT_EQ(count_of(row, "added"), truth.came);
  EXPECT_EQ(count_of(row, "bytes_added"), truth.came * 4096);
  EXPECT_EQ(count_of(row, "evicted"), truth.went);
  EXPECT_EQ(count_of(row, "evicted_dropped"), truth.went);
  EXPECT_EQ(count_of(row, "refetched"), kPages);
  EXPECT_EQ(count_of(row, "cached"), truth.cached);
  EXPECT_EQ(fincore_pages(file), truth.cached);

  if (!reports_uses(run.report())) return;
  // Readahead adds each page once and the program uses each of them: two cold reads.
  EXPECT_EQ(count_of(row, "misses"), 2 * kPages);
  EXPECT_EQ(count_of(row, "readahead_unused"), 0U);
  // One warm read, and the reported uses of the mapping: a window of 16 pages per fault. Pages that
  // the kernel maps beyond the window (whole folios, from 6.18 on) are not reported.
  EXPECT_GT(count_of(row, "hits"), kPages + kPages / 16);
  EXPECT_LE(count_of(row, "hits"), 2 * kPages);
}

TEST(CacheFile, UnusedReadAheadIsCountedSeparately) {
  HOODTRACE_LIVE();
  const DiskFolder folder;
  if (!folder.is_made()) GTEST_SKIP() << "cannot run here: no file system on a disk to write to";
  const std::string file = folder.file("data");
  ASSERT_TRUE(prepare(file, "8192", {"make", "drop"}));
  // WILLNEED returns before all pages are read; the read of the first half completes, and pages
  // that are still being read are not dropped.
  const TracedRun run = cache_run({"cache", "file=" + file, "ask", "nap", "half", "drop"});
  const Json row = file_row(run.report(), file);
  ASSERT_FALSE(row.empty());
  EXPECT_EQ(count_of(row, "added") - count_of(row, "evicted"), moved(run.truth).cached);
  if (row["readahead_unused"].is_null()) return;
  // On a slow disk the nap was too short for all pages. A read that finds some pages cached and has
  // to wait for the next one is reported without them (see CacheTracker::read): at most a batch of
  // 31 folios, and rarely twice in one run.
  const std::uint64_t used = count_of(row, "misses");
  EXPECT_LE(used, 1024U);
  EXPECT_GT(used, 1024U - 31);
  EXPECT_EQ(count_of(row, "hits"), 0U);
  // Of the requested pages 7.3 reads the first 128, older kernels all: unused pages are those that
  // were added and not read.
  EXPECT_GT(count_of(row, "readahead_unused"), 0U);
  EXPECT_EQ(used + count_of(row, "readahead_unused") + moved(run.truth).cached,
            count_of(row, "added"));
}

// pgsteal_direct of /proc/vmstat does not change: no task was short of memory.
TEST(CacheFile, MadvPageoutIsNoDirectReclaim) {
  HOODTRACE_LIVE();
  const DiskFolder folder;
  if (!folder.is_made()) GTEST_SKIP() << "cannot run here: no file system on a disk to write to";
  const std::string file = folder.file("data");
  ASSERT_TRUE(prepare(file, "8192", {"make", "drop"}));
  const TracedRun run = cache_run({"cache", "file=" + file, "read", "pageout"});
  const Json row = file_row(run.report(), file);
  ASSERT_FALSE(row.empty());
  const std::uint64_t went = moved(run.truth).went;
  EXPECT_GT(went, 1024U) << run.truth.dump();
  EXPECT_EQ(count_of(row, "evicted"), went);
  EXPECT_EQ(count_of(row, "evicted_proactive"), went);
  EXPECT_EQ(count_of(row, "evicted_direct"), 0U);
  EXPECT_EQ(run.report()["system"]["evicted_by"]["proactive"], went);
}

// Pages that were dropped are fetched again whether or not the file still has a name.
TEST(CacheFile, AnUnlinkedFileThatIsReadAgainIsFetchedAgain) {
  HOODTRACE_LIVE();
  const DiskFolder folder;
  if (!folder.is_made()) GTEST_SKIP() << "cannot run here: no file system on a disk to write to";
  const std::string file = folder.file("data");
  ASSERT_TRUE(prepare(file, "4096", {"make", "drop"}));
  const TracedRun run = cache_run({"cache", "file=" + file, "read", "unlinked"});
  const Json row = file_row(run.report(), file);
  ASSERT_FALSE(row.empty()) << run.report()["files"].dump();
  EXPECT_EQ(row["kind"], "deleted");
  EXPECT_EQ(count_of(row, "added"), 2048U);
  EXPECT_EQ(count_of(row, "refetched"), 1024U);
  EXPECT_EQ(count_of(row, "evicted_dropped"), 1024U);
  EXPECT_EQ(count_of(row, "evicted_deleted"), 1024U);
}

TEST(CacheFile, WrittenPagesAreHitsForTheReader) {
  HOODTRACE_LIVE();
  const DiskFolder folder;
  if (!folder.is_made()) GTEST_SKIP() << "cannot run here: no file system on a disk to write to";
  const std::string file = folder.file("data");
  const TracedRun run =
      cache_run({"cache", "file=" + file, "kib=8192", "make", "read", "truncate"});
  const Json row = file_row(run.report(), file);
  ASSERT_FALSE(row.empty());
  EXPECT_EQ(count_of(row, "added"), 2048U);
  EXPECT_EQ(count_of(row, "evicted_truncated"), 2048U);
  EXPECT_EQ(count_of(row, "refetched"), 0U);
  if (!row["dirtied"].is_null()) {
    EXPECT_EQ(count_of(row, "dirtied"), 2048U);
  }
  if (!reports_uses(run.report())) return;
  EXPECT_EQ(count_of(row, "hits"), 2048U);
  EXPECT_EQ(count_of(row, "misses"), 0U);
}

TEST(CacheFile, ADeletedFilesPagesAreEvictedUnderItsName) {
  HOODTRACE_LIVE();
  const DiskFolder folder;
  if (!folder.is_made()) GTEST_SKIP() << "cannot run here: no file system on a disk to write to";
  const std::string file = folder.file("data");
  ASSERT_TRUE(prepare(file, "1024", {"make"}));
  const TracedRun run = cache_run({"cache", "file=" + file, "read", "remove"});
  Json row = file_row(run.report(), file);
  if (!reports_uses(run.report())) {
    // This kernel does not report the read, so the file was first recorded without its name.
    ASSERT_TRUE(row.empty());
    for (const Json& any : run.report()["files"])
      if (any["kind"] == "deleted" && any["path"].is_null()) row = any;
  }
  ASSERT_FALSE(row.empty()) << run.report().dump().substr(0, 2000);
  EXPECT_EQ(row["kind"], "deleted");
  EXPECT_EQ(count_of(row, "evicted_deleted"), 256U);
  EXPECT_EQ(count_of(row, "cached"), 0U);
}

TEST(CacheFile, AReplayIsTheLiveReport) {
  HOODTRACE_LIVE();
  const DiskFolder folder;
  if (!folder.is_made()) GTEST_SKIP() << "cannot run here: no file system on a disk to write to";
  const std::string file = folder.file("data");
  ASSERT_TRUE(prepare(file, "4096", {"make", "drop"}));
  const std::string recording = folder.file("run.htrec");
  const Finished recorded =
      run_hoodtrace({"record", "cache", "-o", recording, "--", workload_path(), "cache",
                     "file=" + file, "read", "read"});
  ASSERT_EQ(recorded.exit_code, 0) << recorded.error;
  const Finished replayed = run_hoodtrace({"cache", "--from", recording, "--format", "json"});
  ASSERT_EQ(replayed.exit_code, 0) << replayed.error;
  const Json report = Json::parse(replayed.output, nullptr, false);
  ASSERT_FALSE(report.is_discarded());
  expect_sound_cache(report);
  const Json row = file_row(report, file);
  EXPECT_EQ(count_of(row, "added"), 1024U);
  if (reports_uses(report)) {
    EXPECT_EQ(count_of(row, "hits"), 1024U);
  }
  const Finished again = run_hoodtrace({"cache", "--from", recording, "--format", "json"});
  EXPECT_EQ(again.output, replayed.output);
}

}  // namespace
}  // namespace hoodtrace::testing
