// SPDX-License-Identifier: GPL-2.0-or-later
// Adds, evictions and uses of the page cache.
#include "model/cache/tracker.hpp"

#include <gtest/gtest.h>

#include "support/cache_replay.hpp"

namespace hoodtrace {
namespace {

constexpr std::uint32_t kReader = 10;
constexpr std::uint32_t kSecond = 11;
constexpr std::uint32_t kKswapd = 12;

class CacheTrackerTest : public ::testing::Test {
 protected:
  CacheTrackerTest() {
    scenario.session().seen(kReader, {.comm = "reader"}).seen(kSecond, {.comm = "second"});
    scenario.seen(kKswapd, {.comm = "kswapd0", .kthread = true});
    cache.scope().mount(kDisk, "/", "/").names(kFile, {"data", "srv"});
  }
  // The reader asks for `pages` pages that are not there.
  void read_cold(std::uint64_t pages) {
    cache.reads_ahead(kReader, kFile, 0, pages - 1);
    for (std::uint64_t page = 0; page < pages; page++) cache.adds(kReader, kFile, page);
    cache.reads(kReader, kFile, 0, pages - 1);
  }

  StreamBuilder scenario;
  CacheScenario cache{scenario};
};

TEST_F(CacheTrackerTest, AColdReadMissesAndAWarmOneHits) {
  read_cold(8);
  cache.reads(kReader, kFile, 0, 7);
  const CacheReplay replay(scenario);
  EXPECT_EQ(replay.counts().added, 8U);
  EXPECT_EQ(replay.counts().misses, 8U);
  EXPECT_EQ(replay.counts().hits, 8U);
  EXPECT_EQ(replay.counts().evicted, 0U);
  EXPECT_EQ(replay.task(kReader).counts.misses, 8U);
}

TEST_F(CacheTrackerTest, TheFirstReaderMissesAndTheSecondHits) {
  read_cold(8);
  cache.reads(kSecond, kFile, 0, 7);
  const CacheReplay replay(scenario);
  EXPECT_EQ(replay.task(kReader).counts.added, 8U);
  EXPECT_EQ(replay.task(kReader).counts.misses, 8U);
  EXPECT_EQ(replay.task(kReader).counts.hits, 0U);
  EXPECT_EQ(replay.task(kSecond).counts.added, 0U);
  EXPECT_EQ(replay.task(kSecond).counts.misses, 0U);
  EXPECT_EQ(replay.task(kSecond).counts.hits, 8U);
}

// Neither has ended when the report comes.
TEST_F(CacheTrackerTest, OfTwoConcurrentReadersTheFirstMisses) {
  for (std::uint64_t page = 0; page < 4; page++) cache.adds(kSecond, kFile, page);
  cache.reads(kSecond, kFile, 0, 3).reads(kReader, kFile, 0, 3);
  const CacheReplay replay(scenario);
  EXPECT_EQ(replay.task(kSecond).counts.misses, 4U);
  EXPECT_EQ(replay.task(kReader).counts.hits, 4U);
}

// Pages that were cached before tracing began are hits, although no add was recorded.
TEST_F(CacheTrackerTest, PagesFromBeforeTheRunAreHits) {
  cache.has(kFile, 8).reads(kReader, kFile, 0, 7);
  const CacheReplay replay(scenario);
  EXPECT_EQ(replay.counts().hits, 8U);
  EXPECT_EQ(replay.counts().misses, 0U);
}

// The kernel reports a read in steps, each with the rest of the request: no page counts twice.
TEST_F(CacheTrackerTest, TheStepsOfOneReadAreOneUseOfEachPage) {
  cache.has(kFile, 100);
  cache.reads(kReader, kFile, 0, 99).reads(kReader, kFile, 31, 99).reads(kReader, kFile, 62, 99);
  cache.reads(kReader, kFile, 93, 99);
  EXPECT_EQ(CacheReplay(scenario).counts().hits, 100U);
}

TEST_F(CacheTrackerTest, AReadPastTheEndOfTheFileUsesExistingPages) {
  cache.size(5).has(kFile, 5).reads(kReader, kFile, 0, 31);
  EXPECT_EQ(CacheReplay(scenario).counts().hits, 5U);
}

TEST_F(CacheTrackerTest, EvictedAndReaddedPagesAreRefetched) {
  read_cold(4);
  for (std::uint64_t page = 0; page < 4; page++)
    cache.evicts(kKswapd, kFile, page, 1, HT_PAGES_RECLAIM | HT_PAGES_KSWAPD);
  read_cold(4);
  const CacheReplay replay(scenario);
  EXPECT_EQ(replay.counts().added, 8U);
  EXPECT_EQ(replay.counts().evicted, 4U);
  EXPECT_EQ(replay.counts().refetched, 4U);
  EXPECT_EQ(replay.counts().misses, 8U);
  EXPECT_EQ(replay.file().evictions.kswapd, 4U);
  EXPECT_EQ(replay.task(kKswapd).counts.evicted, 4U);
}

// Pages of a file that is written again were not evicted for lack of memory.
TEST_F(CacheTrackerTest, TruncatedOrDeletedPagesAreNotRefetched) {
  cache.adds(kReader, kFile, 0).evicts(kReader, kFile, 0, 1, HT_PAGES_TRUNCATED);
  cache.adds(kReader, kFile, 0).evicts(kReader, kFile, 0, 1, HT_PAGES_DELETED);
  cache.adds(kReader, kFile, 0);
  const CacheReplay replay(scenario);
  EXPECT_EQ(replay.counts().refetched, 0U);
  EXPECT_EQ(replay.file().evictions.truncated, 1U);
  EXPECT_EQ(replay.file().evictions.deleted, 1U);
}

TEST_F(CacheTrackerTest, UnusedReadAheadIsCountedSeparately) {
  cache.reads_ahead(kReader, kFile, 0, 7);
  for (std::uint64_t page = 0; page < 8; page++) cache.adds(kReader, kFile, page);
  cache.reads(kReader, kFile, 0, 2);
  scenario.at(2'000);
  cache.reads(kReader, kOtherFile, 0, 0);
  for (std::uint64_t page = 0; page < 8; page++)
    cache.evicts(kKswapd, kFile, page, 1, HT_PAGES_RECLAIM | HT_PAGES_KSWAPD);
  const CacheReplay replay(scenario);
  EXPECT_EQ(replay.counts().misses, 3U);
  EXPECT_EQ(replay.counts().read_ahead_unused, 5U);
}

// The read is still going on when the page goes: it was used.
TEST_F(CacheTrackerTest, APageEvictedDuringTheReadThatUsesItWasUsed) {
  read_cold(4);
  for (std::uint64_t page = 0; page < 4; page++)
    cache.evicts(kKswapd, kFile, page, 1, HT_PAGES_RECLAIM | HT_PAGES_KSWAPD);
  const CacheReplay replay(scenario);
  EXPECT_EQ(replay.counts().misses, 4U);
  EXPECT_EQ(replay.counts().read_ahead_unused, 0U);
}

// Its contents never came from the disk.
TEST_F(CacheTrackerTest, ReadingWhatWasJustWrittenIsAHit) {
  for (std::uint64_t page = 0; page < 4; page++)
    cache.adds(kReader, kFile, page).dirties(kReader, kFile, page);
  cache.reads(kReader, kFile, 0, 3);
  const CacheReplay replay(scenario);
  EXPECT_EQ(replay.counts().dirtied, 4U);
  EXPECT_EQ(replay.counts().hits, 4U);
  EXPECT_EQ(replay.counts().misses, 0U);
}

// A fault on a page that is not there, tried again once it is, and the mapping of what is around.
TEST_F(CacheTrackerTest, ARetriedFaultIsOneMiss) {
  cache.faults(kReader, kFile, 0, 0).reads_ahead(kReader, kFile, 0, 15);
  for (std::uint64_t page = 0; page < 16; page++) cache.adds(kReader, kFile, page);
  cache.faults(kReader, kFile, 0, 3);
  cache.maps(kReader, kFile, 0, 15, 0xffff);
  const CacheReplay replay(scenario);
  EXPECT_EQ(replay.counts().misses, 16U);
  EXPECT_EQ(replay.counts().hits, 0U);
}

// Each fault on a cold page first reports the pages around it, which are mapped already.
TEST_F(CacheTrackerTest, PagesThatAreMappedAlreadyAreNotUsedByTheNextFault) {
  for (std::uint64_t page = 0; page < 16; page++) {
    if (page > 0) cache.maps(kReader, kFile, 0, 15, (1U << page) - 1);
    cache.faults(kReader, kFile, page, 0)
        .adds(kReader, kFile, page)
        .faults(kReader, kFile, page, 3);
  }
  const CacheReplay replay(scenario);
  EXPECT_EQ(replay.counts().misses, 16U);
  EXPECT_EQ(replay.counts().hits, 0U);
}

// Unmapped and mapped again: the fault is solved by what is there.
TEST_F(CacheTrackerTest, PagesThatAreMappedAgainAreHits) {
  cache.has(kFile, 4).maps(kReader, kFile, 0, 15, 0b1111);
  cache.maps(kReader, kFile, 0, 15, 0b1111).maps(kSecond, kFile, 0, 15, 0b1111);
  const CacheReplay replay(scenario);
  EXPECT_EQ(replay.counts().hits, 12U);
  EXPECT_EQ(replay.counts().misses, 0U);
}

// By the same functions as direct reclaim, without its tracepoints.
TEST_F(CacheTrackerTest, MadvPageoutIsNoDirectReclaim) {
  cache.adds(kReader, kFile, 0).adds(kReader, kFile, 1);
  cache.evicts(kReader, kFile, 0, 1, HT_PAGES_RECLAIM);
  cache.reclaim(kReader, HT_RECLAIM_DIRECT, false);
  cache.evicts(kReader, kFile, 1, 1, HT_PAGES_RECLAIM);
  const CacheReplay replay(scenario);
  EXPECT_EQ(replay.file().evictions.proactive, 1U);
  EXPECT_EQ(replay.file().evictions.direct, 1U);
}

TEST_F(CacheTrackerTest, ReclaimForACgroupIsNotDirectReclaim) {
  cache.adds(kReader, kFile, 0).adds(kReader, kFile, 1).adds(kReader, kFile, 2);
  scenario.at(5'000);
  cache.reclaim(kReader, HT_RECLAIM_MEMCG, false);
  cache.evicts(kReader, kFile, 0, 1, HT_PAGES_RECLAIM);
  scenario.at(9'000);
  cache.reclaim(kReader, HT_RECLAIM_MEMCG, true, 1).reclaim(kSecond, HT_RECLAIM_DIRECT, false);
  cache.evicts(kSecond, kFile, 1, 1, HT_PAGES_RECLAIM);
  scenario.at(9'500);
  cache.reclaim(kSecond, HT_RECLAIM_DIRECT, true, 1);
  cache.evicts(kSecond, kFile, 2);
  const CacheReplay replay(scenario);
  EXPECT_EQ(replay.file().evictions.memcg, 1U);
  EXPECT_EQ(replay.file().evictions.direct, 1U);
  EXPECT_EQ(replay.file().evictions.dropped, 1U);
  EXPECT_EQ(replay.task(kReader).memcg.ns, 4'000U);
  EXPECT_EQ(replay.task(kReader).memcg.pages, 1U);
  EXPECT_EQ(replay.task(kSecond).direct.ns, 500U);
  EXPECT_EQ(replay.task(kSecond).memcg.count, 0U);
}

TEST_F(CacheTrackerTest, OurCountOfCachedPagesEqualsTheKernels) {
  cache.has(kFile, 5).adds(kReader, kFile, 10).evicts(kReader, kFile, 0).adds(kReader, kFile, 11);
  const CacheReplay replay(scenario);
  EXPECT_EQ(replay.file().cached, 6U);
  const CacheAudit audit = replay.tracker.audit();
  EXPECT_EQ(audit.files, 1U);
  EXPECT_EQ(audit.files_equal, 1U);
  EXPECT_EQ(audit.kernel_cached_pages, 6U);
}

TEST_F(CacheTrackerTest, ADifferenceFromTheKernelsCountShows) {
  cache.adds(kReader, kFile, 0).has(kFile, 7).adds(kReader, kFile, 1);
  const CacheAudit audit = CacheReplay(scenario).tracker.audit();
  EXPECT_EQ(audit.files_equal, 0U);
  EXPECT_EQ(audit.cached_pages, 2U);
  EXPECT_EQ(audit.kernel_cached_pages, 8U);
}

// After a loss the cached pages are unknown: a use then counts as a hit.
TEST_F(CacheTrackerTest, ALossMakesEveryPageUnknown) {
  read_cold(4);
  scenario.lost(HT_PAGES, 10, scenario.now_ns());
  cache.has(kFile, 1).adds(kReader, kFile, 9).reads(kReader, kFile, 0, 3);
  const CacheReplay replay(scenario);
  EXPECT_EQ(replay.counts().hits, 4U);
  EXPECT_EQ(replay.tracker.audit().files_equal, replay.tracker.audit().files);
}

TEST_F(CacheTrackerTest, AnIntervalCountsFromZeroAndKeepsPageStates) {
  read_cold(4);
  CacheReplay replay(scenario);
  replay.tracker.begin_interval();
  cache.reads(kReader, kFile, 0, 3);
  replay.play(scenario);
  EXPECT_EQ(replay.counts().added, 0U);
  EXPECT_EQ(replay.counts().hits, 4U);
  EXPECT_EQ(replay.tracker.system().counts.hits, 4U);
}

TEST_F(CacheTrackerTest, AnEndedTaskIsCountedAmongTheOthers) {
  read_cold(4);
  CacheReplay replay(scenario);
  replay.tracker.fold(replay.tasks.find(kReader));
  EXPECT_EQ(replay.tracker.ended_others().counts.added, 4U);
  EXPECT_EQ(replay.tracker.ended_others_count(), 1U);
  EXPECT_EQ(replay.task(kReader).counts.added, 0U);
}

}  // namespace
}  // namespace hoodtrace
