// SPDX-License-Identifier: GPL-2.0-or-later
// SchedTracker: losses, intervals, and what reports ask for.

#include <algorithm>
#include <utility>

#include "model/sched/tracker.hpp"

namespace hoodtrace {
namespace {

const SchedStats kNothing;

}  // namespace

void SchedTracker::on(const ht_lost& lost) {
  // It may have been the end of a wait.
  if (may_miss(lost, HT_MMAP_WAIT))
    for (TaskSched& task : by_task_) task.wants_mmap_lock = task.waits_mmap_lock = false;
  if (!may_miss(lost, HT_SWITCH) && !may_miss(lost, HT_WAKEUP)) return;
  Cpu& cpu = this->cpu(lost.head.cpu);
  const std::uint64_t until_ns = std::max(lost.last_ns, lost.head.time_ns);
  note_idle(lost.head.cpu, false, lost.head.time_ns);
  cpu.gap_ns = std::max(cpu.gap_ns, until_ns);
  cpu.known = false;
  histories_[lost.head.cpu].clear();
  cpu.behind.clear();
  gap_ns_ = std::max(gap_ns_, until_ns);
}

void SchedTracker::on(const ht_cpu& change) {
  Cpu& cpu = this->cpu(change.head.cpu);
  cpu.online = change.online != 0;
  if (cpu.online) cpu.online_ns = change.head.time_ns;
  note_idle(change.head.cpu, cpu.online, change.head.time_ns);
}

void SchedTracker::on(const ht_mmap_wait& wait) {
  const TaskId id = tasks_.find(wait.head.tid);
  if (id != kNoTask) of(id).wants_mmap_lock = wait.kind == HT_MMAP_WAIT_BEGINS;
}

void SchedTracker::on(const ht_tick& tick) {
  if (tick.kind != HT_TICK_NO_CULPRITS) return;
  options_.culprits = false;
  for (CpuHistory& history : histories_) history.clear();
}

// What the other shards have counted, into the first.
void SchedTracker::gather_shards() {
  Shard& first = shards_.front();
  for (std::size_t i = 1; i < shards_.size(); i++) {
    Shard& shard = shards_[i];
    first.stale_sleeps += std::exchange(shard.stale_sleeps, 0);
    first.backward += std::exchange(shard.backward, 0);
    for (std::size_t cpu = 0; cpu < shard.on_cpu.size(); cpu++)
      cpu_stats_[cpu].stats.merge(std::exchange(shard.on_cpu[cpu], {}));
  }
}

void SchedTracker::settle(std::uint64_t now_ns) {
  gather_shards();
  for (TaskSched& task : by_task_) {
    if (task.state == State::kDead) continue;
    end_window(task, now_ns);
    task.stats.wait_open_ns = 0;
    if (task.state == State::kUnknown || task.since_ns >= now_ns) continue;
    forget_across_gap(task);
    if (task.state == State::kQueued) {
      task.stats.wait_open_ns = now_ns - std::max(task.since_ns, task.span_ns);
      continue;
    }
    if (task.state == State::kRunning && !task.seen_off_cpu) {
      const std::uint64_t ran_ns = task.on_cpu.go_on(now_ns - task.since_ns);
      task.stats.on_cpu_ns += ran_ns;
      cpu(task.cpu);
      on_cpu(shards_.front(), task.cpu, task).on_cpu_ns += ran_ns;
    }
    end_sleep(task, now_ns);
    task.since_ns = now_ns;
  }
  settle_cpus(now_ns);
}

void SchedTracker::settle_cpus(std::uint64_t now_ns) {
  // Who runs where no switch was seen yet: the task scan knows.
  std::vector<std::uint32_t> running(cpus_.size());
  for (TaskId id = 1; id < by_task_.size(); id++) {
    const TaskSched& task = by_task_[id];
    if (task.state == State::kRunning && !task.seen_off_cpu && task.cpu < running.size())
      running[task.cpu] = tasks_[id].tid;
  }
  for (std::size_t i = 0; i < cpus_.size(); i++) {
    Cpu& cpu = cpus_[i];
    if (!cpu.known) {
      if (!cpu.online || !whole_ || cpu.gap_ns != 0) continue;
      cpu.known = true;
      cpu.since_ns = std::max(span_start_ns_, cpu.online_ns);
      cpu.running_tid = running[i];
      cpu.nr_running = running[i] == 0 ? 0 : 1;
      histories_[i].begin({cpu.since_ns, tasks_.who(running[i])});
    }
    if (cpu.since_ns >= now_ns) continue;
    const std::uint64_t ran_ns = now_ns - cpu.since_ns;
    (cpu.running_tid == 0 ? cpu_stats_[i].idle_ns : cpu_stats_[i].busy_ns) += ran_ns;
    if (cpu.running_tid != 0)
      cpu_stats_[i].class_ns[static_cast<std::size_t>(cpu.running_class)] += ran_ns;
    cpu_stats_[i].seen = true;
    cpu_stats_[i].queue_ns += cpu.nr_running * ran_ns;
    cpu.since_ns = now_ns;
  }
}

void SchedTracker::begin_interval(std::uint64_t now_ns) {
  gather_shards();
  span_start_ns_ = now_ns;
  for (TaskId id = 0; id < by_task_.size(); id++) {
    TaskSched& task = by_task_[id];
    task.begin_interval();
    if (task.span_ns != 0) task.span_ns = now_ns;
    if (id < tasks_.size() && !tasks_[id].alive) task = {};
  }
  for (CpuStats& stats : cpu_stats_) stats = {};
  idle_waits_.clear();
  folded_ = {};
  folded_audit_ = {};
  folded_count_ = 0;
}

void SchedTracker::fold(TaskId id) {
  std::erase_if(idle_waits_, [id](const IdleWait& one) { return one.task == id; });
  if (id >= by_task_.size()) return;
  folded_.merge(by_task_[id].stats);
  by_task_[id].add_to(folded_audit_);
  folded_count_++;
  by_task_[id] = {};
}

const SchedStats& SchedTracker::stats(TaskId task) const {
  return task < by_task_.size() ? by_task_[task].stats : kNothing;
}

SchedClass SchedTracker::sched_class(TaskId task) const {
  return task < by_task_.size() ? by_task_[task].sched_class : SchedClass{};
}

std::optional<TaskState> SchedTracker::state(TaskId id) const {
  if (id >= by_task_.size()) return std::nullopt;
  const TaskSched& task = by_task_[id];
  switch (task.state) {
    case State::kUnknown:
      return std::nullopt;
    case State::kRunning:
    case State::kQueued:
      return TaskState::kRunnable;
    case State::kDead:
      return TaskState::kDead;
    default:
      return task.last_state;
  }
}

SchedAudit SchedTracker::audit() const {
  SchedAudit audit = folded_audit_;
  for (const TaskSched& task : by_task_) task.add_to(audit);
  audit.exec_runtime_known = has_runtimes_;
  return audit;
}

}  // namespace hoodtrace
