// SPDX-License-Identifier: GPL-2.0-or-later
// What happened to pages of the page cache: of a file, of a task, or of all together.
#pragma once

#include <cstdint>

namespace hoodtrace {

// Pages. A hit is a use of a page that was there; a miss is the first use of a page that was added
// in this run (by readahead or for this very use), or of one that a fault did not find.
struct CacheCounts {
  std::uint64_t added = 0;
  std::uint64_t evicted = 0;
  std::uint64_t hits = 0;
  std::uint64_t misses = 0;
  std::uint64_t refetched = 0;  // of those added: evicted before, in this run
  std::uint64_t read_ahead = 0;
  std::uint64_t read_ahead_unused = 0;  // evicted without having been used
  std::uint64_t unused_timed = 0;       // of these, those whose request was recorded,
  double unused_ns = 0;                 // and their time at the device
  std::uint64_t dirtied = 0;

  void merge(const CacheCounts& other) {
    added += other.added;
    evicted += other.evicted;
    hits += other.hits;
    misses += other.misses;
    refetched += other.refetched;
    read_ahead += other.read_ahead;
    read_ahead_unused += other.read_ahead_unused;
    unused_timed += other.unused_timed;
    unused_ns += other.unused_ns;
    dirtied += other.dirtied;
  }
  [[nodiscard]] bool is_nothing() const {
    return added == 0 && evicted == 0 && hits == 0 && misses == 0 && read_ahead == 0 &&
           dirtied == 0;
  }
};

// Evicted pages by cause; their sum is CacheCounts::evicted.
struct Evictions {
  std::uint64_t kswapd = 0;
  std::uint64_t direct = 0;     // by a task that wanted memory
  std::uint64_t memcg = 0;      // by a task, for its cgroup's limit
  std::uint64_t proactive = 0;  // without a want of memory: MADV_PAGEOUT, DAMON
  std::uint64_t dropped = 0;    // on request: fadvise, drop_caches, direct writes
  std::uint64_t truncated = 0;  // from behind the end of the file
  std::uint64_t deleted = 0;    // with the file

  void merge(const Evictions& other) {
    kswapd += other.kswapd;
    direct += other.direct;
    memcg += other.memcg;
    proactive += other.proactive;
    dropped += other.dropped;
    truncated += other.truncated;
    deleted += other.deleted;
  }
};

// Times that a task reclaimed memory itself, and how long that took.
struct ReclaimStalls {
  std::uint64_t count = 0;
  std::uint64_t ns = 0;
  std::uint64_t pages = 0;

  void merge(const ReclaimStalls& other) {
    count += other.count;
    ns += other.ns;
    pages += other.pages;
  }
};

}  // namespace hoodtrace
