// SPDX-License-Identifier: GPL-2.0-or-later
#include "view/faults/view.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <functional>

#include "base/text.hpp"
#include "base/units.hpp"
#include "view/bars.hpp"
#include "view/faults/audit.hpp"
#include "view/faults/cells.hpp"
#include "view/faults/cow.hpp"
#include "view/faults/json.hpp"
#include "view/faults/rows.hpp"

namespace hoodtrace {
namespace {

struct RowColumn {
  const char* key;
  const char* heading;
  Unit unit;
  int rank;
  Cell (*get)(const FaultRow& row, const FaultCount& total);
};

// The columns before those of the kinds.
constexpr std::array kColumns = {
    RowColumn{"tid", "TID", Unit::kCount, 1,
              [](const FaultRow& r, const FaultCount&) { return optional_cell(r.tid); }},
    RowColumn{"pid", "PID", Unit::kCount, 6,
              [](const FaultRow& r, const FaultCount&) { return optional_cell(r.pid); }},
    RowColumn{"comm", "COMM", Unit::kText, 1,
              [](const FaultRow& r, const FaultCount&) { return optional_cell(r.comm); }},
    RowColumn{"cgroup", "CGROUP", Unit::kText, 0,
              [](const FaultRow& r, const FaultCount&) { return optional_cell(r.cgroup); }},
    RowColumn{"minor", "MINOR", Unit::kCount, 1,
              [](const FaultRow& r, const FaultCount&) -> Cell { return r.stats.minor; }},
    RowColumn{"major", "MAJOR", Unit::kCount, 1,
              [](const FaultRow& r, const FaultCount&) -> Cell { return r.stats.major; }},
    RowColumn{"time_ns", "TIME", Unit::kNs, 1,
              [](const FaultRow&, const FaultCount& total) -> Cell { return total.time_ns; }},
    RowColumn{"p50_ns", "P50", Unit::kNs, 5,
              [](const FaultRow&, const FaultCount& total) { return quantile(total, kP50); }},
    RowColumn{"p99_ns", "P99", Unit::kNs, 4,
              [](const FaultRow&, const FaultCount& total) { return quantile(total, kP99); }},
    RowColumn{"max_ns", "MAX", Unit::kNs, 3,
              [](const FaultRow&, const FaultCount& total) { return longest(total); }},
    RowColumn{"bytes", "BYTES", Unit::kBytes, 2,
              [](const FaultRow&, const FaultCount& total) -> Cell { return total.bytes; }},
};

std::optional<FaultKind> kind_column(const std::string& key) {
  for (const FaultKindName& kind : kFaultKinds)
    if (key == kind.key) return kind.kind;
  return std::nullopt;
}

const RowColumn* find_column(const std::string& key) {
  const auto* found = std::find_if(kColumns.begin(), kColumns.end(),
                                   [&](const RowColumn& column) { return key == column.key; });
  return found == kColumns.end() ? nullptr : found;
}

// A row and its sum, which every column asks for.
struct SummedRow {
  FaultRow row;
  FaultCount total;
};

Cell sort_cell(const SummedRow& row, const std::string& key) {
  if (const auto kind = kind_column(key)) return row.row.stats.count(*kind);
  if (key == "name") return optional_cell(row.row.name);
  const RowColumn* column = find_column(key);
  return column == nullptr ? Cell{} : column->get(row.row, row.total);
}

std::vector<SummedRow> sorted(std::vector<FaultRow> rows, const std::string& asked) {
  const std::string key = asked.empty() ? "time_ns" : asked;
  std::vector<SummedRow> list;
  for (FaultRow& row : rows) {
    FaultCount total = row.stats.total();
    list.push_back({std::move(row), std::move(total)});
  }
  const RowColumn* column = find_column(key);
  const bool upwards = key == "name" || key == "tid" || key == "pid" ||
                       (column != nullptr && column->unit == Unit::kText);
  std::stable_sort(list.begin(), list.end(), [&](const SummedRow& a, const SummedRow& b) {
    const Cell x = sort_cell(a, key);
    const Cell y = sort_cell(b, key);
    return upwards ? x < y : y < x;
  });
  return list;
}

std::size_t rows_shown(const ViewOptions& options, std::size_t rows) {
  constexpr std::size_t kDefaultTop = 25;
  const std::size_t top = options.top.value_or(options.text ? kDefaultTop : 0);
  return top == 0 ? rows : std::min(top, rows);
}

bool is_shown(std::string_view key, Grouping by) {
  if (key == "tid") return by == Grouping::kThread;
  if (key == "pid") return by != Grouping::kComm && by != Grouping::kCgroup;
  if (key == "comm") return by != Grouping::kCgroup;
  return by == Grouping::kCgroup || key != "cgroup";
}

Cell range_cell(const FaultRow& row) {
  if (!row.start || !row.end) return {};
  return fmt::format("{:x}-{:x}", *row.start, *row.end);
}

Table row_table(const std::vector<SummedRow>& rows, const ViewOptions& options) {
  Table table;
  std::array<bool, kFaultKindCount> occurs{};
  for (const SummedRow& row : rows)
    for (const FaultKindName& kind : kFaultKinds)
      if (row.row.stats.count(kind.kind) > 0) occurs[static_cast<std::size_t>(kind.kind)] = true;
  for (const RowColumn& column : kColumns) {
    const bool shown = is_shown(column.key, options.by);
    table.columns.push_back(
        {column.key, column.heading, column.unit, shown ? std::max(column.rank, 1) : 0});
  }
  for (std::size_t i = 0; i < kFaultKindCount; i++)
    table.columns.push_back({std::string(kFaultKinds[i].key), std::string(kFaultKinds[i].heading),
                             Unit::kCount, occurs[i] ? 2 : 0});
  const bool named = options.by == Grouping::kMapping || options.by == Grouping::kAddress;
  const bool ranged = options.by == Grouping::kAddress;
  table.columns.push_back({"range", "ADDRESS", Unit::kText, ranged ? 1 : 0});
  table.columns.push_back({"mapping", "MAPPING", Unit::kText, named ? 1 : 0});
  const std::size_t shown = rows_shown(options, rows.size());
  for (std::size_t i = 0; i < shown; i++) {
    std::vector<Cell> cells;
    for (const RowColumn& column : kColumns)
      cells.push_back(column.get(rows[i].row, rows[i].total));
    for (const FaultKindName& kind : kFaultKinds)
      cells.emplace_back(rows[i].row.stats.count(kind.kind));
    cells.push_back(range_cell(rows[i].row));
    cells.push_back(optional_cell(rows[i].row.name));
    table.rows.push_back(std::move(cells));
  }
  table.hidden_rows = rows.size() - shown;
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

std::vector<FaultRow> rows_of(const FaultsSight& sight, Grouping by) {
  if (by == Grouping::kMapping) return fault_mapping_rows(sight.tracker, sight.tasks, sight.files);
  if (by == Grouping::kAddress) return fault_range_rows(*sight.ranges, sight.tasks, sight.files);
  return fault_task_rows(sight.tracker, sight.tasks, by);
}

}  // namespace

void add_faults_report(const FaultsSight& sight, const ViewOptions& options, Report& report) {
  add_faults_audit(sight.tracker, report);
  const bool by_place = options.by == Grouping::kMapping || options.by == Grouping::kAddress;
  if (options.json) {
    const Grouping by = by_place ? Grouping::kThread : options.by;
    add_json(report, "tasks", sorted(fault_task_rows(sight.tracker, sight.tasks, by), options.sort),
             options, fault_task_json);
    add_json(report, "mappings",
             sorted(fault_mapping_rows(sight.tracker, sight.tasks, sight.files), options.sort),
             options, fault_mapping_json);
    if (options.by == Grouping::kAddress)
      add_json(report, "ranges",
               sorted(fault_range_rows(*sight.ranges, sight.tasks, sight.files), options.sort),
               options, fault_range_json);
    if (sight.forks != nullptr) add_forks_json(*sight.forks, sight.files, options, report);
    return;
  }
  if (sight.forks != nullptr) {
    add_forks_table(*sight.forks, sight.files, options, report);
    return;
  }
  const std::vector<SummedRow> rows = sorted(rows_of(sight, options.by), options.sort);
  if (rows.empty())
    report.remarks.insert(report.remarks.begin(), "nothing of the target faulted in this time");
  if (options.by == Grouping::kAddress && sight.ranges->left_out() > 0)
    report.remarks.push_back(fmt::format("{} faults in too many places are in no row",
                                         format_grouped(sight.ranges->left_out())));
  report.tables.push_back(row_table(rows, options));
  if (options.text) report.tables.push_back(kind_table(rows));
  if (options.histogram) add_bars(rows, options, report);
}

Result<void> check_faults_view(const ViewOptions& options) {
  if (options.by == Grouping::kCpu)
    return usage(
        "faults have no rows by cpu; there are thread, process, comm, cgroup, mapping, address");
  if (options.sort.empty() || find_column(options.sort) != nullptr || kind_column(options.sort))
    return {};
  std::vector<std::string> keys;
  for (const RowColumn& column : kColumns) keys.emplace_back(column.key);
  for (const FaultKindName& kind : kFaultKinds) keys.emplace_back(kind.key);
  return usage(
      fmt::format("no column {} to sort by; there are: {}", options.sort, fmt::join(keys, ", ")));
}

}  // namespace hoodtrace
