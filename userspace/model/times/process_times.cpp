// SPDX-License-Identifier: GPL-2.0-or-later
#include "model/times/process_times.hpp"

#include <algorithm>
#include <cstdlib>

namespace hoodtrace {
namespace {

constexpr std::uint64_t kCloneThread = 0x00010000;  // include/uapi/linux/sched.h

}  // namespace

TaskSpans::Owner ProcessTimes::owner_of(TaskId id) {
  if (id == kNoTask || tasks_[id].pid == 0) return TaskSpans::kNobody;
  const Task& task = tasks_[id];
  TaskSpans::Owner& owner = by_pid_[task.pid];
  if (owner == TaskSpans::kNobody && processes_.size() >= kLimit) owner = kTooMany;
  if (owner == TaskSpans::kNobody) {
    processes_.emplace_back().pid = task.pid;
    owner = processes_.size();
  }
  if (ProcessTime* process = process_of(owner);
      process != nullptr && process->start_boottime_ns == 0 && task.tid == task.pid)
    process->start_boottime_ns = task.start_boottime_ns;
  return owner;
}

ProcessTime* ProcessTimes::process_of(TaskSpans::Owner owner) {
  if (owner == TaskSpans::kNobody || owner == kTooMany) return nullptr;
  return &processes_[owner - 1];
}

void ProcessTimes::add(TaskSpans::Ended spans) {
  for (const TaskSpan& span : spans) {
    ProcessTime* process = process_of(span.owner);
    if (process == nullptr) continue;
    process->strip.add(span.time, span.from_ns, span.to_ns);
    process->ns[static_cast<std::size_t>(span.time)] += span.to_ns - span.from_ns;
    // The strip cannot show when it ran; the sums can say how long.
    std::uint64_t& ran_ns = process->ns[static_cast<std::size_t>(TaskTime::kRunning)];
    std::uint64_t& instead_ns = process->ns[static_cast<std::size_t>(span.instead)];
    std::uint64_t& from_ns = span.unshown_ns > 0 ? instead_ns : ran_ns;
    std::uint64_t& to_ns = span.unshown_ns > 0 ? ran_ns : instead_ns;
    const auto moved_ns = static_cast<std::uint64_t>(std::abs(span.unshown_ns));
    if (span.instead == TaskTime::kOther) {
      if (span.unshown_ns > 0) ran_ns += moved_ns;
    } else {
      const std::uint64_t least_ns = std::min(from_ns, moved_ns);
      from_ns -= least_ns;
      to_ns += least_ns;
    }
  }
}

void ProcessTimes::on(const ht_task_seen& seen) {
  const TaskId id = tasks_.find(seen.task.head.tid);
  if (seen.task.flags & HT_TASK_TRACED) threads_.see(id, seen.task, owner_of(id));
}

void ProcessTimes::on(const ht_task_new& born) {
  const TaskId id = tasks_.find(born.task.head.tid);
  if (id == kNoTask || !(born.task.flags & HT_TASK_TRACED)) return;
  // The pid is another process's now.
  if (!(born.clone_flags & kCloneThread)) by_pid_.erase(born.task.pid);
  threads_.bear(id, born.task, owner_of(id));
}

void ProcessTimes::on_wait(const LongWait& wait) {
  ProcessTime* process = process_of(owner_of(wait.task));
  if (process == nullptr) return;
  process->waits++;
  process->longest_wait_ns = std::max(process->longest_wait_ns, wait.wait_ns);
  for (const auto& [who, ns] : wait.behind) process->behind.add(who, ns);
}

void ProcessTimes::on(const ht_switch& record) {
  if (record.flags & HT_SWITCH_PREV_TRACED) {
    const TaskId prev = tasks_.find(record.prev_tid);
    add(threads_.leave(prev, record, owner_of(prev), tasks_.clock_age_ns()));
  }
  if (record.flags & HT_SWITCH_NEXT_TRACED) {
    const TaskId next = tasks_.find(record.head.tid);
    add(threads_.come(next, record, owner_of(next), tasks_.clock_age_ns()));
  }
}

void ProcessTimes::on(const ht_task_end& end) {
  const TaskId id = tasks_.find(end.task.head.tid);
  if (id == kNoTask || tasks_[id].start_boottime_ns != end.task.start_boottime_ns) return;
  add(threads_.cut(id, end.task.head.time_ns));
  threads_.end(id);
}

void ProcessTimes::on(const ht_fault& fault) {
  const TaskId id = tasks_.find(fault.head.tid);
  ProcessTime* process = process_of(owner_of(id));
  if (process == nullptr) return;
  // What it does now is a part of the strip up to here.
  add(threads_.cut(id, fault.head.time_ns));
  process->strip.mark(fault.head.time_ns);
  process->faults++;
  if (fault.facts & HT_FAULT_MAJOR) process->major_faults++;
}

void ProcessTimes::on(const ht_lost& lost) {
  // What each thread did from here on is not known until it is seen again.
  if (may_miss(lost, HT_SWITCH)) add(threads_.forget_all(lost.head.time_ns));
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
