// SPDX-License-Identifier: GPL-2.0-or-later
#include "model/sched/tracker.hpp"

#include <algorithm>

#include "event/task_state.hpp"

namespace hoodtrace {
namespace {

const SchedStats kNothing;

TaskSched::State state_of(TaskState state, bool iowait) {
  switch (state) {
    case TaskState::kRunnable:
      return TaskSched::State::kQueued;
    case TaskState::kSleeping:
    case TaskState::kIdle:
      return TaskSched::State::kSleep;
    case TaskState::kUninterruptible:
      return iowait ? TaskSched::State::kDisk : TaskSched::State::kUninterruptible;
    case TaskState::kStopped:
    case TaskState::kTraced:
      return TaskSched::State::kStopped;
    case TaskState::kDead:
    case TaskState::kZombie:
      return TaskSched::State::kDead;
    default:
      return TaskSched::State::kOther;
  }
}

}  // namespace

void SchedTracker::make_room(TaskId task) {
  by_task_.resize(std::max<std::size_t>(tasks_.size(), task + 1));
}

SchedTracker::Cpu& SchedTracker::cpu(std::uint32_t index) {
  if (cpus_.size() <= index) {
    cpus_.resize(index + 1);
    cpu_stats_.resize(index + 1);
  }
  return cpus_[index];
}

std::uint64_t SchedTracker::elapsed(std::uint64_t from_ns, std::uint64_t to_ns) {
  if (to_ns >= from_ns) return to_ns - from_ns;
  backward_++;
  return 0;
}

void SchedTracker::on(const ht_session& session) {
  span_start_ns_ = session.head.time_ns;
  exact_ = (session.flags & HT_SESSION_EXACT) != 0;
  wakers_ = (session.flags & HT_SESSION_WAKERS) != 0;
  whole_ = (session.flags & HT_SESSION_WHOLE) != 0;
  has_iowait_ = (session.flags & HT_SESSION_IOWAIT) != 0;
}

// ---- where a task's span begins and ends ----

void SchedTracker::on(const ht_task_seen& seen) {
  const TaskId id = tasks_.find(seen.task.head.tid);
  if (id == kNoTask || !(seen.task.flags & HT_TASK_TRACED)) return;
  TaskSched& task = of(id);
  task.set_base(seen.task);
  task.sched_class = {seen.task.policy, seen.task.prio, seen.task.nice};
  task.since_ns = seen.task.head.time_ns;
  if (task.state != State::kUnknown) return;  // the switches know better
  task.last_state = task_state(seen.task.state);
  task.cpu = seen.task.head.cpu;
  if (seen.task.flags & HT_TASK_ON_CPU)
    task.state = State::kRunning;
  else if (seen.task.flags & HT_TASK_QUEUED)
    task.state = State::kUnknown;  // since when, and why, was not seen
  else if (seen.task.state != 0)
    task.state = state_of(task_state(seen.task.state), (seen.task.flags & HT_TASK_IOWAIT) != 0);
}

void SchedTracker::on(const ht_task_new& born) {
  const TaskId id = tasks_.find(born.task.head.tid);
  if (id == kNoTask || !(born.task.flags & HT_TASK_TRACED)) return;
  TaskSched& task = of(id);
  task = {};
  task.set_base(born.task);
  task.sched_class = {born.task.policy, born.task.prio, born.task.nice};
  task.cpu = born.task.head.cpu;
  task.state = State::kOther;  // not woken yet
  task.last_state = TaskState::kOther;
  task.since_ns = born.task.head.time_ns;
}

void SchedTracker::on(const ht_task_end& end) {
  const TaskId id = tasks_.find(end.task.head.tid);
  if (id == kNoTask || tasks_[id].start_boottime_ns != end.task.start_boottime_ns) return;
  TaskSched& task = of(id);
  set_end(task, end.task);
  if (task.state != State::kDead) end_window(task, end.task.head.time_ns);
  task.state = State::kDead;
}

void SchedTracker::on(const ht_task_books& books) {
  const TaskId id = tasks_.find(books.task.head.tid);
  if (id == kNoTask) return;
  set_end(of(id), books.task);
}

// ---- wake-ups ----

void SchedTracker::on(const ht_waking& waking) {
  const TaskId id = tasks_.at(waking.head.tid);
  if (id == kNoTask) return;
  TaskSched& task = of(id);
  if (task.state == State::kRunning || task.state == State::kQueued) return;  // it never left
  task.waking_ns = waking.head.time_ns;
  task.waker_tid = waking.waker_tid;
  task.waker_known = true;
}

void SchedTracker::on(const ht_wakeup& wakeup) {
  const TaskId id = tasks_.at(wakeup.head.tid);
  if (id == kNoTask) return;
  TaskSched& task = of(id);
  forget_across_gap(task);
  // Also fires for a task that never left the queue: its stamp stands.
  if (task.state == State::kRunning || task.state == State::kQueued) return;
  if (wakeup.flags & HT_WAKEUP_RUNNING) return;
  end_sleep(task, wakeup.head.time_ns);
  if (task.waking_ns != 0) {
    task.stats.wake_delay_ns += elapsed(task.waking_ns, wakeup.head.time_ns);
    task.stats.wake_delays++;
    task.waking_ns = 0;
  }
  task.state = State::kQueued;
  task.preempted = false;
  task.since_ns = wakeup.head.time_ns;
}

// ---- switches ----

void SchedTracker::on(const ht_behind& behind) {
  if (!options_.culprits) return;
  Cpu& cpu = this->cpu(behind.head.cpu);
  if (cpu.behind_tid != behind.head.tid) cpu.behind.clear();
  cpu.behind_tid = behind.head.tid;
  for (std::uint32_t i = 0; i < behind.count; i++)
    cpu.behind.emplace_back(tasks_.who(behind.segments[i].tid), behind.segments[i].ns);
  if (behind.rest_ns > 0) cpu.behind.emplace_back(WhoTable::kUnknown, behind.rest_ns);
}

// After a gap a state from before it is no knowledge any more: the task may have run, slept and
// queued again meanwhile. Only a task on another CPU than the gap's is still there.
void SchedTracker::forget_across_gap(TaskSched& task) const {
  if (gap_ns_ == 0 || task.since_ns >= gap_ns_ || task.state == State::kDead) return;
  // A CPU without records has no gap either.
  const std::uint64_t gap_here_ns = task.cpu < cpus_.size() ? cpus_[task.cpu].gap_ns : 0;
  if (task.state == State::kRunning && task.since_ns >= gap_here_ns) return;
  task.state = State::kUnknown;
  task.booked_known = false;
  task.counters_known = false;
  task.waking_ns = 0;
}

void SchedTracker::end_window(TaskSched& task, std::uint64_t now_ns) {
  if (task.span_ns != 0 && now_ns > task.span_ns) task.stats.window_ns = now_ns - task.span_ns;
}

void SchedTracker::end_sleep(TaskSched& task, std::uint64_t until_ns) {
  if (until_ns < task.since_ns) return;
  const std::uint64_t slept_ns = until_ns - task.since_ns;
  switch (task.state) {
    case State::kSleep:
      task.stats.sleep_ns += slept_ns;
      break;
    case State::kDisk:
      task.stats.disk_sleep_ns += slept_ns;
      break;
    case State::kUninterruptible:
      task.stats.uninterruptible_ns += slept_ns;
      break;
    case State::kStopped:
      task.stats.stopped_ns += slept_ns;
      break;
    case State::kOther:
      task.stats.other_ns += slept_ns;
      break;
    default:
      break;
  }
}

void SchedTracker::advance_cpu(const ht_switch& record) {
  Cpu& cpu = this->cpu(record.head.cpu);
  CpuStats& stats = cpu_stats_[record.head.cpu];
  const std::uint64_t now_ns = record.head.time_ns;
  if (!cpu.known) {
    // No switch since tracing (or the gap) began: prev has been running all the time.
    cpu.known = true;
    cpu.since_ns = std::max(span_start_ns_, cpu.gap_ns);
    cpu.history.begin(cpu.since_ns, tasks_.who(record.prev_tid));
    cpu.nr_running = record.prev_tid == 0 ? 0 : 1;
  }
  const std::uint64_t ran_ns = elapsed(cpu.since_ns, now_ns);
  stats.seen = true;
  stats.switches++;
  (record.prev_tid == 0 ? stats.idle_ns : stats.busy_ns) += ran_ns;
  stats.queue_ns += cpu.nr_running * ran_ns;
  stats.queue_max = std::max<std::uint64_t>(stats.queue_max, record.nr_running);
  cpu.since_ns = now_ns;
  cpu.running_tid = record.head.tid;
  cpu.nr_running = record.nr_running;
}

void SchedTracker::on(const ht_switch& record) {
  const bool whole = whole_;
  if (whole)
    advance_cpu(record);
  else
    cpu(record.head.cpu);
  if (record.prev_tid != 0 && record.flags & HT_SWITCH_PREV_TRACED) {
    const TaskId prev = tasks_.at(record.prev_tid);
    leave_cpu(record, of(prev));
  }
  if (record.head.tid != 0 && record.flags & HT_SWITCH_NEXT_TRACED) {
    const TaskId next = tasks_.at(record.head.tid);
    enter_cpu(record, next, of(next));
  }
  cpus_[record.head.cpu].behind.clear();
  if (whole && options_.culprits)
    cpus_[record.head.cpu].history.begin(record.head.time_ns, tasks_.who(record.head.tid));
}

void SchedTracker::leave_cpu(const ht_switch& record, TaskSched& task) {
  const std::uint64_t now_ns = record.head.time_ns;
  forget_across_gap(task);
  if (task.state == State::kRunning) {
    const std::uint64_t ran_ns = elapsed(task.since_ns, now_ns);
    task.stats.on_cpu_ns += ran_ns;
    cpu_stats_[record.head.cpu].stats.on_cpu_ns += ran_ns;
  } else if (task.state != State::kUnknown) {
    // It left without having come. Since when it ran is not always known, but that it did is.
    unshown_++;
    task.stats.runs++;
    cpu_stats_[record.head.cpu].stats.runs++;
    if (task.state == State::kQueued && record.flags & HT_SWITCH_PREV_RAN)
      count_unshown_wait(record, task);
  }

  if (task.span_ns == 0) task.span_ns = now_ns;
  const TaskState left_as = prev_state(record);
  const bool runnable = left_as == TaskState::kRunnable;
  // A task that wanted to sleep and had a signal pending stays runnable, yet the kernel counts a
  // voluntary switch (__schedule, kernel/sched/core.c). Its own counters tell.
  const bool gave_up =
      task.counters_known && record.prev_nivcsw == task.nivcsw && record.prev_nvcsw != task.nvcsw;
  const bool involuntary = runnable && !gave_up;
  // Switches that the snapshot at the start of the span holds already are not of the span.
  const bool in_span = !task.base.known || !at_or_before(record.prev_nvcsw, task.base.nvcsw) ||
                       !at_or_before(record.prev_nivcsw, task.base.nivcsw);
  if (in_span) {
    (involuntary ? task.stats.involuntary_switches : task.stats.voluntary_switches)++;
    const bool after_end = task.end.known && !at_or_before(record.prev_nivcsw, task.end.nivcsw);
    if (involuntary) (after_end ? task.carried_involuntary : task.audit_involuntary)++;
  }
  task.last_involuntary = in_span && involuntary;
  task.counters_known = true;
  task.nvcsw = record.prev_nvcsw;
  task.nivcsw = record.prev_nivcsw;

  task.since_ns = task.left_cpu_ns = now_ns;
  task.cpu = record.head.cpu;
  task.last_state = left_as;
  task.state = state_of(left_as, (record.flags & HT_SWITCH_PREV_IOWAIT) != 0);
  if (task.state == State::kDead) end_window(task, now_ns);
  if (runnable) {
    task.preempted = true;
    task.throttled = record.flags & HT_SWITCH_PREV_THROTTLED;
  }
}

// The stamps lack the end of a wait: it was when the run began whose length the kernel knows.
void SchedTracker::count_unshown_wait(const ht_switch& record, TaskSched& task) {
  const std::uint64_t ran_ns = record.run_delay_ns;
  const std::uint64_t span_ns = elapsed(task.since_ns, record.head.time_ns);
  if (ran_ns > span_ns) return;  // not of this run: its scheduler class keeps no such count
  task.stats.on_cpu_ns += ran_ns;
  cpu_stats_[record.head.cpu].stats.on_cpu_ns += ran_ns;
  ht_switch came = record;
  came.head.time_ns -= ran_ns;
  came.head.tid = record.prev_tid;
  count_wait(came, tasks_.at(record.prev_tid), task, span_ns - ran_ns, 0);
}

void SchedTracker::enter_cpu(const ht_switch& record, TaskId id, TaskSched& task) {
  const std::uint64_t now_ns = record.head.time_ns;
  forget_across_gap(task);
  if (task.state == State::kRunning) unshown_++;  // it came without having left
  task.sched_class = {record.next_policy, record.next_prio, record.next_nice};

  std::uint64_t here_ns = 0;
  std::uint64_t elsewhere_ns = 0;
  bool measured = true;
  bool in_span = true;
  if (record.flags & HT_SWITCH_EXACT) {
    here_ns = record.wait_ns;
    // Books read after the kernel had booked this wait have counted it.
    if (task.booked_known && task.booked_ns > record.run_delay_ns)
      here_ns -= std::min<std::uint64_t>(here_ns, task.booked_ns - record.run_delay_ns);
    if (task.booked_known && record.run_delay_ns > task.booked_ns)
      elsewhere_ns = record.run_delay_ns - task.booked_ns;
    const std::uint64_t booked_ns = record.run_delay_ns + record.wait_ns;
    in_span = !task.base.known || record.wait_ns == 0 || booked_ns > task.base.run_delay_ns;
    task.booked_known = true;
    task.booked_ns = booked_ns;
  } else if (task.state == State::kQueued) {
    here_ns = elapsed(task.since_ns, now_ns);
  } else if (task.state == State::kSleep || task.state == State::kDisk ||
             task.state == State::kUninterruptible) {
    // Switched in without a wake-up: it had never slept.
    stale_sleeps_++;
    here_ns = elapsed(task.since_ns, now_ns);
    task.state = State::kQueued;
    task.preempted = true;
  } else {
    measured = false;
  }

  const std::uint64_t total_ns = here_ns + elsewhere_ns;
  if (task.span_ns == 0) task.span_ns = now_ns;
  if (in_span && measured && total_ns > elapsed(task.span_ns, now_ns))
    task.stats.wait_outside_ns += total_ns - (now_ns - task.span_ns);
  if (task.state != State::kQueued) {
    end_sleep(task, now_ns >= total_ns ? now_ns - total_ns : 0);
    task.preempted = false;
  }
  task.throttled = task.throttled && task.preempted;
  if (in_span) {
    if (measured) count_wait(record, id, task, here_ns, elsewhere_ns);
    task.stats.runs++;
    cpu_stats_[record.head.cpu].stats.runs++;
    if (task.left_cpu_ns != 0 && task.cpu != record.head.cpu) task.stats.migrations++;
  }
  task.last_run_delay_ns = record.run_delay_ns;
  task.last_wait_ns = in_span && measured ? here_ns : 0;  // the rest is booked already
  task.waker_known = false;
  task.waking_ns = 0;
  task.state = State::kRunning;
  task.since_ns = now_ns;
  task.cpu = record.head.cpu;
}

void SchedTracker::count_wait(const ht_switch& record, TaskId id, TaskSched& task,
                              std::uint64_t here_ns, std::uint64_t elsewhere_ns) {
  const std::uint64_t total_ns = here_ns + elsewhere_ns;
  SchedStats& stats = task.stats;
  stats.wait_ns += total_ns;
  stats.wait_count++;
  stats.wait_max_ns = std::max(stats.wait_max_ns, total_ns);
  (task.preempted ? stats.wait_preempted_ns : stats.wait_woken_ns) += total_ns;
  if (task.throttled) stats.wait_throttled_ns += total_ns;
  stats.waits.add(total_ns);
  SchedStats& on_cpu = cpu_stats_[record.head.cpu].stats;
  on_cpu.wait_ns += total_ns;
  on_cpu.wait_count++;
  on_cpu.wait_max_ns = std::max(on_cpu.wait_max_ns, total_ns);
  on_cpu.waits.add(total_ns);
  const bool after_end =
      task.end.known && record.run_delay_ns + record.wait_ns > task.end.run_delay_ns;
  (after_end ? task.carried_wait_ns : task.audit_wait_ns) += total_ns;

  const bool is_long = options_.threshold_ns != 0 && total_ns >= options_.threshold_ns;
  const bool named = options_.culprits && total_ns > 0;
  if (!is_long) {
    if (named) name_culprits(record, task, here_ns, elsewhere_ns, stats.behind);
    return;
  }
  Ranking ranking;
  if (named) name_culprits(record, task, here_ns, elsewhere_ns, ranking);
  stats.behind.merge(ranking);
  LongWait wait{record.head.time_ns, id, record.head.cpu, total_ns, task.preempted, {}, {}};
  if (task.waker_known) wait.waker = tasks_.who(task.waker_tid);
  wait.behind = ranking.sorted();
  long_waits_.push_back(std::move(wait));
}

// Adds the wait to `culprits`, all of it.
void SchedTracker::name_culprits(const ht_switch& record, const TaskSched& task,
                                 std::uint64_t here_ns, std::uint64_t elsewhere_ns,
                                 Ranking& culprits) const {
  const auto blame = [&](WhoId who, std::uint64_t ns) { culprits.add(who, ns); };
  // Whoever ran meanwhile did not take its CPU: the quota did. When the quota came back is not in
  // the stream, so that contention after that moment is counted here too.
  if (task.throttled) {
    blame(WhoTable::kThrottled, here_ns + elsewhere_ns);
    return;
  }
  std::uint64_t left_ns = here_ns;
  if (whole_) {
    left_ns = cpus_[record.head.cpu].history.walk_back(record.head.time_ns, here_ns, blame);
  } else if (const Cpu& cpu = cpus_[record.head.cpu]; cpu.behind_tid == record.head.tid) {
    for (const auto& [who, ns] : cpu.behind) {
      const std::uint64_t part_ns = std::min(ns, left_ns);
      if (part_ns > 0) blame(who, part_ns);
      left_ns -= part_ns;
    }
  }
  if (left_ns > 0) blame(WhoTable::kUnknown, left_ns);
  if (elsewhere_ns == 0) return;
  // Preempted, it first waited on the CPU that it had run on.
  left_ns = elsewhere_ns;
  if (whole_ && task.preempted && task.left_cpu_ns != 0 && task.cpu < cpus_.size())
    left_ns =
        cpus_[task.cpu].history.walk_back(task.left_cpu_ns + elsewhere_ns, elsewhere_ns, blame);
  if (left_ns > 0) blame(WhoTable::kElsewhere, left_ns);
}

// ---- losses, intervals, reports ----

void SchedTracker::on(const ht_lost& lost) {
  if (!may_miss(lost, HT_SWITCH) && !may_miss(lost, HT_WAKEUP)) return;
  Cpu& cpu = this->cpu(lost.head.cpu);
  const std::uint64_t until_ns = std::max(lost.last_ns, lost.head.time_ns);
  cpu.gap_ns = std::max(cpu.gap_ns, until_ns);
  cpu.known = false;
  cpu.history.clear();
  cpu.behind.clear();
  gap_ns_ = std::max(gap_ns_, until_ns);
}

void SchedTracker::settle(std::uint64_t now_ns) {
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
    if (task.state == State::kRunning) {
      task.stats.on_cpu_ns += now_ns - task.since_ns;
      cpu(task.cpu);
      cpu_stats_[task.cpu].stats.on_cpu_ns += now_ns - task.since_ns;
    }
    end_sleep(task, now_ns);
    task.since_ns = now_ns;
  }
  for (std::size_t i = 0; i < cpus_.size(); i++) {
    Cpu& cpu = cpus_[i];
    if (!cpu.known || cpu.since_ns >= now_ns) continue;
    const std::uint64_t ran_ns = now_ns - cpu.since_ns;
    (cpu.running_tid == 0 ? cpu_stats_[i].idle_ns : cpu_stats_[i].busy_ns) += ran_ns;
    cpu_stats_[i].seen = true;
    cpu_stats_[i].queue_ns += cpu.nr_running * ran_ns;
    cpu.since_ns = now_ns;
  }
}

void SchedTracker::begin_interval(std::uint64_t now_ns) {
  span_start_ns_ = now_ns;
  for (TaskId id = 0; id < by_task_.size(); id++) {
    TaskSched& task = by_task_[id];
    task.stats = {};
    if (task.span_ns != 0) task.span_ns = now_ns;
    task.audit_wait_ns = std::exchange(task.carried_wait_ns, 0);
    task.audit_involuntary = std::exchange(task.carried_involuntary, 0);
    task.base = task.end;
    task.end = {};
    task.last_involuntary = false;
    task.last_wait_ns = 0;
    if (id < tasks_.size() && !tasks_[id].alive) task = {};
  }
  for (CpuStats& stats : cpu_stats_) stats = {};
  folded_ = {};
  folded_audit_ = {};
  folded_count_ = 0;
  unshown_ = 0;
}

void SchedTracker::fold(TaskId id) {
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
  return audit;
}

}  // namespace hoodtrace
