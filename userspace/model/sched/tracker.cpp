// SPDX-License-Identifier: GPL-2.0-or-later
#include "model/sched/tracker.hpp"

#include <algorithm>
#include <utility>

#include "base/cpu_list.hpp"
#include "event/session_words.hpp"
#include "event/task_state.hpp"

namespace hoodtrace {
namespace {

ClassOfTask class_of(const SchedClass& task) {
  constexpr std::uint8_t kExt = 7;          // SCHED_EXT, include/uapi/linux/sched.h
  constexpr std::uint8_t kFirstFair = 100;  // MAX_RT_PRIO, include/linux/sched/prio.h
  constexpr std::uint8_t kDeadline = 255;   // -1, a byte
  if (task.prio == kDeadline) return ClassOfTask::kDeadline;
  if (task.prio < kFirstFair) return ClassOfTask::kRealTime;
  return task.policy == kExt ? ClassOfTask::kExt : ClassOfTask::kFair;
}

}  // namespace

void SchedTracker::make_room(TaskId task) {
  by_task_.resize(std::max<std::size_t>(tasks_.size(), task + 1));
}

SchedTracker::Cpu& SchedTracker::cpu(std::uint32_t index) {
  if (cpus_.size() <= index) {
    cpus_.resize(index + 1);
    cpu_stats_.resize(index + 1);
    histories_.resize(index + 1);
    for (Shard& shard : shards_) shard.on_cpu.resize(index + 1);
  }
  return cpus_[index];
}

SchedStats& SchedTracker::on_cpu(Shard& shard, std::uint32_t index, const TaskSched& task) {
  if (&shard != &shards_.front()) return shard.on_cpu[index];
  if (!task.waits_to_begin) return cpu_stats_[index].stats;
  if (before_command_.size() <= index) before_command_.resize(index + 1);
  return before_command_[index];
}

std::uint64_t SchedTracker::elapsed(Shard& shard, std::uint64_t from_ns, std::uint64_t to_ns) {
  if (to_ns >= from_ns) return to_ns - from_ns;
  shard.backward++;
  return 0;
}

void SchedTracker::on(const ht_session& session) {
  span_start_ns_ = session.head.time_ns;
  exact_ = (session.flags & HT_SESSION_EXACT) != 0;
  wakers_ = (session.flags & HT_SESSION_WAKERS) != 0;
  whole_ = (session.flags & HT_SESSION_WHOLE) != 0;
  has_iowait_ = (session.flags & HT_SESSION_IOWAIT) != 0;
  has_mmap_waits_ = (session.flags & HT_SESSION_MMAP_WAITS) != 0;
  for (const auto& [key, value] : session_words(session)) {
    if (key != kOnlineCpusWord) continue;
    for (const std::uint32_t online : parse_cpu_list(value))
      if (online < HT_CPU_LIMIT) {
        cpu(online).online = true;
        note_idle(online, true, session.head.time_ns);  // until somebody is seen there
      }
  }
}

// ---- where a task's span begins and ends ----

void SchedTracker::on(const ht_task_seen& seen) {
  const TaskId id = tasks_.find(seen.task.head.tid);
  if (id == kNoTask || !(seen.task.flags & HT_TASK_TRACED)) return;
  TaskSched& task = of(id);
  task.set_base(seen.task);
  task.waits_to_begin = tasks_.is_command(id) && !task.began;
  task.sched_class = {seen.task.policy, seen.task.prio, seen.task.nice};
  task.since_ns = seen.task.head.time_ns;
  if (task.state != State::kUnknown) return;  // the switches know better
  task.last_state = task_state(seen.task.state);
  task.cpu = seen.task.head.cpu;
  if (seen.task.flags & HT_TASK_ON_CPU) {
    task.state = State::kRunning;
    if (!cpu(task.cpu).known) {
      note_idle(task.cpu, false, seen.task.head.time_ns);
      cpu(task.cpu).running_class = class_of(task.sched_class);
    }
  } else if (seen.task.flags & HT_TASK_QUEUED)
    task.state = State::kUnknown;  // since when, and why, was not seen
  else if (seen.task.state != 0)
    task.state =
        TaskSched::state_of(task_state(seen.task.state), (seen.task.flags & HT_TASK_IOWAIT) != 0);
}

void SchedTracker::on(const ht_task_new& born) {
  constexpr std::uint64_t kCloneVfork = 0x00004000;  // include/uapi/linux/sched.h
  if (born.clone_flags & kCloneVfork)
    if (const TaskId parent = tasks_.find(born.parent_tid); parent != kNoTask)
      of(parent).has_vforked = true;
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

// The task that executes is running. With --comm the target may begin here, by its new name, and
// run to its end without another switch-in.
void SchedTracker::on(const ht_task_exec& exec) {
  const TaskId id = tasks_.find(exec.head.tid);
  if (id == kNoTask || !(exec.flags & HT_TASK_TRACED)) return;
  TaskSched& task = of(id);
  if (tasks_.is_command(id) && !std::exchange(task.began, true) &&
      tasks_.may_begin_command(id, exec))
    begin_command(task, exec.head.time_ns);
  if (std::exchange(task.waits_to_begin, false)) {
    for (std::size_t i = 0; i < before_command_.size(); i++) {
      cpu(static_cast<std::uint32_t>(i));
      cpu_stats_[i].stats.merge(before_command_[i]);
    }
    before_command_.clear();
  }
  if (task.state != State::kUnknown) return;
  task.state = State::kRunning;
  task.since_ns = exec.head.time_ns;
  task.cpu = exec.head.cpu;
  if (task.span_ns == 0) task.span_ns = exec.head.time_ns;
}

// The command after -- was a child of hoodtrace until now, and waited for its start. Its counters were
// read just before (on_sched_process_exec, bpf/tasks.bpf.c); older recordings of sched alone lack them.
void SchedTracker::begin_command(TaskSched& task, std::uint64_t now_ns) {
  if (!task.end.known || task.state != State::kRunning) return;
  task.begin_interval();
  // Whether the switches carry the count is not known before the first one of the target.
  task.on_cpu.begin_span(task.base.exec_runtime_ns, now_ns, true);
  task.stats.runs = 1;
  task.waits_to_begin = false;
  before_command_.clear();
  cpu(task.cpu);
  cpu_stats_[task.cpu].stats.runs++;
  task.span_ns = task.since_ns = now_ns;
}

void SchedTracker::on(const ht_task_end& end) {
  const TaskId id = tasks_.find(end.task.head.tid);
  if (id == kNoTask || tasks_[id].start_boottime_ns != end.task.start_boottime_ns) return;
  TaskSched& task = of(id);
  set_end(task, end.task);
  if (task.state != State::kDead) end_window(task, end.task.head.time_ns);
  task.state = State::kDead;
}

void SchedTracker::on(const ht_task_books& counters) {
  const TaskId id = tasks_.find(counters);
  if (id == kNoTask) return;
  set_end(of(id), counters.task);
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
  // Also fires for a task that never left the queue: its time stamp is not changed.
  if (task.state == State::kRunning || task.state == State::kQueued) return;
  if (wakeup.flags & HT_WAKEUP_RUNNING) return;
  end_sleep(task, wakeup.head.time_ns);
  if (task.waking_ns != 0) {
    task.stats.wake_delay_ns += elapsed(shards_.front(), task.waking_ns, wakeup.head.time_ns);
    task.stats.wake_delays++;
    task.waking_ns = 0;
  }
  task.state = State::kQueued;
  task.preempted = false;
  task.since_ns = wakeup.head.time_ns;
  task.moved_ns = 0;
}

void SchedTracker::on(const ht_migrate& migrate) {
  const TaskId id = tasks_.at(migrate.head.tid);
  if (id == kNoTask) return;
  TaskSched& task = of(id);
  if (task.state == State::kQueued) task.moved_ns = migrate.head.time_ns;
}

// ---- switches ----

void SchedTracker::on(const ht_behind& behind) {
  if (!options_.culprits) return;
  Cpu& cpu = this->cpu(behind.head.cpu);
  if (cpu.behind_tid != behind.head.tid) cpu.behind.clear();
  cpu.behind_tid = behind.head.tid;
  for (std::uint32_t i = 0; i < behind.count; i++) {
    const ht_segment& segment = behind.segments[i];
    const bool others = segment.tid == HT_BEHIND_OTHERS;
    cpu.behind.emplace_back(others ? WhoTable::kOther : tasks_.who(segment.tid), segment.ns);
  }
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
  task.accounted_known = false;
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
      if (task.waits_vfork) task.stats.vfork_ns += slept_ns;
      if (task.waits_mmap_lock) task.stats.mmap_lock_ns += slept_ns;
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

// No switch since tracing (or the gap) began: prev has been running all the time.
void SchedTracker::begin_cpu(const ht_switch& record) {
  Cpu& cpu = this->cpu(record.head.cpu);
  if (cpu.known) return;
  cpu.known = true;
  cpu.since_ns = std::max(span_start_ns_, cpu.gap_ns);
  histories_[record.head.cpu].begin({cpu.since_ns, tasks_.who(record.prev_tid)});
  cpu.nr_running = record.prev_tid == 0 ? 0 : 1;
}

void SchedTracker::advance_cpu(Shard& shard, const ht_switch& record) {
  Cpu& cpu = cpus_[record.head.cpu];
  CpuStats& stats = cpu_stats_[record.head.cpu];
  const std::uint64_t now_ns = record.head.time_ns;
  const std::uint64_t ran_ns = elapsed(shard, cpu.since_ns, now_ns);
  stats.seen = true;
  stats.switches++;
  (record.prev_tid == 0 ? stats.idle_ns : stats.busy_ns) += ran_ns;
  if (record.prev_tid != 0) stats.class_ns[static_cast<std::size_t>(cpu.running_class)] += ran_ns;
  stats.queue_ns += cpu.nr_running * ran_ns;
  stats.queue_max = std::max<std::uint64_t>(stats.queue_max, record.nr_running);
  cpu.since_ns = now_ns;
  cpu.running_tid = record.head.tid;
  cpu.running_class = class_of({next_policy(record), record.next_prio, record.next_nice});
  note_idle(record.head.cpu, record.head.tid == 0, now_ns);
  cpu.nr_running = record.nr_running;
}

void SchedTracker::on(const ht_switch& record) {
  const bool all = sees_all();
  Shard& shard = shards_.front();
  if (all) {
    begin_cpu(record);
    advance_cpu(shard, record);
  } else {
    cpu(record.head.cpu);
  }
  const std::uint64_t now_ns = record.head.time_ns;
  const std::uint64_t clock_age_ns = tasks_.clock_age_ns();
  has_lag_ = has_lag_ || record.clock_lag != 0;
  has_runtimes_ = has_runtimes_ || record.prev_exec_ns != 0;
  if (record.prev_tid != 0 && record.flags & HT_SWITCH_PREV_TRACED) {
    const TaskId prev = tasks_.at(record.prev_tid);
    leave_cpu(shard, record, clock_age_ns, of(prev));
  }
  if (record.head.tid != 0 && record.flags & HT_SWITCH_NEXT_TRACED) {
    const TaskId next = tasks_.at(record.head.tid);
    enter_cpu(shard, record, clock_age_ns, next, of(next));
  }
  cpus_[record.head.cpu].behind.clear();
  if (all && options_.culprits)
    histories_[record.head.cpu].begin(
        {now_ns - std::min(now_ns, clock_age_ns), tasks_.who(record.head.tid)});
}

}  // namespace hoodtrace
