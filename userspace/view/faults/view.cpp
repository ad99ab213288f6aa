// SPDX-License-Identifier: GPL-2.0-or-later
#include "view/faults/view.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

#include "base/text.hpp"
#include "base/units.hpp"
#include "view/bars.hpp"
#include "view/columns.hpp"
#include "view/faults/audit.hpp"
#include "view/faults/cells.hpp"
#include "view/faults/cow.hpp"
#include "view/faults/json.hpp"
#include "view/faults/rows.hpp"
#include "view/faults/signals.hpp"

namespace hoodtrace {
namespace {

// A row and its sum, which most columns ask for.
struct SummedRow {
  FaultRow row;
  FaultCount total;
};

using FaultColumn = ColumnOf<SummedRow>;

constexpr std::array kTaskColumns = {
    FaultColumn{"tid", "TID", Unit::kId, 1,
                [](const SummedRow& r) { return optional_cell(r.row.tid); }},
    FaultColumn{"pid", "PID", Unit::kId, 6,
                [](const SummedRow& r) { return optional_cell(r.row.pid); }},
    FaultColumn{"comm", "COMM", Unit::kText, 1,
                [](const SummedRow& r) { return optional_cell(r.row.comm); }},
    FaultColumn{"cgroup", "CGROUP", Unit::kText, 0,
                [](const SummedRow& r) { return optional_cell(r.row.cgroup); }},
    FaultColumn{"minor", "MINOR", Unit::kCount, 1,
                [](const SummedRow& r) -> Cell { return r.row.stats.minor; }},
    FaultColumn{"major", "MAJOR", Unit::kCount, 1,
                [](const SummedRow& r) -> Cell { return r.row.stats.major; }},
    FaultColumn{"time_ns", "TIME", Unit::kNs, 1,
                [](const SummedRow& r) -> Cell { return r.total.time_ns; }},
    FaultColumn{"p50_ns", "P50", Unit::kNs, 5,
                [](const SummedRow& r) { return quantile(r.total, kP50); }},
    FaultColumn{"p99_ns", "P99", Unit::kNs, 4,
                [](const SummedRow& r) { return quantile(r.total, kP99); }},
    FaultColumn{"max_ns", "MAX", Unit::kNs, 3, [](const SummedRow& r) { return longest(r.total); }},
    FaultColumn{"bytes", "BYTES", Unit::kBytes, 2,
                [](const SummedRow& r) -> Cell { return r.total.bytes; }},
};

Cell range_cell(const SummedRow& row) {
  if (!row.row.start || !row.row.end) return {};
  return fmt::format("{:x}-{:x}", *row.row.start, *row.row.end);
}

constexpr std::array kPlaceColumns = {
    FaultColumn{"range", "ADDRESS", Unit::kText, 1, range_cell},
    FaultColumn{"mapping", "MAPPING", Unit::kText, 1,
                [](const SummedRow& r) { return optional_cell(r.row.name); }},
};

template <std::size_t Kind>
Cell kind_cell(const SummedRow& row) {
  return row.row.stats.count(kFaultKinds[Kind].kind);
}

template <std::size_t... Kind>
constexpr auto kind_columns(std::index_sequence<Kind...>) {
  return std::array{FaultColumn{kFaultKinds[Kind].key, kFaultKinds[Kind].heading, Unit::kCount, 2,
                                kind_cell<Kind>}...};
}
constexpr auto kKindColumns = kind_columns(std::make_index_sequence<kFaultKindCount>());

const std::vector<FaultColumn>& fault_columns() {
  static const std::vector<FaultColumn> kAll = [] {
    std::vector<FaultColumn> all(kTaskColumns.begin(), kTaskColumns.end());
    all.insert(all.end(), kKindColumns.begin(), kKindColumns.end());
    all.insert(all.end(), kPlaceColumns.begin(), kPlaceColumns.end());
    return all;
  }();
  return kAll;
}

std::vector<SummedRow> sorted(std::vector<FaultRow> rows, const std::string& asked) {
  std::vector<SummedRow> list;
  for (FaultRow& row : rows) {
    FaultCount total = row.stats.total();
    list.push_back({std::move(row), std::move(total)});
  }
  sort_rows(fault_columns(), list, asked.empty() ? "time_ns" : asked);
  return list;
}

bool is_shown(std::string_view key, Grouping by) {
  if (key == "tid") return by == Grouping::kThread;
  if (key == "pid") return by != Grouping::kComm && by != Grouping::kCgroup;
  if (key == "comm") return by != Grouping::kCgroup;
  return by == Grouping::kCgroup || key != "cgroup";
}

Table row_table(const std::vector<SummedRow>& rows, const ViewOptions& options) {
  const auto occurs = [&rows](const FaultColumn& kind) {
    return std::any_of(rows.begin(), rows.end(), [&kind](const SummedRow& row) {
      return kind.get(row) != Cell(std::uint64_t{0});
    });
  };
  Table table = rows_table(fault_columns(), rows, options);
  for (std::size_t i = 0; i < kTaskColumns.size(); i++)
    table.columns[i].rank =
        is_shown(table.columns[i].key, options.by) ? std::max(table.columns[i].rank, 1) : 0;
  for (std::size_t i = 0; i < kKindColumns.size(); i++)
    if (!occurs(kKindColumns[i])) table.columns[kTaskColumns.size() + i].rank = 0;
  const bool ranged = options.by == Grouping::kAddress;
  const bool named = options.by == Grouping::kMapping || ranged;
  (table.columns.end() - 2)->rank = ranged ? 1 : 0;
  table.columns.back().rank = named ? 1 : 0;
  if (options.start_times)
    add_start_columns(table, options.by,
                      [&rows](std::size_t i) -> const FaultRow& { return rows[i].row; });
  return table;
}

// Every kind that occurred, summed over the rows.
Table kind_table(const std::vector<SummedRow>& rows) {
  FaultStats all;
  for (const SummedRow& row : rows) all.merge(row.row.stats);
  Table table;
  table.columns = {{"kind", "KIND", Unit::kText, 1},       {"count", "COUNT", Unit::kCount, 1},
                   {"time_ns", "TIME", Unit::kNs, 1},      {"p50_ns", "P50", Unit::kNs, 1},
                   {"p99_ns", "P99", Unit::kNs, 1},        {"max_ns", "MAX", Unit::kNs, 1},
                   {"bytes", "ALLOCATED", Unit::kBytes, 1}};
  for (const FaultKindName& kind : kFaultKinds) {
    const FaultCount* count = all.find(kind.kind);
    if (count == nullptr || count->count == 0) continue;
    const Cell time = count->timed == 0 ? Cell{} : Cell{count->time_ns};
    table.rows.push_back({std::string(kind.key), count->count, time, quantile(*count, kP50),
                          quantile(*count, kP99), longest(*count), count->bytes});
  }
  return table;
}

template <class MakeJson>
void add_json(Report& report, const char* key, const std::vector<SummedRow>& rows,
              const ViewOptions& options, MakeJson make) {
  Json list = Json::array();
  const std::size_t shown = rows_shown(options, rows.size());
  for (std::size_t i = 0; i < shown; i++) list.push_back(make(rows[i].row));
  report.body.emplace_back(key, std::move(list));
}

void add_bars(const std::vector<SummedRow>& rows, const ViewOptions& options, Report& report) {
  for (std::size_t i = 0; i < rows_shown(options, rows.size()); i++) {
    const FaultRow& row = rows[i].row;
    std::string title = printable(row.name.value_or(row.comm.value_or(row.cgroup.value_or(""))));
    if (row.tid) title += fmt::format(" ({})", *row.tid);
    const auto bars = duration_bars(fmt::format("time per fault of {}", title),
                                    rows[i].total.latency.by_power_of_two());
    report.drawings.insert(report.drawings.end(), bars.begin(), bars.end());
  }
}

std::vector<FaultRow> rows_of(const FaultsInput& input, Grouping by) {
  if (by == Grouping::kMapping) return fault_mapping_rows(input.tracker, input.tasks, input.files);
  if (by == Grouping::kAddress) return fault_range_rows(*input.ranges, input.tasks, input.files);
  return fault_task_rows(input.tracker, input.tasks, by);
}

}  // namespace

void add_faults_report(const FaultsInput& input, const ViewOptions& options, Report& report) {
  add_faults_audit(input.tracker, report);
  const bool by_place = options.by == Grouping::kMapping || options.by == Grouping::kAddress;
  if (options.json) {
    const Grouping by = by_place ? Grouping::kThread : options.by;
    add_json(report, "tasks", sorted(fault_task_rows(input.tracker, input.tasks, by), options.sort),
             options, fault_task_json);
    add_json(report, "mappings",
             sorted(fault_mapping_rows(input.tracker, input.tasks, input.files), options.sort),
             options, fault_mapping_json);
    if (options.by == Grouping::kAddress)
      add_json(report, "ranges",
               sorted(fault_range_rows(*input.ranges, input.tasks, input.files), options.sort),
               options, fault_range_json);
    add_fault_signals_json(input.signals, input.tasks, input.files, report);
    if (input.forks != nullptr) add_forks_json(*input.forks, input.files, options, report);
    return;
  }
  add_fault_signals(input.signals, input.tasks, input.files, report);
  if (input.forks != nullptr) {
    add_forks_table(*input.forks, input.files, options, report);
    return;
  }
  const std::vector<SummedRow> rows = sorted(rows_of(input, options.by), options.sort);
  if (rows.empty())
    report.remarks.insert(report.remarks.begin(), "no task of the target had a page fault");
  if (options.by == Grouping::kAddress && input.ranges->left_out() > 0)
    report.remarks.push_back(
        fmt::format("{} faults are in no row, because there were too many mappings",
                    format_grouped(input.ranges->left_out())));
  report.tables.push_back(row_table(rows, options));
  if (options.text) report.tables.push_back(kind_table(rows));
  if (options.histogram) add_bars(rows, options, report);
}

Result<void> check_faults_view(const ViewOptions& options) {
  if (options.sort.empty() || find_column(fault_columns(), options.sort) != nullptr) return {};
  return usage(fmt::format("no column {} to sort by; there are: {}", options.sort,
                           column_keys(fault_columns())));
}

}  // namespace hoodtrace
