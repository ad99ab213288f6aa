// SPDX-License-Identifier: GPL-2.0-or-later
#include "view/sched/quota.hpp"

#include <fmt/format.h>

#include <array>

#include "base/text.hpp"
#include "base/units.hpp"
#include "view/columns.hpp"
#include "view/task_rows.hpp"

namespace hoodtrace {
namespace {

std::string group_name(const TaskTable& tasks, std::uint64_t id) {
  const std::string_view path = tasks.cgroup_path(id);
  return path.empty() ? fmt::format("(cgroup {})", id) : std::string(path);
}

struct GroupRow {
  std::string cgroup;
  QuotaGroup group;
};
using GroupColumn = ColumnOf<GroupRow>;

Cell of_bursts(const GroupRow& row, std::uint64_t value) {
  if (!row.group.has_bursts) return {};
  return value;
}

// Its order is the JSON schema's.
constexpr std::array kGroupColumns = {
    GroupColumn{"cgroup", "CGROUP", Unit::kText, 1,
                [](const GroupRow& r) -> Cell { return r.cgroup; }},
    GroupColumn{"quota_ns", "QUOTA", Unit::kNs, 1,
                [](const GroupRow& r) -> Cell { return r.group.quota_ns; }},
    GroupColumn{"period_ns", "PERIOD", Unit::kNs, 1,
                [](const GroupRow& r) -> Cell { return r.group.period_ns; }},
    GroupColumn{"burst_ns", "BURST", Unit::kNs, 8,
                [](const GroupRow& r) { return of_bursts(r, r.group.burst_ns); }},
    GroupColumn{"periods", "PERIODS", Unit::kCount, 2,
                [](const GroupRow& r) -> Cell { return r.group.periods; }},
    GroupColumn{"throttled_periods", "THROTTLED", Unit::kCount, 1,
                [](const GroupRow& r) -> Cell { return r.group.throttled_periods; }},
    GroupColumn{"throttled_ns", "QUEUE-TIME", Unit::kNs, 1,
                [](const GroupRow& r) -> Cell { return r.group.throttled_ns; }},
    GroupColumn{"queue_throttled_ns", "FROM-EVENTS", Unit::kNs, 6,
                [](const GroupRow& r) -> Cell { return r.group.queue_ns; }},
    GroupColumn{"bursts", "BURSTS", Unit::kCount, 6,
                [](const GroupRow& r) { return of_bursts(r, r.group.bursts); }},
    GroupColumn{"burst_used_ns", "BURST-TIME", Unit::kNs, 6,
                [](const GroupRow& r) { return of_bursts(r, r.group.burst_used_ns); }},
    GroupColumn{"tasks_throttled", "TASKS", Unit::kCount, 3,
                [](const GroupRow& r) -> Cell { return r.group.tasks; }},
    GroupColumn{"task_waits", "WAITS", Unit::kCount, 4,
                [](const GroupRow& r) -> Cell { return r.group.waits.count; }},
    GroupColumn{"task_throttled_ns", "TASK-TIME", Unit::kNs, 1,
                [](const GroupRow& r) -> Cell { return r.group.waits.ns; }},
    GroupColumn{"task_throttled_max_ns", "MAX", Unit::kNs, 3,
                [](const GroupRow& r) -> Cell { return r.group.waits.max_ns; }},
    GroupColumn{"pressure_some_ns", "SOME", Unit::kNs, 5,
                [](const GroupRow& r) { return optional_cell(r.group.pressure.some_ns); }},
    GroupColumn{"kernel_some_ns", "KERNEL-SOME", Unit::kNs, 5,
                [](const GroupRow& r) { return optional_cell(r.group.pressure.kernel_some_ns); }},
    GroupColumn{"pressure_full_ns", "FULL", Unit::kNs, 7,
                [](const GroupRow& r) { return optional_cell(r.group.pressure.full_ns); }},
    GroupColumn{"kernel_full_ns", "KERNEL-FULL", Unit::kNs, 7,
                [](const GroupRow& r) { return optional_cell(r.group.pressure.kernel_full_ns); }},
};

struct TaskRow {
  std::optional<std::uint32_t> tid;
  std::optional<std::uint32_t> pid;
  std::optional<std::string> comm;
  std::optional<std::string> cgroup;
  std::string quota_of;
  QuotaWaits stats;
};
using TaskColumn = ColumnOf<TaskRow>;

// Its order is the JSON schema's.
constexpr std::array kTaskColumns = {
    TaskColumn{"tid", "TID", Unit::kId, 1, [](const TaskRow& r) { return optional_cell(r.tid); }},
    TaskColumn{"pid", "PID", Unit::kId, 5, [](const TaskRow& r) { return optional_cell(r.pid); }},
    TaskColumn{"comm", "COMM", Unit::kText, 1,
               [](const TaskRow& r) { return optional_cell(r.comm); }},
    TaskColumn{"quota_of", "QUOTA OF", Unit::kText, 2,
               [](const TaskRow& r) -> Cell { return r.quota_of; }},
    TaskColumn{"throttled_ns", "THROTTLED", Unit::kNs, 1,
               [](const TaskRow& r) -> Cell { return r.stats.ns; }},
    TaskColumn{"waits", "WAITS", Unit::kCount, 1,
               [](const TaskRow& r) -> Cell { return r.stats.count; }},
    TaskColumn{"throttled_max_ns", "MAX", Unit::kNs, 1,
               [](const TaskRow& r) -> Cell { return r.stats.max_ns; }},
};

std::vector<TaskRow> task_rows(const QuotaTracker& tracker, const TaskTable& tasks) {
  std::vector<TaskRow> rows;
  for (const QuotaTask& wait : tracker.waits()) {
    TaskRow& row = rows.emplace_back();
    if (wait.task == kNoTask)
      row.comm = "(ended tasks)";
    else
      name_row(row, tasks[wait.task], tasks);
    row.quota_of = group_name(tasks, wait.cgroup_id);
    row.stats = wait.waits;
  }
  sort_rows(kTaskColumns, rows, "throttled_ns");
  return rows;
}

}  // namespace

void add_quota_report(const QuotaTracker& tracker, const TaskTable& tasks,
                      const ViewOptions& options, Report& report) {
  std::vector<GroupRow> groups;
  for (auto& [id, group] : tracker.groups()) groups.push_back({group_name(tasks, id), group});
  sort_rows(kGroupColumns, groups, "throttled_ns");
  const std::vector<TaskRow> waits = task_rows(tracker, tasks);
  const std::optional<std::uint64_t> system = tracker.system_some_ns();
  if (options.json) {
    report.body.emplace_back("quotas", rows_json(kGroupColumns, groups, options));
    report.body.emplace_back("throttled", rows_json(kTaskColumns, waits, options));
    report.body.emplace_back("system_cpu_some_ns", system ? Json(*system) : Json(nullptr));
    return;
  }
  report.tables.push_back(rows_table(kGroupColumns, groups, options));
  if (!waits.empty()) report.tables.push_back(rows_table(kTaskColumns, waits, options));
  if (groups.empty())
    report.remarks.insert(report.remarks.begin(), "no cgroup of the target has a CPU quota");
  if (system)
    report.remarks.push_back(
        fmt::format("CPU pressure of the whole system (some): {}", format_duration(*system)));
}

}  // namespace hoodtrace
