// SPDX-License-Identifier: GPL-2.0-or-later
#include "view/sched/realtime.hpp"

#include <fmt/format.h>

#include <array>

#include "base/units.hpp"
#include "view/columns.hpp"
#include "view/sched/rows.hpp"
#include "view/task_rows.hpp"

namespace hoodtrace {
namespace {

struct RealtimeRow {
  std::optional<std::uint32_t> tid;
  std::optional<std::uint32_t> pid;
  std::optional<std::string> comm;
  std::optional<std::string> cgroup;
  std::optional<RealtimeState> state;
  RealtimeStats stats;
};
using RealtimeColumn = ColumnOf<RealtimeRow>;

template <class Value>
Cell if_deadline(const RealtimeRow& row, Value value) {
  if (!row.state || !row.state->is_deadline) return {};
  return value(row);
}

// A run belongs to the class that its task had when it began: of a task that became real time in its only
// run nothing is measured.
Cell if_ran(const RealtimeRow& row, std::uint64_t ns) {
  return row.stats.runs == 0 ? Cell{} : Cell{ns};
}

// Its order is the JSON schema's.
constexpr std::array kColumns = {
    RealtimeColumn{"tid", "TID", Unit::kId, 1,
                   [](const RealtimeRow& r) { return optional_cell(r.tid); }},
    RealtimeColumn{"pid", "PID", Unit::kId, 8,
                   [](const RealtimeRow& r) { return optional_cell(r.pid); }},
    RealtimeColumn{"comm", "COMM", Unit::kText, 1,
                   [](const RealtimeRow& r) { return optional_cell(r.comm); }},
    RealtimeColumn{"policy", "POLICY", Unit::kText, 1,
                   [](const RealtimeRow& r) -> Cell {
                     if (!r.state) return {};
                     return policy_name(r.state->policy);
                   }},
    RealtimeColumn{"priority", "PRIO", Unit::kCount, 3,
                   [](const RealtimeRow& r) -> Cell {
                     if (!r.state) return {};
                     return std::int64_t{r.state->prio};
                   }},
    RealtimeColumn{"on_cpu_ns", "ON-CPU", Unit::kNs, 1,
                   [](const RealtimeRow& r) { return if_ran(r, r.stats.ran_ns); }},
    RealtimeColumn{"runs", "RUNS", Unit::kCount, 3,
                   [](const RealtimeRow& r) -> Cell { return r.stats.runs; }},
    RealtimeColumn{"longest_run_ns", "LONGEST", Unit::kNs, 3,
                   [](const RealtimeRow& r) { return if_ran(r, r.stats.longest_run_ns); }},
    RealtimeColumn{"took_from_fair_ns", "FROM-FAIR", Unit::kNs, 1,
                   [](const RealtimeRow& r) { return if_ran(r, r.stats.took_ns); }},
    RealtimeColumn{"limited", "LIMITED", Unit::kCount, 4,
                   [](const RealtimeRow& r) -> Cell { return r.stats.limited; }},
    RealtimeColumn{"limited_ns", "KEPT-OFF", Unit::kNs, 2,
                   [](const RealtimeRow& r) -> Cell { return r.stats.limited_ns; }},
    RealtimeColumn{"dl_runtime_ns", "RUNTIME", Unit::kNs, 5,
                   [](const RealtimeRow& r) {
                     return if_deadline(r, [](const RealtimeRow& row) -> Cell {
                       return row.state->dl_runtime_ns;
                     });
                   }},
    RealtimeColumn{"dl_deadline_ns", "DEADLINE", Unit::kNs, 7,
                   [](const RealtimeRow& r) {
                     return if_deadline(r, [](const RealtimeRow& row) -> Cell {
                       return row.state->dl_deadline_ns;
                     });
                   }},
    RealtimeColumn{"dl_period_ns", "PERIOD", Unit::kNs, 5,
                   [](const RealtimeRow& r) {
                     return if_deadline(
                         r, [](const RealtimeRow& row) -> Cell { return row.state->dl_period_ns; });
                   }},
    RealtimeColumn{"overruns", "OVERRUNS", Unit::kCount, 4,
                   [](const RealtimeRow& r) {
                     return if_deadline(
                         r, [](const RealtimeRow& row) -> Cell { return row.stats.overruns; });
                   }},
    RealtimeColumn{"own_throttled_ns", "THROTTLED", Unit::kNs, 4,
                   [](const RealtimeRow& r) {
                     return if_deadline(r, [](const RealtimeRow& row) -> Cell {
                       return row.stats.own_throttled_ns;
                     });
                   }},
    RealtimeColumn{"late", "LATE", Unit::kCount, 6,
                   [](const RealtimeRow& r) {
                     return if_deadline(
                         r, [](const RealtimeRow& row) -> Cell { return row.stats.late; });
                   }},
    RealtimeColumn{"latest_ns", "LATEST", Unit::kNs, 6,
                   [](const RealtimeRow& r) {
                     return if_deadline(
                         r, [](const RealtimeRow& row) -> Cell { return row.stats.latest_ns; });
                   }},
};

struct VictimRow {
  std::optional<std::uint32_t> tid;
  std::optional<std::uint32_t> pid;
  std::optional<std::string> comm;
  std::optional<std::string> cgroup;
  std::uint64_t behind_ns = 0;
  std::optional<std::uint64_t> wait_ns;
};
using VictimColumn = ColumnOf<VictimRow>;

constexpr std::array kVictimColumns = {
    VictimColumn{"tid", "TID", Unit::kId, 1,
                 [](const VictimRow& r) { return optional_cell(r.tid); }},
    VictimColumn{"pid", "PID", Unit::kId, 5,
                 [](const VictimRow& r) { return optional_cell(r.pid); }},
    VictimColumn{"comm", "FAIR TASK", Unit::kText, 1,
                 [](const VictimRow& r) { return optional_cell(r.comm); }},
    VictimColumn{"behind_realtime_ns", "BEHIND REAL TIME", Unit::kNs, 1,
                 [](const VictimRow& r) -> Cell { return r.behind_ns; }},
    VictimColumn{"wait_ns", "WAIT", Unit::kNs, 1,
                 [](const VictimRow& r) { return optional_cell(r.wait_ns); }},
};

std::vector<RealtimeRow> make_rows(const RealtimeTracker& tracker, const TaskTable& tasks) {
  std::vector<RealtimeRow> rows;
  for (const auto& [task, stats] : tracker.stats()) {
    RealtimeRow& row = rows.emplace_back();
    if (task == kNoTask)
      row.comm = "(ended tasks)";
    else
      name_row(row, tasks[task], tasks);
    if (const RealtimeState* state = tracker.state(task)) row.state = *state;
    row.stats = stats;
  }
  sort_rows(kColumns, rows, "took_from_fair_ns");
  return rows;
}

std::vector<VictimRow> victim_rows(const SchedTracker& sched, const RealtimeTracker& tracker,
                                   const TaskTable& tasks) {
  std::vector<VictimRow> rows;
  for (const auto& [task, ns] : tracker.victims()) {
    VictimRow& row = rows.emplace_back();
    if (task == kNoTask) {
      row.comm = "(ended tasks)";
    } else {
      name_row(row, tasks[task], tasks);
      row.wait_ns = sched.stats(task).wait_ns;
    }
    row.behind_ns = ns;
  }
  sort_rows(kVictimColumns, rows, "behind_realtime_ns");
  return rows;
}

}  // namespace

void add_realtime_report(const SchedTracker& sched, const RealtimeTracker& tracker,
                         const TaskTable& tasks, const ViewOptions& options, Report& report) {
  const std::vector<RealtimeRow> rows = make_rows(tracker, tasks);
  const std::vector<VictimRow> victims = victim_rows(sched, tracker, tasks);
  const std::uint64_t throttled = tracker.limited(RealtimeLimit::kThrottled);
  const std::uint64_t served = tracker.limited(RealtimeLimit::kServer);
  if (options.json) {
    report.body.emplace_back("realtime", rows_json(kColumns, rows, options));
    report.body.emplace_back("behind_realtime", rows_json(kVictimColumns, victims, options));
    report.body.emplace_back(
        "limits",
        Json{{"throttled", throttled},
             {"fair_server", served},
             {"rt_runtime_ns",
              tracker.rt_runtime_ns() == 0 ? Json(nullptr) : Json(tracker.rt_runtime_ns())}});
    return;
  }
  report.tables.push_back(rows_table(kColumns, rows, options));
  if (!victims.empty()) report.tables.push_back(rows_table(kVictimColumns, victims, options));
  if (rows.empty())
    report.remarks.insert(report.remarks.begin(),
                          "no real-time or deadline task of the target ran");
  if (throttled > 0)
    report.remarks.push_back(fmt::format(
        "real-time throttling: {} time{} a CPU's real-time tasks had used up their share",
        throttled, throttled == 1 ? "" : "s"));
  if (served > 0)
    report.remarks.push_back(
        fmt::format("the fair server took a CPU from a real-time task {} time{}", served,
                    served == 1 ? "" : "s"));
}

}  // namespace hoodtrace
