// SPDX-License-Identifier: GPL-2.0-or-later
// bpf/cache/pages_present.bpf.h, compiled for the host, against a plain set of pages.

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <random>

#include "unit/bpf/host/pages_side.h"

namespace {

// A page cache and what must be seen of it.
class Cache {
 public:
  Cache() : cache_(host_cache_make()) {}
  Cache(const Cache&) = delete;
  Cache& operator=(const Cache&) = delete;
  ~Cache() { host_cache_free(cache_); }

  void add(std::uint64_t index, std::uint32_t order = 0, bool mappable = true) {
    host_cache_add(cache_, index, order, mappable ? 1 : 0, 0);
    for (std::uint64_t page = index; page < index + (1ULL << order); page++)
      pages_[page] = {order, mappable};
  }
  void evict(std::uint64_t index) {
    host_cache_evict(cache_, index);
    pages_.erase(index);
  }
  [[nodiscard]] bool is_free(std::uint64_t index, std::uint64_t pages) const {
    const auto next = pages_.lower_bound(index);
    return next == pages_.end() || next->first >= index + pages;
  }

  void check(std::uint64_t first, std::uint64_t last) const {
    std::uint64_t present = 0;
    std::uint8_t first_order = 0;
    std::uint8_t last_order = 0;
    for (std::uint64_t page = first; page <= std::min(last, first + 63); page++) {
      const auto found = pages_.find(page);
      if (found == pages_.end() || !found->second.mappable) continue;
      last_order = static_cast<std::uint8_t>(found->second.order);
      if (present == 0) first_order = last_order;
      present |= std::uint64_t{1} << (page - first);
    }
    const host_look seen = host_look_at(cache_, first, last);
    EXPECT_EQ(seen.present, present) << first << " to " << last;
    EXPECT_EQ(seen.first_order, first_order) << first << " to " << last;
    EXPECT_EQ(seen.last_order, last_order) << first << " to " << last;
  }
  void check_page(std::uint64_t page) const {
    std::uint8_t order = 0;
    const std::uint64_t seen = host_page_present(cache_, page, &order);
    const auto found = pages_.find(page);
    EXPECT_EQ((seen & 1) != 0, found != pages_.end()) << page;
    if (found == pages_.end()) return;
    EXPECT_EQ((seen & 2) != 0, found->second.mappable) << page;
    EXPECT_EQ(order, found->second.order) << page;
  }

 private:
  struct Page {
    std::uint32_t order;
    bool mappable;
  };
  void* cache_;
  std::map<std::uint64_t, Page> pages_;
};

TEST(Xarray, AnEmptyFileAndAFileOfOnePageAreSeen) {
  Cache cache;
  cache.check(0, 63);
  cache.check_page(0);
  cache.add(0);
  for (const std::uint64_t page : {0, 1, 64, 4096}) cache.check_page(page);
  cache.check(0, 0);
  cache.check(0, 20);
  cache.check(1, 20);
}

TEST(Xarray, AFolioOfAWholeLeafOrMoreHasNoSlotsThere) {
  Cache cache;
  cache.add(512, 9);   // 512 pages: 8 slots of a node of 64 pages each
  cache.add(1024, 6);  // 64 pages: one slot
  cache.add(1100);
  for (const std::uint64_t first : {500, 511, 512, 700, 960, 1000, 1023, 1024, 1080, 1087, 1088})
    cache.check(first, first + 40);
  cache.check(900, 963);
}

TEST(Xarray, WhatWasEvictedOrIsBeingReadIsNotPresent) {
  Cache cache;
  for (std::uint64_t page = 0; page < 40; page++) cache.add(page, 0, page % 3 != 0);
  cache.evict(7);
  cache.evict(8);
  cache.check(0, 39);
  cache.check(5, 9);
  for (std::uint64_t page = 0; page < 45; page++) cache.check_page(page);
}

TEST(Xarray, RandomFilesAreSeenAsTheyAre) {
  std::mt19937_64 random(11);
  for (int round = 0; round < 60; round++) {
    Cache cache;
    const std::uint64_t size = 1ULL << (random() % 18);
    for (int i = 0; i < 200; i++) {
      const auto order = static_cast<std::uint32_t>(random() % 3 == 0 ? random() % 10 : 0);
      const std::uint64_t pages = 1ULL << order;
      const std::uint64_t index = random() % size / pages * pages;
      if (cache.is_free(index, pages)) cache.add(index, order, random() % 4 != 0);
    }
    for (int i = 0; i < 100; i++) {
      const std::uint64_t first = random() % (size + 100);
      cache.check(first, first + random() % 80);
      cache.check_page(first);
    }
    if (HasFailure()) return;
  }
}

}  // namespace
