// SPDX-License-Identifier: GPL-2.0-or-later
// The cache view's tasks.

#include <fmt/format.h>

#include <array>
#include <map>
#include <optional>

#include "view/cache/rows.hpp"
#include "view/task_rows.hpp"

namespace hoodtrace {
namespace {

// One task, or several with the same process, comm or cgroup.
struct Row {
  const CacheTracker* tracker;
  std::optional<std::uint32_t> tid;
  std::optional<std::uint32_t> pid;
  std::optional<std::string> comm;
  std::optional<std::string> cgroup;
  TaskCache cache;
  [[nodiscard]] bool reports_uses() const { return tracker->can_report(HT_CACHE_ACCESSES); }
};

Cell number(const std::optional<std::uint32_t>& value) {
  if (!value) return {};
  return static_cast<std::uint64_t>(*value);
}

Cell text(const std::optional<std::string>& value) {
  if (!value) return {};
  return *value;
}

Cell reclaim(const Row& row, std::uint32_t scope, std::uint64_t value) {
  return cell_or_nothing(row.tracker->can_report(scope), value);
}

constexpr std::array kColumns = {
    ColumnOf<Row>{"tid", "TID", Unit::kId, 1, [](const Row& r) { return number(r.tid); }},
    ColumnOf<Row>{"pid", "PID", Unit::kId, 7, [](const Row& r) { return number(r.pid); }},
    ColumnOf<Row>{"comm", "COMM", Unit::kText, 1, [](const Row& r) { return text(r.comm); }},
    ColumnOf<Row>{"cgroup", "CGROUP", Unit::kText, 0, [](const Row& r) { return text(r.cgroup); }},
    ColumnOf<Row>{"added", "ADDED", Unit::kCount, 1,
                  [](const Row& r) -> Cell { return r.cache.counts.added; }},
    ColumnOf<Row>{
        "bytes_added", "BYTES", Unit::kBytes, 6,
        [](const Row& r) -> Cell { return r.cache.counts.added * r.tracker->page_bytes(); }},
    ColumnOf<Row>{"evicted", "EVICTED", Unit::kCount, 3,
                  [](const Row& r) -> Cell { return r.cache.counts.evicted; }},
    ColumnOf<Row>{
        "hits", "HITS", Unit::kCount, 2,
        [](const Row& r) { return cell_or_nothing(r.reports_uses(), r.cache.counts.hits); }},
    ColumnOf<Row>{
        "misses", "MISSES", Unit::kCount, 2,
        [](const Row& r) { return cell_or_nothing(r.reports_uses(), r.cache.counts.misses); }},
    ColumnOf<Row>{"hit_ratio", "HIT", Unit::kShare, 3,
                  [](const Row& r) { return hit_ratio(r.reports_uses(), r.cache.counts); }},
    ColumnOf<Row>{"refetched", "REFETCHED", Unit::kCount, 4,
                  [](const Row& r) -> Cell { return r.cache.counts.refetched; }},
    ColumnOf<Row>{
        "dirtied", "DIRTIED", Unit::kCount, 8,
        [](const Row& r) { return reclaim(r, HT_CACHE_DIRTIED, r.cache.counts.dirtied); }},
    ColumnOf<Row>{"direct_reclaims", "RECLAIMS", Unit::kCount, 8,
                  [](const Row& r) { return reclaim(r, HT_CACHE_RECLAIM, r.cache.direct.count); }},
    ColumnOf<Row>{"direct_reclaim_ns", "RECLAIMING", Unit::kNs, 5,
                  [](const Row& r) { return reclaim(r, HT_CACHE_RECLAIM, r.cache.direct.ns); }},
    ColumnOf<Row>{"memcg_reclaims", "MEMCG-RECL", Unit::kCount, 9,
                  [](const Row& r) { return reclaim(r, HT_CACHE_MEMCG, r.cache.memcg.count); }},
    ColumnOf<Row>{"memcg_reclaim_ns", "MEMCG-TIME", Unit::kNs, 5,
                  [](const Row& r) { return reclaim(r, HT_CACHE_MEMCG, r.cache.memcg.ns); }},
};

// Tasks of the target, and tasks that evicted pages of its files.
std::vector<Row> make_rows(const CacheTracker& tracker, const TaskTable& tasks) {
  std::vector<Row> rows;
  for (TaskId id = 1; id < tasks.size(); id++) {
    const TaskCache& cache = tracker.task(id);
    if (!tasks[id].in_use) continue;
    const bool reclaimed = tasks[id].traced && (cache.direct.count > 0 || cache.memcg.count > 0);
    if (cache.counts.is_nothing() && !reclaimed) continue;
    Row row{&tracker,     tasks[id].tid, std::nullopt, std::string(comm_view(tasks[id])),
            std::nullopt, cache};
    if (tasks[id].pid != 0) row.pid = tasks[id].pid;
    const std::string_view path = tasks.cgroup_path(tasks[id].cgroup_id);
    if (!path.empty()) row.cgroup = std::string(path);
    rows.push_back(std::move(row));
  }
  return rows;
}

std::string group_of(const Row& row, Grouping by) {
  if (by == Grouping::kProcess) return fmt::format("{}", row.pid.value_or(0));
  return by == Grouping::kComm ? row.comm.value_or("") : row.cgroup.value_or("");
}

std::vector<Row> grouped(const std::vector<Row>& rows, Grouping by) {
  std::map<std::string, Row> groups;
  for (const Row& row : rows) {
    const auto [at, is_new] = groups.try_emplace(group_of(row, by), row);
    Row& group = at->second;
    if (!is_new) {
      group.cache.counts.merge(row.cache.counts);
      group.cache.direct.merge(row.cache.direct);
      group.cache.memcg.merge(row.cache.memcg);
    }
    // A process has its leader's name.
    if (by == Grouping::kProcess && row.tid == row.pid) group.comm = row.comm;
    group.tid.reset();
    if (by != Grouping::kProcess) group.pid.reset();
    if (by == Grouping::kComm) group.cgroup.reset();
    if (by == Grouping::kCgroup) group.comm.reset();
  }
  std::vector<Row> list;
  for (auto& [key, row] : groups) list.push_back(std::move(row));
  return list;
}

}  // namespace

void add_cache_tasks(const CacheTracker& tracker, const TaskTable& tasks,
                     const ViewOptions& options, Report& report) {
  std::vector<Row> rows = make_rows(tracker, tasks);
  if (options.by != Grouping::kThread) rows = grouped(rows, options.by);
  std::stable_sort(rows.begin(), rows.end(), [](const Row& a, const Row& b) {
    const CacheCounts& x = a.cache.counts;
    const CacheCounts& y = b.cache.counts;
    return x.added != y.added ? x.added > y.added : x.hits > y.hits;
  });
  if (!options.sort.empty()) sort_rows(kColumns, rows, options.sort);
  if (tracker.ended_others_count() > 0)
    rows.push_back({&tracker, std::nullopt, std::nullopt,
                    fmt::format("({} ended tasks)", tracker.ended_others_count()), std::nullopt,
                    tracker.ended_others()});
  if (options.json) {
    report.body.emplace_back("tasks", rows_json(kColumns, rows, options));
    return;
  }
  Table table = rows_table(kColumns, rows, options);
  if (options.text) hide_empty_columns(table);
  for (Column& column : table.columns) {
    if (options.by != Grouping::kThread && column.key == "tid") column.rank = 0;
    if (options.by == Grouping::kCgroup && (column.key == "comm" || column.key == "pid"))
      column.rank = 0;
    if (options.by == Grouping::kCgroup && column.key == "cgroup") column.rank = 1;
    if (options.by == Grouping::kComm && column.key == "pid") column.rank = 0;
  }
  table.title = options.text ? "tasks" : "";
  report.tables.push_back(std::move(table));
}

bool has_cache_task_column(const std::string& key) { return find_column(kColumns, key) != nullptr; }

}  // namespace hoodtrace
