// SPDX-License-Identifier: GPL-2.0-or-later
// The report of sched --fair: what the fair class gave each task, and what the task was due.

#include "view/sched/fair.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "view/columns.hpp"
#include "view/sched/rows.hpp"
#include "view/task_rows.hpp"

namespace hoodtrace {
namespace {

struct FairRow {
  std::optional<std::uint32_t> tid;
  std::optional<std::uint32_t> pid;
  std::optional<std::string> comm;
  std::optional<std::string> cgroup;
  std::optional<FairState> state;  // of a row of one task
  FairStats stats;
};
using FairColumn = ColumnOf<FairRow>;

template <class Value>
Cell of_state(const FairRow& row, Value value) {
  if (!row.state) return {};
  return value(*row.state);
}

Cell run_quantile(const FairRow& row, double share) {
  if (row.stats.run_ns.count() == 0) return {};
  return row.stats.run_ns.quantile(share);
}

Cell signed_cell(const std::optional<std::int64_t>& value) {
  if (!value) return {};
  return *value;
}

// Slices are known where any record had one; of several tasks, where the runs were told apart.
Cell runs_cell(const FairRow& row, std::uint64_t runs) {
  if (row.state && !row.state->slice_ns) return {};
  return runs;
}

// Its order is the JSON schema's.
constexpr std::array kColumns = {
    FairColumn{"tid", "TID", Unit::kId, 1, [](const FairRow& r) { return optional_cell(r.tid); }},
    FairColumn{"pid", "PID", Unit::kId, 10, [](const FairRow& r) { return optional_cell(r.pid); }},
    FairColumn{"comm", "COMM", Unit::kText, 1,
               [](const FairRow& r) { return optional_cell(r.comm); }},
    FairColumn{"cgroup", "CGROUP", Unit::kText, 0,
               [](const FairRow& r) { return optional_cell(r.cgroup); }},
    FairColumn{"policy", "POLICY", Unit::kText, 4,
               [](const FairRow& r) {
                 return of_state(
                     r, [](const FairState& s) -> Cell { return policy_name(s.policy); });
               }},
    FairColumn{"nice", "NICE", Unit::kCount, 2,
               [](const FairRow& r) {
                 return of_state(r, [](const FairState& s) -> Cell { return std::int64_t{s.nice}; });
               }},
    FairColumn{
        "weight", "WEIGHT", Unit::kCount, 2,
        [](const FairRow& r) {
          return of_state(r, [](const FairState& s) -> Cell { return std::uint64_t{s.weight}; });
        }},
    FairColumn{"group_shares", "GROUP", Unit::kCount, 5,
               [](const FairRow& r) {
                 return of_state(r, [](const FairState& s) -> Cell {
                   if (s.group_shares == 0) return {};
                   return std::uint64_t{s.group_shares};
                 });
               }},
    FairColumn{"due_ns", "DUE", Unit::kNs, 1,
               [](const FairRow& r) -> Cell { return r.stats.due_ns; }},
    FairColumn{"got_ns", "GOT", Unit::kNs, 1,
               [](const FairRow& r) -> Cell { return r.stats.got_ns; }},
    FairColumn{"got_share", "OF-DUE", Unit::kShare, 1,
               [](const FairRow& r) -> Cell {
                 if (r.stats.due_ns == 0) return {};
                 return static_cast<double>(r.stats.got_ns) / static_cast<double>(r.stats.due_ns);
               }},
    FairColumn{"shifted_ns", "SHIFTED", Unit::kNs, 3,
               [](const FairRow& r) { return signed_cell(r.stats.shifted_ns()); }},
    FairColumn{"unplaced_ns", "UNPLACED", Unit::kNs, 9,
               [](const FairRow& r) -> Cell { return r.stats.unplaced_ns; }},
    FairColumn{"slice_ns", "SLICE", Unit::kNs, 3,
               [](const FairRow& r) {
                 return of_state(r, [](const FairState& s) { return optional_cell(s.slice_ns); });
               }},
    FairColumn{"custom_slice", "CUSTOM", Unit::kCount, 0,
               [](const FairRow& r) {
                 return of_state(r, [](const FairState& s) -> Cell {
                   if (!s.slice_ns) return {};
                   return std::uint64_t{s.custom_slice ? 1U : 0U};
                 });
               }},
    FairColumn{"runs", "RUNS", Unit::kCount, 3,
               [](const FairRow& r) -> Cell { return r.stats.runs; }},
    FairColumn{"run_p50_ns", "RUN-P50", Unit::kNs, 3,
               [](const FairRow& r) { return run_quantile(r, kP50); }},
    FairColumn{"run_p99_ns", "RUN-P99", Unit::kNs, 6,
               [](const FairRow& r) { return run_quantile(r, kP99); }},
    FairColumn{"runs_slept", "SLEPT", Unit::kCount, 6,
               [](const FairRow& r) -> Cell { return r.stats.runs_slept; }},
    FairColumn{"runs_before_slice", "CUT", Unit::kCount, 4,
               [](const FairRow& r) { return runs_cell(r, r.stats.runs_before_slice); }},
    FairColumn{"runs_at_slice", "FULL", Unit::kCount, 4,
               [](const FairRow& r) { return runs_cell(r, r.stats.runs_at_slice); }},
    FairColumn{"runs_unmeasured", "UNMEASURED", Unit::kCount, 0,
               [](const FairRow& r) -> Cell { return r.stats.runs_unmeasured; }},
    FairColumn{"wakes", "WAKES", Unit::kCount, 8,
               [](const FairRow& r) -> Cell { return r.stats.wakes; }},
    FairColumn{"lag_p50_ns", "LAG-P50", Unit::kNs, 5,
               [](const FairRow& r) { return signed_cell(r.stats.lag_p50_ns()); }},
    FairColumn{"delayed_sleeps", "DELAYED", Unit::kCount, 9,
               [](const FairRow& r) -> Cell { return r.stats.delayed_sleeps; }},
    FairColumn{"vruntime_ns", "VRUNTIME", Unit::kNs, 9,
               [](const FairRow& r) -> Cell { return r.stats.vruntime_ns; }},
    FairColumn{"vruntime_ran_ns", "VRUNTIME-RAN", Unit::kNs, 0,
               [](const FairRow& r) -> Cell { return r.stats.vruntime_ran_ns; }},
    FairColumn{"deadline_ns", "DEADLINE", Unit::kNs, 0,
               [](const FairRow& r) {
                 return of_state(r, [](const FairState& s) { return signed_cell(s.deadline_ns); });
               }},
};

std::vector<FairRow> make_rows(const FairTracker& tracker, const TaskTable& tasks, Grouping by) {
  std::vector<FairRow> rows;
  for (TaskId id = 1; id < tasks.size(); id++) {
    const FairStats* stats = tracker.stats(id);
    if (stats == nullptr || !tasks[id].in_use || !tasks[id].traced) continue;
    FairRow& row = rows.emplace_back();
    name_row(row, tasks[id], tasks);
    row.state = tracker.state(id);
    row.stats = *stats;
  }
  if (by != Grouping::kThread) rows = group_rows(rows, by);
  if (tracker.ended_others_count() > 0) {
    FairRow& row = rows.emplace_back();
    row.comm = fmt::format("({} ended tasks)", tracker.ended_others_count());
    row.stats = tracker.ended_others();
  }
  return rows;
}

}  // namespace

void add_fair_report(const FairTracker& tracker, const TaskTable& tasks, const ViewOptions& options,
                     Report& report) {
  std::vector<FairRow> rows = make_rows(tracker, tasks, options.by);
  sort_rows(kColumns, rows, options.sort.empty() ? "due_ns" : options.sort);
  if (options.json) {
    report.body.emplace_back("fair", rows_json(kColumns, rows, options));
    return;
  }
  if (rows.empty())
    report.remarks.insert(
        report.remarks.begin(),
        "no task of the target ended a run in the fair class, or was woken in it");
  Table table = rows_table(kColumns, rows, options);
  for (Column& column : table.columns) {
    if (options.by == Grouping::kCgroup && column.key == "cgroup") column.rank = 1;
    if (options.by == Grouping::kThread) continue;
    if (std::all_of(rows.begin(), rows.end(), [](const FairRow& row) { return !row.state; }))
      if (column.key == "tid" || column.key == "nice" || column.key == "weight" ||
          column.key == "policy" || column.key == "group_shares" || column.key == "slice_ns")
        column.rank = 0;
  }
  report.tables.push_back(std::move(table));
}

Result<void> check_fair_sort(const std::string& key) {
  if (key.empty() || find_column(kColumns, key) != nullptr) return {};
  return usage(fmt::format("no column {} to sort by; there are: {}", key, column_keys(kColumns)));
}

}  // namespace hoodtrace
