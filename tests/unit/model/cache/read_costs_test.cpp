// SPDX-License-Identifier: GPL-2.0-or-later
// What pages that were read ahead and never used took at the device.
#include "model/cache/read_costs.hpp"

#include <gtest/gtest.h>

#include "support/cache_replay.hpp"
#include "support/disk_scenario.hpp"

namespace hoodtrace {
namespace {

constexpr std::uint32_t kReader = 10;

class ReadCostsTest : public ::testing::Test {
 protected:
  ReadCostsTest() {
    scenario.at(1'000).session().seen(kReader, {.comm = "reader"});
    disk.scope();
    cache.scope().names(kFile, {"data", "srv"}).names(kOtherFile, {"other", "srv"});
  }
  // Pages 0..count-1 are read ahead.
  void read_ahead(const ht_file_key& file, std::uint64_t count) {
    cache.reads_ahead(kReader, file, 0, count - 1);
    for (std::uint64_t page = 0; page < count; page++) cache.adds(kReader, file, page);
  }
  // A request for pages from `first` on, which takes 8 us.
  static RequestFields request(std::uint64_t first, std::uint32_t pages) {
    return {.tid = kReader,
            .serial = first + 1,
            .offset = first * 4096,
            .bytes = pages * 4096,
            .start_ns = 1'000,
            .issue_ns = 2'000,
            .complete_ns = 10'000};
  }
  void evict(const ht_file_key& file, std::uint64_t count) {
    for (std::uint64_t page = 0; page < count; page++) cache.evicts(kReader, file, page);
  }
  const CacheCounts& counts(const ht_file_key& file = kFile) {
    replay.play(scenario);
    return replay.counts(file);
  }

  StreamBuilder scenario;
  CacheScenario cache{scenario};
  DiskScenario disk{scenario};
  CacheReplay replay;
};

TEST_F(ReadCostsTest, AnUnusedPageHasItsShareOfTheRequest) {
  read_ahead(kFile, 8);
  disk.request(request(0, 8));
  cache.reads(kReader, kFile, 0, 0);
  evict(kFile, 8);
  EXPECT_EQ(counts().read_ahead_unused, 7U);
  EXPECT_EQ(counts().unused_timed, 7U);
  EXPECT_DOUBLE_EQ(counts().unused_ns, 7'000);
  EXPECT_DOUBLE_EQ(replay.tracker.system().counts.unused_ns, 7'000);
}

TEST_F(ReadCostsTest, APageWhoseRequestWasNotRecordedHasNoTime) {
  read_ahead(kFile, 8);
  disk.request(request(0, 4));
  evict(kFile, 8);
  EXPECT_EQ(counts().read_ahead_unused, 8U);
  EXPECT_EQ(counts().unused_timed, 4U);
  EXPECT_DOUBLE_EQ(counts().unused_ns, 8'000);
}

TEST_F(ReadCostsTest, ATimeIsForOneStayInTheCacheOnly) {
  read_ahead(kFile, 2);
  disk.request(request(0, 2));
  cache.reads(kReader, kFile, 0, 1);
  evict(kFile, 2);
  // Read again, by a request of somebody else.
  read_ahead(kFile, 2);
  cache.reads(kReader, kOtherFile, 0, 0);
  evict(kFile, 2);
  EXPECT_EQ(counts().read_ahead_unused, 2U);
  EXPECT_EQ(counts().unused_timed, 0U);
  EXPECT_DOUBLE_EQ(counts().unused_ns, 0);
}

TEST_F(ReadCostsTest, TheFilesOfOneRequestShareItsTime) {
  read_ahead(kFile, 3);
  read_ahead(kOtherFile, 1);
  disk.part(1, kOtherFile, 0, 4096).request(request(0, 4));
  evict(kFile, 3);
  evict(kOtherFile, 1);
  EXPECT_DOUBLE_EQ(counts().unused_ns, 6'000);
  EXPECT_DOUBLE_EQ(counts(kOtherFile).unused_ns, 2'000);
}

// What fills no page cache, what failed, and what is a part of a request of a device above.
TEST_F(ReadCostsTest, OtherRequestsHaveNoTimeForPages) {
  for (std::uint64_t page = 0; page < 6; page++) {
    cache.reads_ahead(kReader, kFile, page, page).adds(kReader, kFile, page);
    RequestFields fields = request(page, 1);
    if (page == 0) fields.op = HT_DISK_WRITE;
    if (page == 1) fields.flags |= HT_REQ_DIRECT;
    if (page == 2) fields.flags |= HT_REQ_OPEN;
    if (page == 3) fields.flags |= HT_REQ_CUT;
    if (page == 4) fields.status = 10;
    if (page == 5) fields.upper = 99;
    disk.request(fields);
  }
  evict(kFile, 6);
  EXPECT_EQ(counts().read_ahead_unused, 6U);
  EXPECT_EQ(counts().unused_timed, 0U);
}

}  // namespace
}  // namespace hoodtrace
