// SPDX-License-Identifier: GPL-2.0-or-later
// The two tables of the cache view, and what they share.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <string>
#include <vector>

#include "model/cache/tracker.hpp"
#include "view/columns.hpp"

namespace hoodtrace {

inline Cell cell_or_nothing(bool known, std::uint64_t value) {
  if (!known) return {};
  return value;
}

// Hits of all uses; nothing when there were none.
inline Cell hit_ratio(bool known, const CacheCounts& counts) {
  const std::uint64_t uses = counts.hits + counts.misses;
  if (!known || uses == 0) return {};
  return static_cast<double>(counts.hits) / static_cast<double>(uses);
}

// Is it known which pages were read ahead and never used, and what reading them took at the device?
inline bool times_readahead(const CacheTracker& tracker) {
  return tracker.has_requests() && tracker.can_report(HT_CACHE_READAHEAD | HT_CACHE_ACCESSES);
}

// The time at the device of those that were; the nearest, for shares of requests are added up.
inline std::uint64_t timed_ns(const CacheCounts& counts) {
  return static_cast<std::uint64_t>(std::llround(counts.unused_ns));
}

// Nothing when there were such pages and no request that read them was recorded.
inline Cell unused_ns(const CacheTracker& tracker, const CacheCounts& counts) {
  if (!times_readahead(tracker)) return {};
  if (counts.read_ahead_unused > 0 && counts.unused_timed == 0) return {};
  return timed_ns(counts);
}

// In text, a column without any value, or that cannot be measured, is left out.
inline void hide_empty_columns(Table& table) {
  for (std::size_t i = 0; i < table.columns.size(); i++) {
    const auto is_nothing = [i](const std::vector<Cell>& row) {
      return row[i] == Cell(std::uint64_t{0}) || row[i] == Cell();
    };
    if (table.columns[i].rank > 3 && std::all_of(table.rows.begin(), table.rows.end(), is_nothing))
      table.columns[i].rank = 0;
  }
}

// files.cpp, tasks.cpp
void add_cache_files(const CacheTracker& tracker, const ViewOptions& options, Report& report);
void add_cache_tasks(const CacheTracker& tracker, const TaskTable& tasks,
                     const ViewOptions& options, Report& report);
bool has_cache_file_column(const std::string& key);
bool has_cache_task_column(const std::string& key);

}  // namespace hoodtrace
