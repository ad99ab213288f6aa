// SPDX-License-Identifier: GPL-2.0-or-later
#include "view/sched/view.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "base/text.hpp"
#include "base/units.hpp"
#include "view/bars.hpp"
#include "view/sched/parts.hpp"
#include "view/sched/rows.hpp"

namespace hoodtrace {
namespace {

std::string who_text(const Who& who) {
  return who.has_pid && who.pid != 0 ? fmt::format("{} ({})", who.comm, who.pid) : who.comm;
}

// "make (812) 61 %, cc1 (815) 20 %"
std::string culprit_text(const SchedStats& stats, const WhoTable& names, std::size_t most) {
  const std::uint64_t total_ns = stats.behind.total_ns();
  std::string text;
  std::size_t shown = 0;
  for (const auto& [who, ns] : stats.behind.sorted()) {
    if (shown++ == most) break;
    if (!text.empty()) text += ", ";
    text += fmt::format("{} {:.0f} %", who_text(names[who]),
                        100.0 * static_cast<double>(ns) / static_cast<double>(total_ns));
  }
  return text;
}

void append_task(const SchedRow& row, std::size_t most_culprits, std::string& out) {
  out += '{';
  append_row(sched_columns(), row, out);
  out += ",\"waited_behind\":[";
  bool first = true;
  for (const auto& [who_id, ns] : row.stats->behind.longest(most_culprits)) {
    const Who& who = (*row.names)[who_id];
    out += first ? "{\"pid\":" : ",{\"pid\":";
    first = false;
    if (who.has_pid)
      append_json_number(out, who.pid);
    else
      out += "null";
    out += ",\"comm\":";
    append_json_string(out, who.comm);
    out += ",\"ns\":";
    append_json_number(out, ns);
    out += '}';
  }
  out += "]}";
}

std::vector<SchedRow> sorted_rows(const SchedTracker& tracker, const TaskTable& tasks,
                                  const ViewOptions& options, IdleRows& idle) {
  std::vector<SchedRow> rows = make_sched_rows(tracker, tasks, options.by, idle);
  sort_rows(sched_columns(), rows, options.sort.empty() ? "wait_ns" : options.sort);
  const std::size_t shown = rows_shown(options, rows.size());
  if (options.always == 0 || shown == 0) return rows;
  const auto always = std::find_if(rows.begin(), rows.end(), [&options](const SchedRow& row) {
    return (options.by == Grouping::kThread ? row.tid : row.pid) == options.always;
  });
  if (always - rows.begin() >= static_cast<std::ptrdiff_t>(shown))
    if (always != rows.end()) std::swap(rows[shown - 1], *always);
  return rows;
}

std::vector<SchedRow> sorted_rows(const SchedTracker& tracker, const TaskTable& tasks,
                                  const ViewOptions& options) {
  IdleRows all;
  return sorted_rows(tracker, tasks, options, all);
}

void append_tasks(const SchedTracker& tracker, const TaskTable& tasks, const ViewOptions& options,
                  std::string& out) {
  const std::vector<SchedRow> rows = sorted_rows(tracker, tasks, options);
  for (std::size_t i = 0; i < rows_shown(options, rows.size()); i++) {
    if (i > 0) out += ',';
    append_task(rows[i], options.most_culprits, out);
  }
}

Table task_table(const std::vector<SchedRow>& rows, const ViewOptions& options) {
  const bool any_stopped = std::any_of(
      rows.begin(), rows.end(), [](const SchedRow& row) { return row.stats->stopped_ns > 0; });
  Table table = rows_table(sched_columns(), rows, options);
  for (Column& column : table.columns) {
    const std::string_view key = column.key;
    if (options.by != Grouping::kThread && (key == "tid" || key == "nice")) column.rank = 0;
    if (options.by == Grouping::kComm && key == "pid") column.rank = 0;
    if (options.by == Grouping::kCgroup) {
      if (key == "pid" || key == "comm") column.rank = 0;
      if (key == "cgroup") column.rank = 1;
    }
    if (key == "wake_delay_ns" && !rows.empty() && rows.front().wakers) column.rank = 7;
    if (key == "state" && options.by != Grouping::kThread) column.rank = 0;
    if (key == "stopped_ns" && any_stopped) column.rank = 9;
    if (key == "dispatch_ns" && !rows.empty() && !rows.front().has_dispatch) column.rank = 0;
    // Without the split of D sleep its two parts are one column.
    if (!rows.empty() && !rows.front().has_iowait) {
      if (key == "d_sleep_ns") column.rank = 9;
      if (key == "disk_sleep_ns" || key == "uninterruptible_ns") column.rank = 0;
    }
  }
  table.columns.push_back({"waited_behind", "WAITED BEHIND", Unit::kText, 3});
  for (std::size_t i = 0; i < table.rows.size(); i++)
    table.rows[i].emplace_back(culprit_text(*rows[i].stats, *rows[i].names, 2));
  if (options.start_times)
    add_start_columns(table, options.by,
                      [&rows](std::size_t i) -> const SchedRow& { return rows[i]; });
  return table;
}

// The column is 0, or empty, for a task that neither ran nor waited.
bool is_of_activity(const std::string& sort) {
  return sort.empty() || sort == "on_cpu_ns" || sort == "runs" || sort == "migrations" ||
         sort.starts_with("wait_") || sort == "dispatch_ns" || sort.ends_with("_switches");
}

}  // namespace

SchedTasks sched_tasks(const SchedTracker& tracker, const TaskTable& tasks,
                       const ViewOptions& options) {
  // Sorted by what a task did, those that did nothing come last: they need no row beyond the first
  // `top`.
  IdleRows idle;
  if (options.by == Grouping::kThread && is_of_activity(options.sort)) {
    idle.most = options.top.value_or(idle.most);
    idle.always = options.always;
  }
  const std::vector<SchedRow> rows = sorted_rows(tracker, tasks, options, idle);
  SchedTasks list{task_table(rows, options), {}};
  list.table.hidden_rows += idle.left_out;
  for (std::size_t i = 0; i < list.table.rows.size(); i++)
    list.waits.push_back(rows[i].stats->waits.by_power_of_two());
  return list;
}

void add_sched_report(const SchedTracker& tracker, const TaskTable& tasks,
                      const ViewOptions& options, Report& report, const MoveTracker* moves) {
  report.schema = 2;
  add_sched_audit(tracker, report);
  if (tracker.stale_sleeps() > 0)
    report.remarks.push_back(
        fmt::format("{} sleepers were switched in without a wake-up and counted as runnable",
                    tracker.stale_sleeps()));
  if (options.by == Grouping::kCpu) {
    add_sched_cpus(tracker, moves, tasks, options, report);
    return;
  }
  if (options.json) {
    report.lists.emplace_back("tasks", [&tracker, &tasks, options](std::string& out) {
      append_tasks(tracker, tasks, options, out);
    });
    return;
  }
  const std::vector<SchedRow> rows = sorted_rows(tracker, tasks, options);
  if (rows.empty()) report.remarks.insert(report.remarks.begin(), "no task of the target lived");
  report.tables.push_back(task_table(rows, options));
  if (!options.histogram) return;
  for (std::size_t i = 0; i < rows_shown(options, rows.size()); i++) {
    const SchedRow& row = rows[i];
    std::string title = printable(row.comm.value_or(row.cgroup.value_or("")));
    if (row.tid) title += fmt::format(" ({})", *row.tid);
    const auto bars = duration_bars(fmt::format("run-queue wait of {}", title),
                                    row.stats->waits.by_power_of_two());
    report.drawings.insert(report.drawings.end(), bars.begin(), bars.end());
  }
}

Result<void> check_sched_sort(const std::string& key, Grouping by) {
  if (key.empty()) return {};
  if (by == Grouping::kCpu) return usage("--sort does not apply to --by cpu");
  if (find_column(sched_columns(), key) != nullptr) return {};
  return usage(
      fmt::format("no column {} to sort by; there are: {}", key, column_keys(sched_columns())));
}

std::string long_wait_line(const LongWait& wait, const TaskTable& tasks, std::uint64_t started_ns) {
  const Task& task = tasks[wait.task];
  const std::uint64_t at_ns = wait.time_ns > started_ns ? wait.time_ns - started_ns : 0;
  std::string behind;
  for (std::size_t i = 0; i < wait.behind.size() && i < 3; i++)
    behind += fmt::format("{}{} {}", i == 0 ? "" : ", ",
                          printable(who_text(tasks.names()[wait.behind[i].first])),
                          format_duration(wait.behind[i].second));
  std::string cause = wait.preempted ? "preempted" : "woken";
  if (wait.waker) cause += fmt::format(" by {}", printable(who_text(tasks.names()[*wait.waker])));
  return fmt::format("{:>11.6f}  {} ({}) waited {} on CPU {}, {}; ran instead: {}",
                     static_cast<double>(at_ns) / 1e9, printable(comm_view(task)), task.tid,
                     format_duration(wait.wait_ns), wait.cpu, cause, behind);
}

}  // namespace hoodtrace
