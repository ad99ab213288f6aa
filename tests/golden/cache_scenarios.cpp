// SPDX-License-Identifier: GPL-2.0-or-later
#include "golden/cache_scenarios.hpp"

#include "support/cache_scenario.hpp"

namespace hoodtrace::golden {
namespace {

constexpr std::uint64_t kMs = 1'000'000;
constexpr ht_file_key kLog{100, kDisk, 1};
constexpr ht_file_key kArchive{101, kDisk, 1};
constexpr ht_file_key kSecret{102, kDisk, 1};
constexpr ht_file_key kBdev{8, 0, 0};
constexpr ht_file_key kShared{7, 26, 0};
constexpr std::uint8_t kByKswapd = HT_PAGES_RECLAIM | HT_PAGES_KSWAPD;

}  // namespace

StreamBuilder cache_pressure() {
  StreamBuilder scenario;
  CacheScenario cache(scenario);
  scenario.at(1000 * kMs)
      .session(HT_SESSION_WHOLE, "the whole system",
               "page cache: pages added and evicted, hits and misses (tp_btf)")
      .cgroup(7, "/system.slice/backup.service")
      .seen(10, {.comm = "tar", .cgroup_id = 7})
      .seen(11, {.comm = "make"})
      .seen(12, {.comm = "kswapd0", .kthread = true});
  cache.scope().mount(kDisk, "/", "/").device(8U << 20, "sda").counters(10'000, 500);
  cache.names(kLog, {"log", "var"}).names(kArchive, {"a.tar", "backup"});
  cache.names(kSecret, {"#102", "tmp"}, "ext4", 0);
  cache.names(kBdev, {}, "bdev", 1, 060600, 8U << 20);
  scenario.at(1010 * kMs);
  cache.reads_ahead(10, kLog, 0, 15).adds(10, kLog, 0, 16).reads(10, kLog, 0, 7);
  for (std::uint64_t page = 0; page < 8; page++)
    cache.adds(10, kArchive, page).dirties(10, kArchive, page);
  cache.has(kShared, 40).names(kShared, {"shm"}, "tmpfs").maps(11, kShared, 0, 15, 0xffff);
  cache.adds(11, kBdev, 3).reads(11, kBdev, 3, 3).adds(11, kSecret, 0).dirties(11, kSecret, 0);
  scenario.at(1015 * kMs);
  cache.reclaim(12, HT_RECLAIM_KSWAPD, false);
  cache.evicts(12, kLog, 0, 16, kByKswapd);
  scenario.at(1017 * kMs);
  cache.reclaim(12, HT_RECLAIM_KSWAPD, true);
  cache.reclaim(10, HT_RECLAIM_MEMCG, false).evicts(10, kArchive, 0, 1, HT_PAGES_RECLAIM);
  scenario.at(1018 * kMs);
  cache.reclaim(10, HT_RECLAIM_MEMCG, true, 1).evicts(11, kSecret, 0, 1, HT_PAGES_DELETED);
  scenario.at(1020 * kMs);
  cache.counters(10'010, 517);
  scenario.tick();
  scenario.at(1030 * kMs);
  cache.adds(11, kLog, 0).adds(11, kLog, 1).reads(11, kLog, 0, 1).reads(10, kLog, 0, 1);
  scenario.at(1040 * kMs);
  cache.counters(10'012, 517);
  return scenario.end();
}

StreamBuilder cache_old_kernel() {
  StreamBuilder scenario;
  CacheScenario cache(scenario);
  scenario.at(1000 * kMs)
      .session(0, "process 10", "page cache: pages added and evicted (tp_btf)")
      .seen(10, {.comm = "reader"});
  cache.scope(0).mount(kDisk, "/", "/").counters(10'000, 500);
  cache.names(kLog, {"\x1b[31mred\n=1+1,\"", "\xff"});
  scenario.at(1010 * kMs);
  cache.adds(10, kLog, 0, 4).evicts(10, kLog, 0, 4);
  scenario.at(1020 * kMs);
  cache.counters(10'000, 500);
  return scenario.end();
}

}  // namespace hoodtrace::golden
