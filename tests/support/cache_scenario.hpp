// SPDX-License-Identifier: GPL-2.0-or-later
// Adds records of the page cache to a StreamBuilder.
//
//   CacheScenario cache(scenario);
//   cache.scope().names(kFile, {"log", "var"}).adds(10, kFile, 0, 4).reads(10, kFile, 0, 3);
#pragma once

#include <cstring>
#include <initializer_list>
#include <map>
#include <string>
#include <string_view>

#include "support/stream_builder.hpp"

namespace hoodtrace {

inline constexpr std::uint32_t kDisk = 8U << 20 | 1;  // device 8:1
inline constexpr ht_file_key kFile{100, kDisk, 1};
inline constexpr ht_file_key kOtherFile{200, kDisk, 1};
inline constexpr std::uint32_t kAllOfTheCache =
    HT_CACHE_ACCESSES | HT_CACHE_READAHEAD | HT_CACHE_DIRTIED | HT_CACHE_RECLAIM | HT_CACHE_MEMCG;

class CacheScenario {
 public:
  explicit CacheScenario(StreamBuilder& scenario) : scenario_(scenario) {}

  CacheScenario& scope(std::uint32_t flags = kAllOfTheCache) {
    return add(ht_cache_scope{head(HT_CACHE_SCOPE, 0, HT_NO_CPU), 4096, flags});
  }
  CacheScenario& mount(std::uint32_t dev, std::string_view root, std::string_view point) {
    return add(ht_mount{head(HT_MOUNT, 0, HT_NO_CPU), dev, 0}, words({root, point}));
  }
  CacheScenario& device(std::uint32_t dev, std::string_view name) {
    return add(ht_device{head(HT_DEVICE, 0, HT_NO_CPU), dev, 0}, words({name}));
  }
  // The names from the file's own upwards; none = it has no directory entry.
  CacheScenario& names(const ht_file_key& file, std::initializer_list<std::string_view> names,
                       std::string_view fs = "ext4", std::uint32_t links = 1,
                       std::uint16_t mode = 0100644, std::uint32_t rdev = 0) {
    ht_file record{};
    record.head = head(HT_FILE, 10, 0);
    record.file = file;
    record.mount_dev = kDisk;
    record.rdev = rdev;
    record.links = links;
    record.mode = mode;
    record.flags = names.size() == 0 ? HT_FILE_NO_NAME : 0;
    record.names = static_cast<std::uint32_t>(names.size());
    return add(record, words({fs, "sda1"}) + words(names));
  }
  // The whole path, across the mounts.
  CacheScenario& full_name(const ht_file_key& file, std::initializer_list<std::string_view> names) {
    ht_file record{};
    record.head = head(HT_FILE, 10, 0);
    record.file = file;
    record.mount_dev = kDisk;
    record.links = 1;
    record.mode = 0100644;
    record.flags = HT_FILE_FULL;
    record.names = static_cast<std::uint32_t>(names.size());
    return add(record, words({"ext4", "sda1"}) + words(names));
  }

  CacheScenario& adds(std::uint32_t tid, const ht_file_key& file, std::uint64_t index,
                      std::uint32_t pages = 1, std::uint8_t flags = HT_PAGES_TRACED) {
    cached_[file.inode] += pages;
    return pages_record(tid, file, index, pages, HT_PAGES_ADDED, flags);
  }
  CacheScenario& evicts(std::uint32_t tid, const ht_file_key& file, std::uint64_t index,
                        std::uint32_t pages = 1, std::uint8_t flags = 0) {
    pages_record(tid, file, index, pages, HT_PAGES_EVICTED, flags);
    cached_[file.inode] -= pages;
    return *this;
  }
  CacheScenario& dirties(std::uint32_t tid, const ht_file_key& file, std::uint64_t index,
                         std::uint32_t pages = 1) {
    return pages_record(tid, file, index, pages, HT_PAGES_DIRTIED, HT_PAGES_TRACED);
  }

  // A step of a read(2) that asks for first..last.
  CacheScenario& reads(std::uint32_t tid, const ht_file_key& file, std::uint64_t first,
                       std::uint64_t last) {
    return access(tid, file, HT_ACCESS_READ, first, last, 0, 0);
  }
  CacheScenario& reads_ahead(std::uint32_t tid, const ht_file_key& file, std::uint64_t first,
                             std::uint64_t last) {
    return access(tid, file, HT_ACCESS_READAHEAD, first, last, 0, 0);
  }
  // present: 0 = not cached, 1 = cached and not ready, 3 = cached.
  CacheScenario& faults(std::uint32_t tid, const ht_file_key& file, std::uint64_t page,
                        std::uint64_t present) {
    return access(tid, file, HT_ACCESS_FAULT, page, page, present, 0);
  }
  CacheScenario& maps(std::uint32_t tid, const ht_file_key& file, std::uint64_t first,
                      std::uint64_t last, std::uint64_t present, std::uint8_t order = 0) {
    return access(tid, file, HT_ACCESS_MAP, first, last, present, order);
  }
  CacheScenario& reclaim(std::uint32_t tid, std::uint8_t kind, bool end, std::uint64_t pages = 0) {
    ht_reclaim record{};
    record.head = head(HT_RECLAIM, tid, 0);
    record.pages = pages;
    record.kind = kind;
    record.end = end ? 1 : 0;
    return add(record);
  }
  CacheScenario& counters(std::uint64_t file_pages, std::uint64_t steal_file) {
    ht_cache_books record{};
    record.head = head(HT_CACHE_BOOKS, 0, HT_NO_CPU);
    record.file_pages = file_pages;
    record.steal_file = steal_file;
    return add(record);
  }

  CacheScenario& size(std::uint64_t pages) {
    size_pages_ = pages;
    return *this;
  }
  // Pages of a file that are cached before the stream begins.
  CacheScenario& has(const ht_file_key& file, std::uint32_t pages) {
    cached_[file.inode] = pages;
    return *this;
  }

 private:
  [[nodiscard]] ht_header head(std::uint16_t type, std::uint32_t tid, std::uint16_t cpu) const {
    return {scenario_.now_ns(), tid, type, cpu};
  }
  static std::string words(std::initializer_list<std::string_view> list) {
    std::string text;
    for (const std::string_view word : list) text.append(word).push_back('\0');
    return text;
  }
  CacheScenario& pages_record(std::uint32_t tid, const ht_file_key& file, std::uint64_t index,
                              std::uint32_t pages, std::uint8_t kind, std::uint8_t flags) {
    return add(
        ht_pages{head(HT_PAGES, tid, 0), file, index, pages, cached_[file.inode], kind, flags, {}});
  }
  CacheScenario& access(std::uint32_t tid, const ht_file_key& file, std::uint8_t kind,
                        std::uint64_t first, std::uint64_t last, std::uint64_t present,
                        std::uint8_t order) {
    const bool once = kind == HT_ACCESS_FAULT || kind == HT_ACCESS_MAP;
    return add(ht_access{head(HT_ACCESS, tid, 0), file, first, last, size_pages_, present,
                         cached_[file.inode], kind,
                         static_cast<std::uint8_t>(once ? HT_ACCESS_PRESENT : 0), order, order});
  }
  template <class Record>
  CacheScenario& add(const Record& record, const std::string& tail = {}) {
    scenario_.add(record, tail);
    return *this;
  }

  StreamBuilder& scenario_;
  std::uint64_t size_pages_ = 1024;
  std::map<std::uint64_t, std::uint32_t> cached_;  // by inode
};

}  // namespace hoodtrace
