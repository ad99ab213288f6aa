// SPDX-License-Identifier: GPL-2.0-or-later
// The page cache's notes of docs/kernel-notes.md (TrapN is note N), and targets.
#include <gtest/gtest.h>

#include "model/cache/tracker.hpp"
#include "support/cache_replay.hpp"

namespace hoodtrace {
namespace {

constexpr std::uint32_t kReader = 10;
constexpr std::uint32_t kStranger = 20;

class CacheTraps : public ::testing::Test {
 protected:
  void begin(std::uint32_t session_flags, std::uint32_t scope = kAllOfTheCache) {
    scenario.session(session_flags).seen(kReader, {.comm = "reader"});
    scenario.seen(kStranger, {.comm = "stranger", .traced = session_flags != 0});
    cache.scope(scope).mount(kDisk, "/", "/").names(kFile, {"data"});
  }
  StreamBuilder scenario;
  CacheScenario cache{scenario};
};

TEST_F(CacheTraps, Trap28AFolioCountsAsItsPages) {
  begin(HT_SESSION_WHOLE);
  cache.adds(kReader, kFile, 0, 16).adds(kReader, kFile, 512, 512);
  cache.reads(kReader, kFile, 0, 3).evicts(kReader, kFile, 512, 512);
  const CacheReplay replay(scenario);
  EXPECT_EQ(replay.counts().added, 528U);
  EXPECT_EQ(replay.counts().evicted, 512U);
  EXPECT_EQ(replay.counts().misses, 4U);
  EXPECT_EQ(replay.file().cached, 16U);
}

// map_pages reports the requested range, including pages that are not cached.
TEST_F(CacheTraps, Trap28AMappedRangeCountsOnlyWhatIsCached) {
  begin(HT_SESSION_WHOLE);
  cache.has(kFile, 3).maps(kReader, kFile, 16, 31, 0b1011);
  EXPECT_EQ(CacheReplay(scenario).counts().hits, 3U);
}

// From 6.18 on a fault may map a whole folio and report a part of it.
TEST_F(CacheTraps, Trap28APartlyMappedFolioIsNotUnused) {
  begin(HT_SESSION_WHOLE);
  cache.reads_ahead(kReader, kFile, 0, 63).adds(kReader, kFile, 0, 64);
  cache.maps(kReader, kFile, 0, 15, 0xffff, 6);
  cache.evicts(kReader, kFile, 0, 64);
  const CacheReplay replay(scenario);
  EXPECT_EQ(replay.counts().misses, 16U);
  EXPECT_EQ(replay.counts().read_ahead_unused, 0U);
}

// Uses minus adds, by file, whatever tasks do them: a miss is the first use of each added page.
TEST_F(CacheTraps, Trap29MissesAreAddsThatWereUsed) {
  begin(HT_SESSION_WHOLE);
  cache.reads_ahead(kReader, kFile, 0, 31);
  for (std::uint64_t page = 0; page < 32; page++) cache.adds(kReader, kFile, page);
  cache.reads(kStranger, kFile, 0, 31).reads(kReader, kFile, 0, 31);
  const CacheReplay replay(scenario);
  EXPECT_EQ(replay.counts().misses, 32U);
  EXPECT_EQ(replay.counts().hits, 32U);
}

TEST_F(CacheTraps, Trap29WithoutAccessesHitsAndMissesAreAbsent) {
  begin(HT_SESSION_WHOLE, HT_CACHE_DIRTIED);
  cache.adds(kReader, kFile, 0);
  const CacheReplay replay(scenario);
  EXPECT_FALSE(replay.tracker.can_report(HT_CACHE_ACCESSES));
  EXPECT_EQ(replay.counts().added, 1U);
}

// With a target: a page that another task adds is no add of the target, and its use is a hit. Who
// evicts pages of the target's files is counted; what happens to other files is not.
TEST_F(CacheTraps, OtherTasksCountOnTheTargetsFiles) {
  begin(0);
  cache.adds(kReader, kFile, 0).reads(kReader, kFile, 0, 0);
  cache.adds(kStranger, kFile, 1, 1, 0).reads(kReader, kFile, 1, 1);
  cache.evicts(kStranger, kFile, 0, 1, HT_PAGES_RECLAIM);
  cache.evicts(kStranger, kOtherFile, 0, 1, HT_PAGES_RECLAIM);
  const CacheReplay replay(scenario);
  EXPECT_EQ(replay.counts().added, 1U);
  EXPECT_EQ(replay.file().added_by_others, 1U);
  EXPECT_EQ(replay.counts().evicted, 1U);
  EXPECT_EQ(replay.counts(kOtherFile).evicted, 0U);
  EXPECT_EQ(replay.tracker.system().counts.evicted, 1U);
  EXPECT_EQ(replay.tracker.system().counts.added, 1U);
}

// An inode number that is used again is another file.
TEST_F(CacheTraps, AReusedInodeNumberIsAnotherFile) {
  begin(HT_SESSION_WHOLE);
  ht_file_key again = kFile;
  again.generation = 2;
  cache.adds(kReader, kFile, 0).adds(kReader, again, 0);
  const CacheReplay replay(scenario);
  EXPECT_EQ(replay.counts().added, 1U);
  EXPECT_EQ(replay.counts(again).added, 1U);
}

TEST_F(CacheTraps, OfTooManyFilesTheSmallestBecomeOthersAndSumsStay) {
  begin(HT_SESSION_WHOLE);
  constexpr std::uint64_t kFiles = 1000;
  for (std::uint64_t i = 0; i < kFiles; i++) {
    const ht_file_key key{1000 + i, kDisk, 1};
    cache.adds(kReader, key, 0).reads(kReader, key, 0, 0);
    if (i % 10 == 0) cache.reads(kReader, kFile, 0, 9);  // one that is in use all the time
  }
  const CacheReplay replay(scenario, 100);
  EXPECT_LE(replay.tracker.files().in_use(), 100U);
  std::uint64_t added = 0;
  std::uint64_t misses = 0;
  for (FileId id = 0; id < replay.tracker.files().size(); id++) {
    added += replay.tracker.file(id).counts.added;
    misses += replay.tracker.file(id).counts.misses;
  }
  EXPECT_EQ(added, kFiles);
  EXPECT_EQ(misses, kFiles);
  EXPECT_GT(replay.tracker.folded_files(), kFiles - 101);
  EXPECT_EQ(replay.counts().hits, kFiles);
}

}  // namespace
}  // namespace hoodtrace
