// SPDX-License-Identifier: GPL-2.0-or-later
// The rows of the page cache.

#include <fmt/format.h>

#include "base/units.hpp"
#include "event/words.hpp"
#include "output/rows/event_rows.hpp"

namespace hoodtrace {
namespace {

std::string_view pages_kind(std::uint8_t kind) {
  switch (kind) {
    case HT_PAGES_ADDED:
      return "added";
    case HT_PAGES_EVICTED:
      return "evicted";
    default:
      return "dirtied";
  }
}

std::string_view eviction_cause(std::uint8_t flags) {
  if (flags & HT_PAGES_KSWAPD) return "kswapd";
  if (flags & HT_PAGES_RECLAIM) return "reclaim";
  if (flags & HT_PAGES_DELETED) return "deleted";
  return flags & HT_PAGES_TRUNCATED ? "truncated" : "dropped";
}

std::string_view access_kind(std::uint8_t kind) {
  switch (kind) {
    case HT_ACCESS_READ:
      return "read";
    case HT_ACCESS_FAULT:
      return "fault";
    case HT_ACCESS_MAP:
      return "map";
    default:
      return "readahead";
  }
}

std::string_view reclaim_kind(std::uint8_t kind) {
  switch (kind) {
    case HT_RECLAIM_KSWAPD:
      return "kswapd";
    case HT_RECLAIM_DIRECT:
      return "direct";
    default:
      return "memcg";
  }
}

}  // namespace

void EventRows::set_file(const ht_file_key& file) {
  row_.text(Field::kDev, format_device(file.dev));
  row_.number(Field::kInode, file.inode);
}

void EventRows::row(const ht_pages& record) {
  begin(record.head);
  row_.text(Field::kKind, pages_kind(record.kind));
  set_file(record.file);
  row_.number(Field::kPage, record.index);
  row_.number(Field::kPages, record.pages);
  row_.number(Field::kCachedPages, record.cached);
  row_.truth(Field::kTraced, (record.flags & HT_PAGES_TRACED) != 0);
  if (record.kind == HT_PAGES_EVICTED) row_.text(Field::kCause, eviction_cause(record.flags));
  finish_row();
}

void EventRows::row(const ht_access& record) {
  begin(record.head);
  row_.text(Field::kKind, access_kind(record.kind));
  set_file(record.file);
  row_.number(Field::kPage, record.first);
  row_.number(Field::kLastPage, record.last);
  row_.number(Field::kCachedPages, record.cached);
  finish_row();
}

void EventRows::row(const ht_reclaim& record) {
  begin(record.head);
  row_.text(Field::kKind, reclaim_kind(record.kind));
  row_.text(Field::kKey, record.end ? "end" : "begin");
  if (record.end && record.kind != HT_RECLAIM_KSWAPD) row_.number(Field::kPages, record.pages);
  finish_row();
}

void EventRows::row(const ht_file& record) {
  begin(record.head);
  set_file(record.file);
  std::string_view tail = tail_of(record);
  row_.text(Field::kFsType, take_word(tail));
  take_word(tail);
  std::vector<std::string_view> names;
  while (!tail.empty() && names.size() < record.names) names.push_back(take_word(tail));
  scratch_.clear();
  for (auto name = names.rbegin(); name != names.rend(); ++name) scratch_.append("/").append(*name);
  if (!scratch_.empty()) row_.text(Field::kPath, scratch_);
  finish_row();
}

void EventRows::row(const ht_cache_scope& record) {
  begin(record.head);
  row_.text(Field::kKey, "page_bytes");
  row_.number(Field::kCount, record.page_bytes);
  finish_row();
}

void EventRows::row(const ht_mount& record) {
  begin(record.head);
  row_.text(Field::kDev, format_device(record.dev));
  std::string_view tail = tail_of(record);
  row_.text(Field::kValue, take_word(tail));
  row_.text(Field::kPath, take_word(tail));
  finish_row();
}

void EventRows::row(const ht_device& record) {
  begin(record.head);
  row_.text(Field::kDev, format_device(record.dev));
  std::string_view tail = tail_of(record);
  row_.text(Field::kPath, take_word(tail));
  finish_row();
}

void EventRows::row(const ht_cache_books& record) {
  const auto tell = [&](std::string_view key, std::uint64_t count) {
    begin(record.head);
    row_.text(Field::kKey, key);
    row_.number(Field::kCount, count);
    finish_row();
  };
  tell("nr_file_pages", record.file_pages);
  tell("nr_shmem", record.shmem_pages);
  tell("pgsteal_kswapd", record.steal_kswapd);
  tell("pgsteal_direct", record.steal_direct);
  tell("pgsteal_file", record.steal_file);
  tell("workingset_refault_file", record.refault_file);
  tell("thp_file_mapped", record.huge_mapped);
}

}  // namespace hoodtrace
