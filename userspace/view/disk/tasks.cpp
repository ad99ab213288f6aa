// SPDX-License-Identifier: GPL-2.0-or-later
// The disk view's tasks, or cgroups.

#include <fmt/format.h>

#include <array>
#include <optional>

#include "view/disk/rows.hpp"
#include "view/task_rows.hpp"

namespace hoodtrace {
namespace {

struct Stats {
  DiskCounts requests;
  DiskWaits waits;
  DiskSyncs syncs;
  std::uint64_t latency_ns = 0;
  void merge(const Stats& more) {
    requests.merge(more.requests);
    waits.merge(more.waits);
    syncs.merge(more.syncs);
    latency_ns += more.latency_ns;
  }
};

struct Row {
  std::optional<std::uint32_t> tid;
  std::optional<std::uint32_t> pid;
  std::optional<std::string> comm;
  std::optional<std::string> cgroup;
  Stats stats;
  bool has_syncs = false;
  [[nodiscard]] const DiskCounts& counts() const { return stats.requests; }
};

Cell syncs(const Row& row, std::uint64_t value) {
  if (!row.has_syncs) return {};
  return value;
}

// The JSON schema's columns.
constexpr std::array kColumns = {
    ColumnOf<Row>{"tid", "TID", Unit::kId, 1, [](const Row& r) { return optional_cell(r.tid); }},
    ColumnOf<Row>{"pid", "PID", Unit::kId, 7, [](const Row& r) { return optional_cell(r.pid); }},
    ColumnOf<Row>{"comm", "COMM", Unit::kText, 1,
                  [](const Row& r) { return optional_cell(r.comm); }},
    ColumnOf<Row>{"cgroup", "CGROUP", Unit::kText, 0,
                  [](const Row& r) { return optional_cell(r.cgroup); }},
    ColumnOf<Row>{"reads", "READS", Unit::kCount, 1,
                  [](const Row& r) -> Cell { return r.counts().reads; }},
    ColumnOf<Row>{"read_bytes", "READ", Unit::kBytes, 1,
                  [](const Row& r) -> Cell { return r.counts().read_bytes; }},
    ColumnOf<Row>{"writes", "WRITES", Unit::kCount, 1,
                  [](const Row& r) -> Cell { return r.counts().writes; }},
    ColumnOf<Row>{"write_bytes", "WRITTEN", Unit::kBytes, 1,
                  [](const Row& r) -> Cell { return r.counts().write_bytes; }},
    ColumnOf<Row>{"waited_ns", "WAITED", Unit::kNs, 2,
                  [](const Row& r) -> Cell { return r.stats.waits.ns; }},
    ColumnOf<Row>{"syncs", "SYNCS", Unit::kCount, 3,
                  [](const Row& r) { return syncs(r, r.stats.syncs.count); }},
    ColumnOf<Row>{"sync_ns", "SYNCING", Unit::kNs, 3,
                  [](const Row& r) { return syncs(r, r.stats.syncs.ns); }},
    ColumnOf<Row>{"waits", "WAITS", Unit::kCount, 3,
                  [](const Row& r) -> Cell { return r.stats.waits.count; }},
    ColumnOf<Row>{"request_ns", "FOR-REQUESTS", Unit::kNs, 6,
                  [](const Row& r) -> Cell { return r.stats.waits.request_ns; }},
    ColumnOf<Row>{"foreign_ns", "FOR-OTHERS", Unit::kNs, 6,
                  [](const Row& r) -> Cell { return r.stats.waits.foreign_ns; }},
    ColumnOf<Row>{"kthread_ns", "FOR-KTHREADS", Unit::kNs, 6,
                  [](const Row& r) -> Cell { return r.stats.waits.kthread_ns; }},
    ColumnOf<Row>{"other_ns", "OTHERWISE", Unit::kNs, 6,
                  [](const Row& r) -> Cell { return r.stats.waits.other_ns; }},
};

constexpr std::array kTextColumns = {
    kColumns[0],
    kColumns[1],
    kColumns[2],
    kColumns[3],
    kColumns[4],
    kColumns[5],
    kColumns[6],
    kColumns[7],
    kColumns[8],
    kColumns[9],
    kColumns[10],
    ColumnOf<Row>{"flushes", "FLUSHES", Unit::kCount, 5,
                  [](const Row& r) -> Cell { return r.counts().flushes; }},
    ColumnOf<Row>{"discards", "DISCARDS", Unit::kCount, 6,
                  [](const Row& r) -> Cell { return r.counts().discards; }},
    kColumns[11],
    kColumns[12],
    kColumns[13],
    kColumns[14],
    kColumns[15],
    ColumnOf<Row>{"iowait_ns", "IOWAIT", Unit::kNs, 0,
                  [](const Row& r) -> Cell { return r.stats.waits.iowait_ns; }},
    ColumnOf<Row>{"latency_ns", "LATENCY", Unit::kNs, 0,
                  [](const Row& r) -> Cell { return r.stats.latency_ns; }},
};

std::vector<Row> make_rows(const DiskTracker& tracker) {
  std::vector<Row> rows;
  const TaskTable& tasks = tracker.tasks();
  const bool has_syncs = tracker.can_report(HT_DISK_SYNCS);
  for (TaskId id = 1; id < tasks.size(); id++) {
    const DiskTask& task = tracker.task(id);
    if (!tasks[id].in_use) continue;
    if (task.counts.requests() == 0 && task.waits.count == 0 && task.syncs.count == 0) continue;
    Row row;
    name_row(row, tasks[id], tasks);
    row.stats = {task.counts, task.waits, task.syncs, task.latency_ns};
    row.has_syncs = has_syncs;
    rows.push_back(std::move(row));
  }
  return rows;
}

}  // namespace

void add_disk_tasks(const DiskTracker& tracker, const ViewOptions& options, Report& report) {
  std::vector<Row> rows = make_rows(tracker);
  const bool by_cgroup = options.by == Grouping::kCgroup;
  if (by_cgroup) {
    rows = group_rows(rows, options.by);
    for (Row& row : rows) row.has_syncs = tracker.can_report(HT_DISK_SYNCS);
  }
  sort_disk_rows(kTextColumns, rows, options);
  if (tracker.ended_others_count() > 0) {
    const DiskTask& ended = tracker.ended_others();
    Row row;
    row.comm = fmt::format("({} ended tasks)", tracker.ended_others_count());
    row.stats = {ended.counts, ended.waits, ended.syncs, ended.latency_ns};
    row.has_syncs = tracker.can_report(HT_DISK_SYNCS);
    rows.push_back(std::move(row));
  }
  if (options.json) {
    add_disk_table(kColumns, rows, "", "tasks", options, report);
    return;
  }
  Table* table =
      add_disk_table(kTextColumns, rows, by_cgroup ? "cgroups" : "tasks", "", options, report);
  for (Column& column : table->columns) {
    if (!by_cgroup) break;
    if (column.key == "tid" || column.key == "pid" || column.key == "comm") column.rank = 0;
    if (column.key == "cgroup") column.rank = 1;
  }
}

bool has_disk_task_column(std::string_view key) {
  return find_column(kTextColumns, key) != nullptr;
}

}  // namespace hoodtrace
