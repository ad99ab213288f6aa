// SPDX-License-Identifier: GPL-2.0-or-later
#include "view/sched/rows.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <unordered_map>
#include <utility>

#include "view/task_rows.hpp"

namespace hoodtrace {
namespace {

template <double const& Share>
Cell wait_quantile(const SchedRow& row) {
  if (row.stats->waits.count() == 0) return {};
  // The middle of a bucket can lie above the largest value in it.
  return std::min(row.stats->waits.quantile(Share), row.stats->wait_max_ns);
}

Cell priority_cell(const SchedRow& row) {
  if (!row.sched_class) return {};
  // A byte in the record: -1 is SCHED_DEADLINE's (MAX_DL_PRIO - 1, include/linux/sched/deadline.h).
  if (row.sched_class->prio == 255) return std::int64_t{-1};
  return static_cast<std::uint64_t>(row.sched_class->prio);
}

// Its order is the JSON schema's.
constexpr std::array
    kColumns =
        {
            SchedColumn{"tid", "TID", Unit::kId, 1,
                        [](const SchedRow& r) { return optional_cell(r.tid); }},
            SchedColumn{"pid", "PID", Unit::kId, 7,
                        [](const SchedRow& r) { return optional_cell(r.pid); }},
            SchedColumn{"comm", "COMM", Unit::kText, 1,
                        [](const SchedRow& r) { return optional_cell(r.comm); }},
            SchedColumn{"cgroup", "CGROUP", Unit::kText, 0,
                        [](const SchedRow& r) { return optional_cell(r.cgroup); }},
            SchedColumn{"policy", "POLICY", Unit::kText, 0,
                        [](const SchedRow& r) -> Cell {
                          if (!r.sched_class) return {};
                          return policy_name(r.sched_class->policy);
                        }},
            SchedColumn{"priority", "PRIO", Unit::kCount, 0, priority_cell},
            SchedColumn{"nice", "NICE", Unit::kCount, 9,
                        [](const SchedRow& r) -> Cell {
                          if (!r.sched_class) return {};
                          return static_cast<std::int64_t>(r.sched_class->nice);
                        }},
            SchedColumn{"state", "STATE", Unit::kText, 9,
                        [](const SchedRow& r) -> Cell {
                          if (!r.state) return {};
                          return std::string(1, letter_of(*r.state));
                        }},
            SchedColumn{"on_cpu_ns", "ON-CPU", Unit::kNs, 1,
                        [](const SchedRow& r) -> Cell { return r.stats->on_cpu_ns; }},
            SchedColumn{"wait_ns", "WAIT", Unit::kNs, 1,
                        [](const SchedRow& r) -> Cell { return r.stats->wait_ns; }},
            SchedColumn{"wait_count", "WAITS", Unit::kCount, 4,
                        [](const SchedRow& r) -> Cell { return r.stats->wait_count; }},
            SchedColumn{"wait_woken_ns", "WOKEN", Unit::kNs, 10,
                        [](const SchedRow& r) -> Cell { return r.stats->wait_woken_ns; }},
            SchedColumn{"wait_preempted_ns", "PREEMPTED", Unit::kNs, 10,
                        [](const SchedRow& r) -> Cell { return r.stats->wait_preempted_ns; }},
            SchedColumn{"wait_throttled_ns", "THROTTLED", Unit::kNs, 0,
                        [](const SchedRow& r) -> Cell { return r.stats->wait_throttled_ns; }},
            SchedColumn{"dispatch_ns", "DISPATCH", Unit::kNs, 10,
                        [](const SchedRow& r) -> Cell {
                          if (!r.has_dispatch) return {};
                          return r.stats->dispatch_ns;
                        }},
            SchedColumn{"wait_p50_ns", "P50", Unit::kNs, 6, wait_quantile<kP50>},
            SchedColumn{"wait_p95_ns", "P95", Unit::kNs, 8, wait_quantile<kP95>},
            SchedColumn{"wait_p99_ns", "P99", Unit::kNs, 3, wait_quantile<kP99>},
            SchedColumn{"wait_max_ns", "MAX", Unit::kNs, 2,
                        [](const SchedRow& r) -> Cell {
                          if (r.stats->wait_count == 0) return {};
                          return r.stats->wait_max_ns;
                        }},
            SchedColumn{"wake_delay_ns", "WAKE-DELAY", Unit::kNs, 0,
                        [](const SchedRow& r) -> Cell {
                          if (!r.wakers) return {};
                          return r.stats->wake_delay_ns;
                        }},
            SchedColumn{"voluntary_switches", "VOL", Unit::kCount, 8,
                        [](const SchedRow& r) -> Cell { return r.stats->voluntary_switches; }},
            SchedColumn{"involuntary_switches", "INVOL", Unit::kCount, 5,
                        [](const SchedRow& r) -> Cell { return r.stats->involuntary_switches; }},
            SchedColumn{"sleep_ns", "SLEEP", Unit::kNs, 9,
                        [](const SchedRow& r) -> Cell { return r.stats->sleep_ns; }},
            SchedColumn{"d_sleep_ns", "D-SLEEP", Unit::kNs, 0,
                        [](const SchedRow& r) -> Cell {
                          return r.stats->disk_sleep_ns + r.stats->uninterruptible_ns;
                        }},
            SchedColumn{"disk_sleep_ns", "DISK", Unit::kNs, 9,
                        [](const SchedRow& r) -> Cell {
                          if (!r.has_iowait) return {};
                          return r.stats->disk_sleep_ns;
                        }},
            SchedColumn{"uninterruptible_ns", "OTHER-D", Unit::kNs, 9,
                        [](const SchedRow& r) -> Cell {
                          if (!r.has_iowait) return {};
                          return r.stats->uninterruptible_ns;
                        }},
            SchedColumn{"stopped_ns", "STOPPED", Unit::kNs, 0,
                        [](const SchedRow& r) -> Cell { return r.stats->stopped_ns; }},
            SchedColumn{"other_ns", "OTHER", Unit::kNs, 0,
                        [](const SchedRow& r) -> Cell { return r.stats->other_ns; }},
            SchedColumn{"window_ns", "WINDOW", Unit::kNs, 0,
                        [](const SchedRow& r) -> Cell { return r.stats->window_ns; }},
            SchedColumn{"wait_outside_ns", "OUTSIDE", Unit::kNs, 0,
                        [](const SchedRow& r) -> Cell { return r.stats->wait_outside_ns; }},
            SchedColumn{"wait_open_ns", "OPEN", Unit::kNs, 0,
                        [](const SchedRow& r) -> Cell { return r.stats->wait_open_ns; }},
            SchedColumn{"migrations", "MIGR", Unit::kCount, 9,
                        [](const SchedRow& r) -> Cell { return r.stats->migrations; }},
            SchedColumn{"runs", "RUNS", Unit::kCount, 0,
                        [](const SchedRow& r) -> Cell { return r.stats->runs; }},
};

SchedRow row_of(TaskId id, const Task& task, const SchedTracker& tracker, const TaskTable& tasks) {
  SchedRow row;
  name_row(row, task, tasks);
  row.sched_class = tracker.sched_class(id);
  row.state = tracker.state(id);
  row.stats = RowStats(tracker.stats(id));
  return row;
}

}  // namespace

void RowStats::merge(const RowStats& other) {
  if (!sum_) {
    sum_ = std::make_unique<SchedStats>();
    if (shown_ != nullptr) sum_->merge(*shown_);
    shown_ = sum_.get();
  }
  sum_->merge(*other.shown_);
}

std::string policy_name(std::uint8_t policy) {
  // include/uapi/linux/sched.h
  static constexpr std::array<const char*, 8> kNames = {"OTHER", "FIFO", "RR",       "BATCH",
                                                        "ISO",   "IDLE", "DEADLINE", "EXT"};
  return policy < kNames.size() ? kNames[policy] : fmt::format("{}", policy);
}

std::span<const SchedColumn> sched_columns() { return kColumns; }

namespace {

// It neither ran nor waited.
bool is_idle(const SchedStats& stats) {
  return stats.runs == 0 && stats.on_cpu_ns == 0 && stats.wait_ns == 0 && stats.wait_open_ns == 0;
}

bool is_shown(const Task& task, const TaskTable& tasks, const SchedStats& stats) {
  if (!task.in_use || !task.traced) return false;
  if (task.pid == tasks.self_pid() && tasks.self_pid() != 0) return false;
  // One that slept all the time has a row too.
  return stats.runs != 0 || stats.window_ns != 0;
}

// A row per cgroup: their tasks are many, and the names of tasks are not needed.
std::vector<SchedRow> cgroup_rows(const SchedTracker& tracker, const TaskTable& tasks) {
  std::unordered_map<std::uint64_t, RowStats> sums;
  for (TaskId id = 1; id < tasks.size(); id++) {
    const SchedStats& stats = tracker.stats(id);
    if (is_shown(tasks[id], tasks, stats)) sums[tasks[id].cgroup_id].merge(RowStats(stats));
  }
  std::vector<SchedRow> rows;
  for (auto& [cgroup, stats] : sums) {
    SchedRow& row = rows.emplace_back();
    if (const std::string_view path = tasks.cgroup_path(cgroup); !path.empty())
      row.cgroup = std::string(path);
    row.stats = std::move(stats);
  }
  return rows;
}

std::vector<SchedRow> thread_rows(const SchedTracker& tracker, const TaskTable& tasks,
                                  IdleRows& idle) {
  std::vector<SchedRow> rows;
  for (TaskId id = 1; id < tasks.size(); id++) {
    const SchedStats& stats = tracker.stats(id);
    if (!is_shown(tasks[id], tasks, stats)) continue;
    if (is_idle(stats) && tasks[id].tid != idle.always && idle.shown++ >= idle.most) {
      idle.left_out++;
      continue;
    }
    rows.push_back(row_of(id, tasks[id], tracker, tasks));
  }
  return rows;
}

}  // namespace

std::vector<SchedRow> make_sched_rows(const SchedTracker& tracker, const TaskTable& tasks,
                                      Grouping by) {
  IdleRows all;
  return make_sched_rows(tracker, tasks, by, all);
}

std::vector<SchedRow> make_sched_rows(const SchedTracker& tracker, const TaskTable& tasks,
                                      Grouping by, IdleRows& idle) {
  std::vector<SchedRow> rows =
      by == Grouping::kCgroup ? cgroup_rows(tracker, tasks) : thread_rows(tracker, tasks, idle);
  if (by != Grouping::kThread) rows = group_rows(rows, by);
  if (tracker.ended_others_count() > 0) {
    SchedRow row;
    row.comm = fmt::format("({} ended tasks)", tracker.ended_others_count());
    row.stats = RowStats(tracker.ended_others());
    rows.push_back(std::move(row));
  }
  for (SchedRow& row : rows) {
    row.wakers = tracker.wakers();
    row.has_iowait = tracker.has_iowait();
    row.has_dispatch = tracker.has_dispatch();
    row.names = &tasks.names();
  }
  return rows;
}

}  // namespace hoodtrace
