// SPDX-License-Identifier: GPL-2.0-or-later
#include "golden/disk_scenarios.hpp"

#include "support/disk_scenario.hpp"

namespace hoodtrace::golden {
namespace {

constexpr std::uint64_t kMs = 1'000'000;
constexpr ht_file_key kTable{100, kDisk, 1};
constexpr ht_file_key kHostile{101, kDisk, 1};
constexpr ht_file_key kBdev{8, 0, 0};
constexpr std::uint32_t kReader = 10;
constexpr std::uint32_t kDatabase = 11;
constexpr std::uint32_t kFlusher = 12;
constexpr std::uint16_t kCounted = HT_REQ_TRACED | HT_REQ_COUNTED;

// The kernel's counts of the disk.
void count_disk(StreamBuilder& scenario, std::uint64_t reads, std::uint64_t read_sectors,
                std::uint64_t writes, std::uint64_t write_sectors, std::uint64_t flushes) {
  ht_disk_device books{};
  books.head = {scenario.now_ns(), 0, HT_DISK_DEVICE, HT_NO_CPU};
  books.dev = kVda;
  books.reads = reads;
  books.read_sectors = read_sectors;
  books.writes = writes;
  books.write_sectors = write_sectors;
  books.flushes = flushes;
  scenario.add(books);
}

}  // namespace

StreamBuilder busy_disk() {
  StreamBuilder scenario;
  DiskScenario disk(scenario);
  CacheScenario names(scenario);
  scenario.at(1000 * kMs)
      .session(HT_SESSION_WHOLE, "the whole system", "block requests (tp_btf)")
      .cgroup(7, "/system.slice/db.service")
      .seen(kReader, {.comm = "tar"})
      .seen(kDatabase, {.comm = "db", .cgroup_id = 7})
      .seen(kFlusher, {.comm = "kworker/u4:1", .kthread = true});
  disk.scope(HT_DISK_EXACT_DONE | HT_DISK_DIRTIES | HT_DISK_DIRECT_FILES | HT_DISK_SYNCS)
      .device(kVda, "vda")
      .device(kVda + 1, "vda1");
  names.mount(kDisk, "/", "/").names(kTable, {"table", "db"});
  names.names(kHostile, {"a\x1b[2Jb\n", "tmp"});
  names.names(kBdev, {}, "bdev", 1, 060600, kVda);
  count_disk(scenario, 1000, 8000, 500, 4000, 10);
  disk.kernel_io(kReader, 0, 0).kernel_io(kDatabase, 4096, 0);
  for (std::uint64_t i = 0; i < 10; i++) {
    const std::uint64_t begin = (1010 + i) * kMs;
    scenario.at(begin + 400'000);
    disk.wait(kReader, begin + 30'000, i + 1);
    scenario.at(begin + 410'000);
    disk.request({.tid = kReader,
                  .file = kHostile,
                  .serial = i + 1,
                  .offset = i * 65536,
                  .sector = 2048 + i * 128,
                  .bytes = 65536,
                  .start_ns = begin,
                  .issue_ns = begin + 10'000,
                  .complete_ns = begin + (100 + i * 30) * 1000,
                  .flags = kCounted,
                  .merges = 0});
  }
  scenario.at(1020 * kMs);
  disk.dirties(kDatabase, kTable, 0, 2).dirties(kReader, kTable, 2);
  scenario.at(1021 * kMs);
  disk.request({.tid = kDatabase,
                .file = kBdev,
                .kind = HT_DISK_OF_DEVICE,
                .serial = 60,
                .sector = 64,
                .start_ns = 1'020'500'000,
                .issue_ns = 1'020'510'000,
                .complete_ns = 1'020'900'000,
                .flags = kCounted | HT_REQ_META,
                .part = kVda + 1});
  scenario.at(1041 * kMs);
  disk.request({.tid = kFlusher,
                .op = HT_DISK_WRITE,
                .file = kTable,
                .serial = 50,
                .sector = 9000,
                .bytes = 3 * 4096,
                .start_ns = 1022 * kMs,
                .issue_ns = 1023 * kMs,
                .complete_ns = 1040 * kMs,
                .flags = HT_REQ_KTHREAD | HT_REQ_COUNTED});
  disk.wait(kDatabase, 1025 * kMs, 50, HT_WAIT_REQUEST | HT_WAIT_SYNC);
  scenario.at(1045 * kMs);
  disk.request({.tid = kDatabase,
                .op = HT_DISK_FLUSH,
                .file = {},
                .kind = HT_DISK_OF_NONE,
                .serial = 51,
                .offset = HT_UNKNOWN_NS,
                .sector = 0,
                .bytes = 0,
                .start_ns = 1042 * kMs,
                .issue_ns = 1042 * kMs,
                .complete_ns = 1045 * kMs,
                .flags = HT_REQ_TRACED});
  disk.wait(kDatabase, 1042 * kMs, 51, HT_WAIT_REQUEST | HT_WAIT_SYNC | HT_WAIT_IOWAIT);
  scenario.at(1048 * kMs);
  disk.wait(kDatabase, 1046 * kMs, 0, HT_WAIT_KTHREAD | HT_WAIT_SYNC);
  scenario.at(1049 * kMs);
  disk.sync(kDatabase, 1024 * kMs, kTable);
  disk.request({.tid = kReader,
                .op = HT_DISK_DISCARD,
                .file = {},
                .kind = HT_DISK_OF_NONE,
                .serial = 52,
                .offset = HT_UNKNOWN_NS,
                .sector = 80'000,
                .bytes = 1 << 20,
                .start_ns = 1048 * kMs,
                .issue_ns = 1048 * kMs + 5000,
                .complete_ns = 1048 * kMs + 95'000,
                .flags = HT_REQ_TRACED,
                .status = 10});
  disk.kernel_io(kReader, 655'360, 4096).kernel_io(kDatabase, 8192, 8192);
  scenario.at(1050 * kMs);
  count_disk(scenario, 1011, 9288, 501, 4024, 11);
  return scenario.end();
}

}  // namespace hoodtrace::golden
