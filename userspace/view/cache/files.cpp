// SPDX-License-Identifier: GPL-2.0-or-later
// The cache view's files.

#include <fmt/format.h>

#include <array>

#include "base/units.hpp"
#include "view/cache/rows.hpp"
#include "view/file_text.hpp"

namespace hoodtrace {
namespace {

struct Row {
  const CacheTracker* tracker;
  FileId id;
  [[nodiscard]] const FileCache& file() const { return tracker->file(id); }
  [[nodiscard]] const NamedFile& who() const { return tracker->files()[id]; }
  [[nodiscard]] bool reports_uses() const { return tracker->can_report(HT_CACHE_ACCESSES); }
  [[nodiscard]] bool reports_adds() const { return !tracker->files().hides_adds(id); }
};

const char* kind_word(FileKind kind) {
  switch (kind) {
    case FileKind::kUnknown:
      return "unknown";
    case FileKind::kNamed:
      return "file";
    case FileKind::kDeleted:
      return "deleted";
    case FileKind::kUnnamed:
      return "unnamed";
    case FileKind::kDevice:
      return "device";
    case FileKind::kMetadata:
      return "metadata";
  }
  return "unknown";
}

std::string row_text(const Row& row) {
  if (row.id == kOtherFiles) return fmt::format("({} other files)", row.tracker->folded_files());
  return file_text(row.tracker->files(), row.id);
}

// tmpfs reports what is mapped of it, but not what is read.
Cell uses(const Row& row, std::uint64_t value) {
  return cell_or_nothing(row.reports_uses() && (row.reports_adds() || value > 0), value);
}
Cell adds(const Row& row, std::uint64_t value) {
  return cell_or_nothing(row.reports_adds(), value);
}

// The one list of columns; its order is the JSON schema's.
constexpr std::array kColumns = {
    ColumnOf<Row>{"dev", "DEV", Unit::kText, 0,
                     [](const Row& r) -> Cell {
                       if (r.id == kOtherFiles) return {};
                       return format_device(r.who().key.dev);
                     }},
    ColumnOf<Row>{"inode", "INODE", Unit::kCount, 0,
                     [](const Row& r) { return cell_or_nothing(r.id != kOtherFiles, r.who().key.inode); }},
    ColumnOf<Row>{"path", "PATH", Unit::kText, 0,
                     [](const Row& r) -> Cell {
                       if (r.id == kOtherFiles) return {};
                       const std::optional<std::string> path = r.tracker->files().path(r.id);
                       if (!path) return {};
                       return *path;
                     }},
    ColumnOf<Row>{"kind", "KIND", Unit::kText, 0,
                     [](const Row& r) -> Cell {
                       if (r.id == kOtherFiles) return "other";
                       return kind_word(r.tracker->files().kind(r.id));
                     }},
    ColumnOf<Row>{"fs", "FS", Unit::kText, 9,
                     [](const Row& r) -> Cell {
                       if (r.who().fs_type.empty()) return {};
                       return r.who().fs_type;
                     }},
    ColumnOf<Row>{"added", "ADDED", Unit::kCount, 1,
                     [](const Row& r) { return adds(r, r.file().counts.added); }},
    ColumnOf<Row>{"bytes_added", "BYTES", Unit::kBytes, 6,
                     [](const Row& r) {
                       return adds(r, r.file().counts.added * r.tracker->page_bytes());
                     }},
    ColumnOf<Row>{"evicted", "EVICTED", Unit::kCount, 1,
                     [](const Row& r) -> Cell { return r.file().counts.evicted; }},
    ColumnOf<Row>{"hits", "HITS", Unit::kCount, 2,
                     [](const Row& r) { return uses(r, r.file().counts.hits); }},
    ColumnOf<Row>{"misses", "MISSES", Unit::kCount, 2,
                     [](const Row& r) { return uses(r, r.file().counts.misses); }},
    ColumnOf<Row>{"hit_ratio", "HIT", Unit::kShare, 3,
                     [](const Row& r) { return hit_ratio(r.reports_uses() && r.reports_adds(), r.file().counts); }},
    ColumnOf<Row>{"refetched", "REFETCHED", Unit::kCount, 4,
                     [](const Row& r) { return adds(r, r.file().counts.refetched); }},
    ColumnOf<Row>{"readahead_unused", "RA-UNUSED", Unit::kCount, 7,
                     [](const Row& r) {
                       return cell_or_nothing(r.tracker->can_report(HT_CACHE_READAHEAD | HT_CACHE_ACCESSES),
                                              r.file().counts.read_ahead_unused);
                     }},
    ColumnOf<Row>{"readahead_unused_bytes", "RA-BYTES", Unit::kBytes, 0,
                     [](const Row& r) {
                       return cell_or_nothing(r.tracker->can_report(HT_CACHE_READAHEAD | HT_CACHE_ACCESSES),
                                              r.file().counts.read_ahead_unused * r.tracker->page_bytes());
                     }},
    ColumnOf<Row>{"readahead_unused_timed", "RA-TIMED", Unit::kCount, 0,
                     [](const Row& r) {
                       return cell_or_nothing(times_readahead(*r.tracker), r.file().counts.unused_timed);
                     }},
    ColumnOf<Row>{"readahead_unused_ns", "RA-TIME", Unit::kNs, 7,
                     [](const Row& r) { return unused_ns(*r.tracker, r.file().counts); }},
    ColumnOf<Row>{"dirtied", "DIRTIED", Unit::kCount, 8,
                     [](const Row& r) {
                       return cell_or_nothing(r.tracker->can_report(HT_CACHE_DIRTIED),
                                              r.file().counts.dirtied);
                     }},
    ColumnOf<Row>{"cached", "CACHED", Unit::kCount, 5,
                     [](const Row& r) {
                       return cell_or_nothing(r.file().is_based, r.file().cached);
                     }},
    ColumnOf<Row>{"added_by_others", "BY-OTHERS", Unit::kCount, 0,
                     [](const Row& r) { return adds(r, r.file().added_by_others); }},
    ColumnOf<Row>{"evicted_kswapd", "KSWAPD", Unit::kCount, 0,
                     [](const Row& r) -> Cell { return r.file().evictions.kswapd; }},
    ColumnOf<Row>{"evicted_direct", "DIRECT", Unit::kCount, 0,
                     [](const Row& r) -> Cell { return r.file().evictions.direct; }},
    ColumnOf<Row>{"evicted_memcg", "MEMCG", Unit::kCount, 0,
                     [](const Row& r) {
                       return cell_or_nothing(r.tracker->can_report(HT_CACHE_MEMCG),
                                              r.file().evictions.memcg);
                     }},
    ColumnOf<Row>{"evicted_proactive", "PROACTIVE", Unit::kCount, 0,
                     [](const Row& r) {
                       return cell_or_nothing(r.tracker->can_report(HT_CACHE_RECLAIM),
                                              r.file().evictions.proactive);
                     }},
    ColumnOf<Row>{"evicted_dropped", "DROPPED", Unit::kCount, 0,
                     [](const Row& r) -> Cell { return r.file().evictions.dropped; }},
    ColumnOf<Row>{"evicted_truncated", "TRUNCATED", Unit::kCount, 0,
                     [](const Row& r) -> Cell { return r.file().evictions.truncated; }},
    ColumnOf<Row>{"evicted_deleted", "DELETED", Unit::kCount, 0,
                     [](const Row& r) -> Cell { return r.file().evictions.deleted; }},
    ColumnOf<Row>{"file", "FILE", Unit::kText, 1,
                     [](const Row& r) -> Cell { return row_text(r); }},
};

std::vector<Row> make_rows(const CacheTracker& tracker) {
  std::vector<Row> rows;
  for (FileId id = 1; id < tracker.files().size(); id++) {
    if (!tracker.files()[id].in_use) continue;
    const FileCache& file = tracker.file(id);
    if (file.touched && (!file.counts.is_nothing() || file.added_by_others > 0))
      rows.push_back({&tracker, id});
  }
  std::stable_sort(rows.begin(), rows.end(), [](const Row& a, const Row& b) {
    const CacheCounts& x = a.file().counts;
    const CacheCounts& y = b.file().counts;
    return std::max(x.added, x.evicted) != std::max(y.added, y.evicted)
               ? std::max(x.added, x.evicted) > std::max(y.added, y.evicted)
               : x.hits + x.misses > y.hits + y.misses;
  });
  return rows;
}

}  // namespace

void add_cache_files(const CacheTracker& tracker, const ViewOptions& options, Report& report) {
  std::vector<Row> rows = make_rows(tracker);
  if (!options.sort.empty()) sort_rows(kColumns, rows, options.sort);
  const bool has_others = !tracker.file(kOtherFiles).counts.is_nothing();
  if (options.json) {
    Json list = rows_json(kColumns, rows, options);
    if (has_others) {
      const Json other = rows_json(kColumns, std::vector<Row>{{&tracker, kOtherFiles}}, options);
      list.push_back(other.at(0));
    }
    report.body.emplace_back("files", std::move(list));
    return;
  }
  Table table = rows_table(kColumns, rows, options);
  if (options.text) hide_empty_columns(table);
  if (has_others) {
    Table other = rows_table(kColumns, std::vector<Row>{{&tracker, kOtherFiles}}, options);
    table.rows.push_back(std::move(other.rows.at(0)));
  }
  table.title = options.text ? "files (pages)" : "";
  report.tables.push_back(std::move(table));
}

bool has_cache_file_column(const std::string& key) { return find_column(kColumns, key) != nullptr; }

}  // namespace hoodtrace
