// SPDX-License-Identifier: GPL-2.0-or-later
#include "model/times/process_times.hpp"

#include <algorithm>

namespace hoodtrace {
namespace {

constexpr std::uint64_t kCloneThread = 0x00010000;  // include/uapi/linux/sched.h

TaskTime time_of_state(std::uint32_t state) {
  // include/linux/sched.h
  constexpr std::uint32_t kInterruptible = 0x1;
  constexpr std::uint32_t kUninterruptible = 0x2;
  constexpr std::uint32_t kIdle = 0x402;
  if (state == 0) return TaskTime::kWaiting;
  if ((state & kIdle) == kIdle || state & kInterruptible) return TaskTime::kSleeping;
  return state & kUninterruptible ? TaskTime::kDisk : TaskTime::kOther;
}

}  // namespace

ProcessTimes::Thread& ProcessTimes::of(TaskId task) {
  if (threads_.size() <= task) threads_.resize(std::max<std::size_t>(tasks_.size(), task + 1));
  return threads_[task];
}

std::uint32_t ProcessTimes::process_of(const Task& task) {
  if (task.pid == 0) return kNone;
  const auto known = by_pid_.find(task.pid);
  if (known != by_pid_.end()) {
    ProcessTime* process = known->second == kNone ? nullptr : &processes_[known->second];
    if (process != nullptr && process->start_boottime_ns == 0 && task.tid == task.pid)
      process->start_boottime_ns = task.start_boottime_ns;
    return known->second;
  }
  std::uint32_t index = kNone;
  if (processes_.size() < kLimit) {
    index = static_cast<std::uint32_t>(processes_.size());
    ProcessTime& process = processes_.emplace_back();
    process.pid = task.pid;
    if (task.tid == task.pid) process.start_boottime_ns = task.start_boottime_ns;
  }
  by_pid_[task.pid] = index;
  return index;
}

// The thread's time until then went as it is known to go.
void ProcessTimes::spend(Thread& thread, std::uint64_t until_ns) {
  if (!thread.known || until_ns <= thread.since_ns) return;
  if (thread.process != kNone) {
    ProcessTime& process = processes_[thread.process];
    process.strip.add(thread.time, thread.since_ns, until_ns);
    process.ns[static_cast<std::size_t>(thread.time)] += until_ns - thread.since_ns;
  }
  thread.since_ns = until_ns;
}

void ProcessTimes::on(const ht_session& session) {
  whole_ = (session.flags & HT_SESSION_WHOLE) != 0;
}

void ProcessTimes::on(const ht_task_seen& seen) {
  const TaskId id = tasks_.find(seen.task.head.tid);
  if (id == kNoTask || !(seen.task.flags & HT_TASK_TRACED)) return;
  Thread& thread = of(id);
  thread.process = process_of(tasks_[id]);
  if (thread.known) return;  // the switches know better
  // Since when it has been queued is not known.
  thread.known = !(seen.task.flags & HT_TASK_QUEUED);
  thread.since_ns = seen.task.head.time_ns;
  thread.time =
      seen.task.flags & HT_TASK_ON_CPU ? TaskTime::kRunning : time_of_state(seen.task.state);
}

void ProcessTimes::on(const ht_task_new& born) {
  const TaskId id = tasks_.find(born.task.head.tid);
  if (id == kNoTask || !(born.task.flags & HT_TASK_TRACED)) return;
  // The pid is another process's now.
  if (!(born.clone_flags & kCloneThread)) by_pid_.erase(born.task.pid);
  Thread& thread = of(id);
  thread = {true, TaskTime::kOther, born.task.head.time_ns, process_of(tasks_[id])};
}

void ProcessTimes::on_wait(const LongWait& wait) {
  Thread& thread = of(wait.task);
  const std::uint64_t from_ns = wait.time_ns - std::min(wait.time_ns, wait.wait_ns);
  if (thread.process == kNone) thread.process = process_of(tasks_[wait.task]);
  if (!thread.known || thread.time != TaskTime::kRunning) {
    spend(thread, from_ns);
    thread.known = true;
    thread.time = TaskTime::kWaiting;
    thread.since_ns = std::max(thread.since_ns, from_ns);
  }
  if (thread.process == kNone) return;
  ProcessTime& process = processes_[thread.process];
  process.waits++;
  process.longest_wait_ns = std::max(process.longest_wait_ns, wait.wait_ns);
  for (const auto& [who, ns] : wait.behind) process.behind.add(who, ns);
}

void ProcessTimes::on(const ht_switch& record) {
  const std::uint64_t now_ns = record.head.time_ns;
  const auto enter = [this, now_ns](std::uint32_t tid, TaskTime time, bool keep) {
    const TaskId id = tasks_.find(tid);
    if (id == kNoTask) return;
    Thread& thread = of(id);
    if (thread.process == kNone) thread.process = process_of(tasks_[id]);
    spend(thread, now_ns);
    thread.known = keep;
    thread.time = time;
    thread.since_ns = now_ns;
  };
  if (record.prev_tid != 0 && record.flags & HT_SWITCH_PREV_TRACED) {
    constexpr std::uint32_t kDead = 0x80 | 0x20 | 0x10;  // TASK_DEAD, EXIT_ZOMBIE, EXIT_DEAD
    const bool preempted = (record.flags & HT_SWITCH_PREEMPT) != 0;
    enter(record.prev_tid, preempted ? TaskTime::kWaiting : time_of_state(record.prev_state),
          preempted || !(record.prev_state & kDead));
  }
  if (record.head.tid != 0 && record.flags & HT_SWITCH_NEXT_TRACED)
    enter(record.head.tid, TaskTime::kRunning, true);
}

void ProcessTimes::on(const ht_task_end& end) {
  const TaskId id = tasks_.find(end.task.head.tid);
  if (id == kNoTask || tasks_[id].start_boottime_ns != end.task.start_boottime_ns) return;
  spend(of(id), end.task.head.time_ns);
  of(id).known = false;
}

void ProcessTimes::on(const ht_fault& fault) {
  const TaskId id = tasks_.find(fault.head.tid);
  if (id == kNoTask) return;
  Thread& thread = of(id);
  if (thread.process == kNone) thread.process = process_of(tasks_[id]);
  if (thread.process == kNone) return;
  // What it does now is a part of the strip up to here.
  spend(thread, fault.head.time_ns);
  ProcessTime& process = processes_[thread.process];
  process.strip.mark(fault.head.time_ns);
  process.faults++;
  if (fault.facts & HT_FAULT_MAJOR) process.major_faults++;
}

void ProcessTimes::on(const ht_lost& lost) {
  if (!may_miss(lost, HT_SWITCH)) return;
  // What each thread did from here on is not known until it is seen again.
  for (Thread& thread : threads_) {
    spend(thread, lost.head.time_ns);
    thread.known = false;
  }
}

void ProcessTimes::settle(std::uint64_t now_ns) {
  for (Thread& thread : threads_) spend(thread, now_ns);
}

void ProcessTimes::fold(TaskId task) {
  if (task < threads_.size()) threads_[task] = {};
}

ProcessTimes::Index ProcessTimes::index() const {
  Index index;
  for (std::size_t i = 0; i < processes_.size(); i++)
    index.emplace(processes_[i].pid, static_cast<std::uint32_t>(i));
  return index;
}

const ProcessTime* ProcessTimes::find(const Index& index, std::uint32_t pid,
                                      std::uint64_t start_boottime_ns) const {
  const auto [begin, end] = index.equal_range(pid);
  for (auto at = begin; at != end; ++at)
    if (processes_[at->second].start_boottime_ns == start_boottime_ns)
      return &processes_[at->second];
  return nullptr;
}

}  // namespace hoodtrace
