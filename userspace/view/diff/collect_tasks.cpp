// SPDX-License-Identifier: GPL-2.0-or-later
// Slices of the scheduler, of page faults and of the lives of processes.

#include "model/procs/process_life.hpp"
#include "view/diff/parts.hpp"

namespace hoodtrace {
namespace {

void add_sched(const SchedStats& stats, const Task& task, const TaskTable& tasks,
               DiffPiece& piece) {
  const auto add = [&](DiffMetric metric, std::uint64_t value) {
    add_of_task(piece, metric, task, tasks, static_cast<double>(value));
  };
  add(DiffMetric::kOnCpu, stats.on_cpu_ns);
  add(DiffMetric::kWaitNs, stats.wait_ns);
  add(DiffMetric::kWaits, stats.wait_count);
  add(DiffMetric::kThrottled, stats.wait_throttled_ns);
  add(DiffMetric::kVoluntary, stats.voluntary_switches);
  add(DiffMetric::kInvoluntary, stats.involuntary_switches);
  add(DiffMetric::kMigrations, stats.migrations);
  add(DiffMetric::kDiskSleep, stats.disk_sleep_ns + stats.uninterruptible_ns);
  add_of_task(piece, DiffMetric::kWait, task, tasks, stats.waits);
}

void add_faults(const FaultStats& stats, const Task& task, const TaskTable& tasks,
                DiffPiece& piece) {
  const FaultCount total = stats.total();
  add_of_task(piece, DiffMetric::kFaults, task, tasks, static_cast<double>(total.count));
  add_of_task(piece, DiffMetric::kMajor, task, tasks, static_cast<double>(stats.major));
  add_of_task(piece, DiffMetric::kFaultNs, task, tasks, static_cast<double>(total.time_ns));
  add_of_task(piece, DiffMetric::kFault, task, tasks, total.latency);
  for (const FaultKindName& kind : kFaultKinds) {
    const FaultCount* count = stats.find(kind.kind);
    if (count == nullptr) continue;
    const std::string name(kind.key);
    piece.add({DiffMetric::kFaults, DiffBy::kKind, name}, static_cast<double>(count->count));
    piece.add({DiffMetric::kFaultNs, DiffBy::kKind, name}, static_cast<double>(count->time_ns));
    piece.add({DiffMetric::kFault, DiffBy::kKind, name}, count->latency);
  }
}

void add_life(DiffPiece& piece, DiffMetric metric, const ProcessLife& life, double value) {
  piece.add({metric, DiffBy::kAll, ""}, value);
  piece.add({metric, DiffBy::kComm, life.comm}, value);
}

void add_length(DiffPiece& piece, DiffMetric metric, const ProcessLife& life, std::uint64_t ns) {
  Histogram one;
  one.add(ns);
  piece.add({metric, DiffBy::kAll, ""}, one);
  piece.add({metric, DiffBy::kComm, life.comm}, one);
}

}  // namespace

std::string diff_comm(const Task& task) {
  const std::string_view comm = comm_view(task);
  return comm.empty() ? "(unknown)" : std::string(comm);
}

void collect_sched(const SchedTracker& tracker, const TaskTable& tasks, DiffPiece& piece) {
  for (TaskId id = 1; id < tasks.size(); id++)
    if (tasks[id].in_use && tasks[id].traced) add_sched(tracker.stats(id), tasks[id], tasks, piece);
  Task others;
  constexpr std::string_view kOthers = "(ended tasks)";
  kOthers.copy(others.comm.data(), others.comm.size() - 1);
  if (tracker.ended_others_count() > 0) add_sched(tracker.ended_others(), others, tasks, piece);
}

void collect_faults(const FaultTracker& tracker, const TaskTable& tasks, DiffPiece& piece) {
  for (TaskId id = 1; id < tasks.size(); id++)
    if (tasks[id].in_use && !tracker.stats(id).is_empty() &&
        (tasks[id].pid == 0 || tasks[id].pid != tasks.self_pid()))
      add_faults(tracker.stats(id), tasks[id], tasks, piece);
  if (tracker.ended_others_count() > 0) add_faults(tracker.ended_others(), Task{}, tasks, piece);
}

void collect_procs(const LifecycleTracker& tracker, std::uint64_t from_ns, std::uint64_t now_ns,
                   DiffPiece& piece) {
  const auto is_new = [from_ns, now_ns](const std::optional<std::uint64_t>& ns) {
    return ns && *ns >= from_ns && *ns < now_ns;
  };
  for (const auto& [id, life] : tracker.lives()) {
    if (is_new(life.born_ns)) add_life(piece, DiffMetric::kBirths, life, 1);
    if (is_new(life.first_run_ns) && life.born_ns)
      add_length(piece, DiffMetric::kStart, life, *life.first_run_ns - *life.born_ns);
    if (!is_new(life.exit_ns)) continue;
    add_life(piece, DiffMetric::kExits, life, 1);
    if (life.wait_status != 0) add_life(piece, DiffMetric::kFailures, life, 1);
    if (life.born_ns) add_length(piece, DiffMetric::kLife, life, *life.exit_ns - *life.born_ns);
  }
}

}  // namespace hoodtrace
