// SPDX-License-Identifier: GPL-2.0-or-later
// The sched report by CPU.

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/text.hpp"
#include "base/units.hpp"
#include "view/columns.hpp"
#include "view/sched/moves.hpp"
#include "view/sched/parts.hpp"

namespace hoodtrace {
namespace {

struct CpuRow {
  std::uint64_t cpu;
  const CpuStats* stats;
  bool whole;
  std::uint64_t duration_ns;
  bool idle_waits;
  const QueueTimes* queue;  // null: not recorded
};

using CpuColumn = ColumnOf<CpuRow>;

// Columns about the CPU itself need every switch.
template <class Value>
Cell if_whole(const CpuRow& row, Value value) {
  if (!row.whole || !row.stats->seen) return {};
  return value;
}

Cell if_counted(const CpuRow& row, std::uint64_t ns) {
  if (!row.idle_waits) return {};
  return if_whole(row, ns);
}

// A mean over the time for which it is known.
Cell queue_mean(const CpuRow& row, std::uint64_t QueueTimes::*tasks_ns) {
  if (row.queue == nullptr) return {};
  return static_cast<double>(row.queue->*tasks_ns) / static_cast<double>(row.queue->known_ns);
}

template <ClassOfTask Class>
Cell of_class(const CpuRow& row) {
  return if_whole(row, row.stats->class_ns[static_cast<std::size_t>(Class)]);
}

constexpr std::array kCpuColumns = {
    CpuColumn{"cpu", "CPU", Unit::kId, 1, [](const CpuRow& r) -> Cell { return r.cpu; }},
    CpuColumn{"busy_share", "BUSY", Unit::kShare, 1,
              [](const CpuRow& r) {
                const std::uint64_t all_ns = r.stats->busy_ns + r.stats->idle_ns;
                return if_whole(r, all_ns == 0 ? 0.0
                                               : static_cast<double>(r.stats->busy_ns) /
                                                     static_cast<double>(all_ns));
              }},
    CpuColumn{"busy_ns", "BUSY-TIME", Unit::kNs, 5,
              [](const CpuRow& r) { return if_whole(r, r.stats->busy_ns); }},
    CpuColumn{"idle_ns", "IDLE-TIME", Unit::kNs, 5,
              [](const CpuRow& r) { return if_whole(r, r.stats->idle_ns); }},
    CpuColumn{"switches", "SWITCHES", Unit::kCount, 2,
              [](const CpuRow& r) { return if_whole(r, r.stats->switches); }},
    CpuColumn{"switches_per_s", "PER-SECOND", Unit::kCount, 2,
              [](const CpuRow& r) {
                const double seconds = static_cast<double>(r.duration_ns) / 1e9;
                return if_whole(
                    r, static_cast<std::uint64_t>(
                           seconds > 0 ? static_cast<double>(r.stats->switches) / seconds : 0));
              }},
    CpuColumn{"queue_average", "QUEUE-AVG", Unit::kCount, 1,
              [](const CpuRow& r) {
                const std::uint64_t all_ns = r.stats->busy_ns + r.stats->idle_ns;
                // Without sleepers with a delayed dequeue, where they are known.
                if (r.queue != nullptr)
                  return if_whole(r, static_cast<double>(r.queue->all_ns()) /
                                         static_cast<double>(r.queue->known_ns));
                return if_whole(r, all_ns == 0 ? 0.0
                                               : static_cast<double>(r.stats->queue_ns) /
                                                     static_cast<double>(all_ns));
              }},
    CpuColumn{"queue_max", "QUEUE-MAX", Unit::kCount, 1,
              [](const CpuRow& r) { return if_whole(r, r.stats->queue_max); }},
    CpuColumn{"queue_fair", "Q-FAIR", Unit::kCount, 7,
              [](const CpuRow& r) { return queue_mean(r, &QueueTimes::fair_ns); }},
    CpuColumn{"queue_real_time", "Q-RT", Unit::kCount, 7,
              [](const CpuRow& r) { return queue_mean(r, &QueueTimes::real_time_ns); }},
    CpuColumn{"queue_deadline", "Q-DL", Unit::kCount, 0,
              [](const CpuRow& r) { return queue_mean(r, &QueueTimes::deadline_ns); }},
    CpuColumn{"queue_delayed", "DELAYED", Unit::kCount, 8,
              [](const CpuRow& r) { return queue_mean(r, &QueueTimes::delayed_ns); }},
    CpuColumn{"fair_ns", "FAIR", Unit::kNs, 6, of_class<ClassOfTask::kFair>},
    CpuColumn{"real_time_ns", "REAL-TIME", Unit::kNs, 6, of_class<ClassOfTask::kRealTime>},
    CpuColumn{"deadline_ns", "DEADLINE", Unit::kNs, 0, of_class<ClassOfTask::kDeadline>},
    CpuColumn{"ext_ns", "EXT", Unit::kNs, 0, of_class<ClassOfTask::kExt>},
    CpuColumn{"wait_idle_ns", "WAIT-IDLE", Unit::kNs, 4,
              [](const CpuRow& r) { return if_counted(r, r.stats->wait_idle_ns); }},
    CpuColumn{"wait_idle_movable_ns", "MOVABLE", Unit::kNs, 4,
              [](const CpuRow& r) { return if_counted(r, r.stats->wait_idle_movable_ns); }},
    CpuColumn{"on_cpu_ns", "TARGET-ON-CPU", Unit::kNs, 3,
              [](const CpuRow& r) -> Cell { return r.stats->stats.on_cpu_ns; }},
    CpuColumn{"wait_ns", "WAIT", Unit::kNs, 1,
              [](const CpuRow& r) -> Cell { return r.stats->stats.wait_ns; }},
    CpuColumn{"wait_count", "WAITS", Unit::kCount, 3,
              [](const CpuRow& r) -> Cell { return r.stats->stats.wait_count; }},
    CpuColumn{"wait_p99_ns", "P99", Unit::kNs, 3,
              [](const CpuRow& r) -> Cell {
                if (r.stats->stats.wait_count == 0) return {};
                return std::min(r.stats->stats.waits.quantile(kP99), r.stats->stats.wait_max_ns);
              }},
    CpuColumn{"wait_max_ns", "MAX", Unit::kNs, 2,
              [](const CpuRow& r) -> Cell {
                if (r.stats->stats.wait_count == 0) return {};
                return r.stats->stats.wait_max_ns;
              }},
};

}  // namespace

void add_sched_cpus(const SchedTracker& tracker, const MoveTracker* moves, const TaskTable& tasks,
                    const ViewOptions& options, Report& report) {
  std::vector<CpuRow> rows;
  for (std::size_t cpu = 0; cpu < tracker.cpus().size(); cpu++)
    rows.push_back({cpu, &tracker.cpus()[cpu], tracker.whole_system(), report.duration_ns,
                    tracker.has_idle_waits(), moves == nullptr ? nullptr : moves->queue(cpu)});
  ViewOptions all = options;
  all.top = 0;
  if (!tracker.whole_system())
    report.remarks.emplace_back(
        "busy share, switches and queue length of a CPU need the whole system; the target's part "
        "is shown");
  Table table = rows_table(kCpuColumns, rows, all);
  for (Column& column : table.columns) {
    const auto is_used = [&rows](ClassOfTask which) {
      return std::any_of(rows.begin(), rows.end(), [which](const CpuRow& row) {
        return row.stats->class_ns[static_cast<std::size_t>(which)] > 0;
      });
    };
    if (moves == nullptr || !moves->is_recorded())
      if (column.key.starts_with("queue_") && column.key != "queue_average" &&
          column.key != "queue_max")
        column.rank = 0;
    if (column.key == "deadline_ns" && is_used(ClassOfTask::kDeadline)) column.rank = 6;
    if (column.key == "ext_ns" && is_used(ClassOfTask::kExt)) column.rank = 6;
  }
  report.tables.push_back(std::move(table));
  for (const IdleWait& wait : tracker.idle_waits())
    report.remarks.push_back(
        fmt::format("{} ({}) waited on CPU {} while another CPU was idle for {}",
                    printable(comm_view(tasks[wait.task])), tasks[wait.task].tid, wait.cpu,
                    format_duration(wait.idle_ns)));
  if (options.json) report.body.emplace_back("cpus", rows_json(kCpuColumns, rows, all));
  if (moves != nullptr) add_moves(*moves, options, report);
}

}  // namespace hoodtrace
