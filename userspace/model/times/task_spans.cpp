// SPDX-License-Identifier: GPL-2.0-or-later
#include "model/times/task_spans.hpp"

#include <algorithm>
#include <utility>

namespace hoodtrace {

TaskSpans::Thread& TaskSpans::of(TaskId task) {
  if (threads_.size() <= task) threads_.resize(std::max<std::size_t>(task + 1, task * 3 / 2));
  return threads_[task];
}

void TaskSpans::put(TaskId task, TaskTime time, std::uint64_t from_ns, std::uint64_t to_ns,
                    std::optional<std::uint64_t> run_delay_ns) {
  const Owner owner = threads_[task].owner;
  if (owner == kNobody || (to_ns <= from_ns && run_delay_ns.value_or(0) == 0)) return;
  ended_.push_back({owner, task, time, from_ns, std::max(from_ns, to_ns), run_delay_ns});
}

void TaskSpans::put_until(TaskId task, std::uint64_t now_ns) {
  const Thread& thread = threads_[task];
  if (!thread.known) return;
  if (thread.woken_ns == 0) {
    put(task, thread.time, thread.since_ns, now_ns);
    return;
  }
  put(task, thread.time, thread.since_ns, thread.woken_ns);
  put(task, TaskTime::kWaiting, thread.woken_ns, now_ns);
}

void TaskSpans::change(TaskId task, TaskTime time, std::uint64_t now_ns) {
  put_until(task, now_ns);
  Thread& thread = threads_[task];
  thread.known = true;
  thread.time = time;
  thread.since_ns = now_ns;
  thread.woken_ns = 0;
}

void TaskSpans::see(TaskId task, const ht_task& record, Owner owner) {
  if (task == kNoTask || of(task).known) return;  // the switches know better
  Thread& thread = threads_[task];
  thread.owner = owner;
  TaskTime time = time_of(task_state(record.state), (record.flags & HT_TASK_IOWAIT) != 0);
  if (record.flags & HT_TASK_QUEUED) time = TaskTime::kWaiting;
  if (record.flags & HT_TASK_ON_CPU) time = TaskTime::kRunning;
  change(task, time, record.head.time_ns);
  if (record.flags & HT_TASK_EXACT) thread.run_delay_ns = record.run_delay_ns;
}

void TaskSpans::bear(TaskId task, const ht_task& record, Owner owner) {
  if (task == kNoTask) return;
  Thread& thread = of(task);
  thread = {};
  thread.owner = owner;
  change(task, TaskTime::kOther, record.head.time_ns);
  if (record.flags & HT_TASK_EXACT) thread.run_delay_ns = record.run_delay_ns;
}

TaskSpans::Ended TaskSpans::leave(TaskId prev, const ht_switch& record, Owner owner) {
  ended_.clear();
  if (prev == kNoTask) return ended_;
  Thread& thread = of(prev);
  if (thread.owner == kNobody) thread.owner = owner;
  const TaskState state = prev_state(record);
  change(prev, time_of(state, (record.flags & HT_SWITCH_PREV_IOWAIT) != 0), record.head.time_ns);
  if (is_gone(state)) thread = {};
  return ended_;
}

std::optional<std::uint64_t> TaskSpans::wait_of(const Thread& thread, const ht_switch& record) {
  if (record.wait_ns == HT_UNKNOWN_NS) return std::nullopt;
  if (!(record.flags & HT_SWITCH_EXACT)) return record.wait_ns;
  // A queued task that is moved has its wait so far accounted at the dequeue (docs/kernel-notes.md,
  // note 12).
  const std::uint64_t total_ns = record.run_delay_ns + record.wait_ns;
  if (thread.run_delay_ns && total_ns >= *thread.run_delay_ns)
    return total_ns - *thread.run_delay_ns;
  return record.wait_ns;
}

TaskSpans::Ended TaskSpans::come(TaskId next, const ht_switch& record, Owner owner) {
  ended_.clear();
  if (next == kNoTask) return ended_;
  const std::uint64_t now_ns = record.head.time_ns;
  Thread& thread = of(next);
  if (thread.owner != owner && thread.owner != kNobody && owner != kNobody)
    thread = {};  // its birth was lost
  if (thread.owner == kNobody) thread.owner = owner;
  const std::optional<std::uint64_t> wait_ns = wait_of(thread, record);
  if (record.flags & HT_SWITCH_EXACT) thread.run_delay_ns = record.run_delay_ns + record.wait_ns;
  std::uint64_t from_ns = now_ns - std::min(now_ns, wait_ns.value_or(0));
  if (!thread.known) {
    // Nothing but the wait is known.
  } else if (thread.time == TaskTime::kWaiting) {
    from_ns = thread.since_ns;  // since it lost the CPU
  } else {
    if (!wait_ns) {
      // One that was not woken had never slept (docs/kernel-notes.md, note 3).
      from_ns = thread.woken_ns != 0    ? thread.woken_ns
                : is_sleep(thread.time) ? thread.since_ns
                                        : now_ns;
    }
    from_ns = std::max(from_ns, thread.since_ns);
    put(next, thread.time, thread.since_ns, from_ns);
  }
  put(next, TaskTime::kWaiting, from_ns, now_ns, wait_ns);
  thread.known = false;
  change(next, TaskTime::kRunning, now_ns);
  return ended_;
}

void TaskSpans::wake(TaskId task, const ht_wakeup& record) {
  if (task >= threads_.size() || (record.flags & HT_WAKEUP_RUNNING)) return;
  Thread& thread = threads_[task];
  if (!thread.known || thread.time == TaskTime::kRunning || thread.time == TaskTime::kWaiting)
    return;
  if (thread.woken_ns == 0) thread.woken_ns = std::max<std::uint64_t>(record.head.time_ns, 1);
}

void TaskSpans::add_cut(TaskId task, std::uint64_t now_ns) {
  Thread& thread = threads_[task];
  if (!thread.known || now_ns <= thread.since_ns) return;
  put_until(task, now_ns);
  if (std::exchange(thread.woken_ns, 0) != 0) thread.time = TaskTime::kWaiting;
  thread.since_ns = now_ns;
}

TaskSpans::Ended TaskSpans::cut(TaskId task, std::uint64_t now_ns) {
  ended_.clear();
  if (task < threads_.size()) add_cut(task, now_ns);
  return ended_;
}

TaskSpans::Ended TaskSpans::cut_all(std::uint64_t now_ns) {
  ended_.clear();
  for (TaskId task = 0; task < threads_.size(); task++) add_cut(task, now_ns);
  return ended_;
}

TaskSpans::Ended TaskSpans::forget_all(std::uint64_t now_ns) {
  cut_all(now_ns);
  for (Thread& thread : threads_) {
    thread.known = false;
    thread.run_delay_ns.reset();
  }
  return ended_;
}

}  // namespace hoodtrace
