// SPDX-License-Identifier: GPL-2.0-or-later
#include "model/times/task_spans.hpp"

#include <algorithm>
#include <utility>

#include "event/switch_counters.hpp"
#include "model/times/bounded.hpp"

namespace hoodtrace {

TaskSpans::Thread& TaskSpans::of(TaskId task) {
  if (threads_.size() <= task) threads_.resize(std::max<std::size_t>(task + 1, task * 3 / 2));
  return threads_[task];
}

void TaskSpans::put(TaskId task, TaskTime time, std::uint64_t from_ns, std::uint64_t to_ns,
                    std::optional<std::uint64_t> run_delay_ns, std::uint64_t dispatch_ns) {
  Thread& thread = threads_[task];
  const Owner owner = thread.owner;
  if (time == TaskTime::kRunning && to_ns > from_ns)
    thread.ran_ns = bounded_ns(thread.ran_ns + bounded_ns(to_ns - from_ns));
  if (owner == kNobody || (to_ns <= from_ns && run_delay_ns.value_or(0) + dispatch_ns == 0)) return;
  TaskSpan& span = ended_.emplace_back();
  span = {owner, task, time, from_ns, std::max(from_ns, to_ns), run_delay_ns, dispatch_ns};
  if (!run_delay_ns) return;
  span.follows_unshown = std::exchange(thread.follows_unshown, false);
  if (span.follows_unshown) return;
  // See add_span(): the rest is of the run beside the wait.
  const std::int64_t rest_ns = bounded_ns(span.to_ns - span.from_ns) - bounded_ns(span.waited_ns());
  thread.ran_ns = bounded_ns(thread.ran_ns + rest_ns);
}

void TaskSpans::put_unshown(TaskId task, std::uint64_t now_ns, std::int64_t unshown_ns,
                            TaskTime instead) {
  const Thread& thread = threads_[task];
  if (unshown_ns == 0 || thread.owner == kNobody) return;
  TaskSpan& span = ended_.emplace_back();
  span.owner = thread.owner;
  span.task = task;
  span.time = TaskTime::kRunning;
  span.from_ns = span.to_ns = now_ns;
  span.unshown_ns = unshown_ns;
  span.instead = instead;
}

bool TaskSpans::is_shown(Thread& thread, const ht_switch& record) {
  const std::uint32_t switches =
      record.prev_nvcsw - thread.nvcsw + record.prev_nivcsw - thread.nivcsw;
  const bool is_one = !thread.counters_known || switches <= 1 || switches >= kMostSwitches;
  thread.counters_known = true;
  thread.nvcsw = record.prev_nvcsw;
  thread.nivcsw = record.prev_nivcsw;
  return is_one && !std::exchange(thread.left_unshown, false);
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

void TaskSpans::begin_counters(Thread& thread, const ht_task& record) {
  thread.count.begin_span(record.exec_runtime_ns, record.head.time_ns);
  thread.counters_known = true;
  thread.nvcsw = static_cast<std::uint32_t>(record.nvcsw);
  thread.nivcsw = static_cast<std::uint32_t>(record.nivcsw);
}

void TaskSpans::see(TaskId task, const ht_task& record, Owner owner) {
  if (task == kNoTask || of(task).known) return;  // the switches know better
  const TaskState state = task_state(record.state);
  if (is_gone(state) && !(record.flags & HT_TASK_ON_CPU)) return;  // its time is over
  Thread& thread = threads_[task];
  thread.owner = owner;
  TaskTime time = time_of(state, (record.flags & HT_TASK_IOWAIT) != 0);
  if (record.flags & HT_TASK_QUEUED) time = TaskTime::kWaiting;
  if (record.flags & HT_TASK_ON_CPU) time = TaskTime::kRunning;
  change(task, time, record.head.time_ns);
  if (record.flags & HT_TASK_EXACT) thread.run_delay_ns = record.run_delay_ns;
  begin_counters(thread, record);
}

void TaskSpans::bear(TaskId task, const ht_task& record, Owner owner) {
  if (task == kNoTask) return;
  Thread& thread = of(task);
  thread = {};
  thread.owner = owner;
  change(task, TaskTime::kOther, record.head.time_ns);
  if (record.flags & HT_TASK_EXACT) thread.run_delay_ns = record.run_delay_ns;
  begin_counters(thread, record);
}

// What the spans have where no switch shows that it ran.
TaskTime TaskSpans::place_of_unshown(const Thread& thread) {
  if (thread.has_gap || !thread.known) return TaskTime::kOther;
  return thread.woken_ns != 0 || thread.time == TaskTime::kWaiting ? TaskTime::kWaiting
                                                                   : TaskTime::kSleeping;
}

TaskSpans::Ended TaskSpans::leave(TaskId prev, const ht_switch& record, Owner owner,
                                  std::uint64_t clock_age_ns) {
  ended_.clear();
  if (prev == kNoTask) return ended_;
  const std::uint64_t now_ns = record.head.time_ns;
  Thread& thread = of(prev);
  if (thread.owner == kNobody) thread.owner = owner;
  const TaskState state = prev_state(record);
  const bool was_running = thread.known && thread.time == TaskTime::kRunning;
  const bool shown = is_shown(thread, record) && was_running;
  const TaskTime instead = place_of_unshown(thread);
  const std::uint64_t began_ns = thread.woken_ns != 0 ? thread.woken_ns : thread.since_ns;
  std::uint64_t ended_ns = now_ns - std::min(now_ns, clock_age_ns);
  if (thread.known) ended_ns = std::max(ended_ns, std::min(began_ns, now_ns));
  change(prev, time_of(state, (record.flags & HT_SWITCH_PREV_IOWAIT) != 0), ended_ns);
  has_runtimes_ = has_runtimes_ || record.prev_exec_ns != 0;
  const std::int64_t ran_ns = std::exchange(thread.ran_ns, 0);
  const std::uint64_t by_clock_ns = ran_ns > 0 ? static_cast<std::uint64_t>(ran_ns) : 0;
  const std::uint64_t counted_ns =
      thread.count.leave(record.prev_exec_ns, by_clock_ns, shown, now_ns);
  if (shown) {
    // What read() has added before this record came.
    put_unshown(prev, now_ns, bounded_ns(counted_ns) - bounded_ns(by_clock_ns), instead);
  } else if (record.prev_exec_ns != 0) {
    const std::int64_t unshown_ns = bounded_ns(counted_ns) - ran_ns;
    put_unshown(prev, now_ns, unshown_ns, instead);
    thread.follows_unshown = instead != TaskTime::kOther;
    // What is left of the wait in which it came is in its run_delay.
    const std::uint64_t waited_ns = now_ns - std::min(began_ns, now_ns);
    if (instead == TaskTime::kWaiting && thread.run_delay_ns)
      *thread.run_delay_ns += waited_ns - std::min(waited_ns, counted_ns);
  }
  thread.has_gap = false;
  if (is_gone(state)) thread.known = false;
  return ended_;
}

std::optional<std::uint64_t> TaskSpans::wait_of(const Thread& thread, const ht_switch& record) {
  if (!(record.flags & HT_SWITCH_EXACT))
    return record.wait_ns == HT_UNKNOWN_NS ? std::nullopt : std::optional(record.wait_ns);
  if (record.wait_ns == HT_UNKNOWN_NS) return 0;  // with the sleep before it (SleptWaits)
  // A queued task that is moved has its wait so far accounted at the dequeue (docs/kernel-notes.md,
  // note 12).
  const std::uint64_t total_ns = record.run_delay_ns + record.wait_ns;
  if (thread.run_delay_ns && total_ns >= *thread.run_delay_ns)
    return total_ns - *thread.run_delay_ns;
  return record.wait_ns;
}

TaskSpans::Ended TaskSpans::come(TaskId next, const ht_switch& record, Owner owner,
                                 std::uint64_t clock_age_ns) {
  ended_.clear();
  if (next == kNoTask) return ended_;
  const std::uint64_t now_ns = record.head.time_ns;
  Thread& thread = of(next);
  if (thread.owner != owner && thread.owner != kNobody && owner != kNobody)
    thread = {};  // its birth was lost
  if (thread.owner == kNobody) thread.owner = owner;
  const std::optional<std::uint64_t> wait_ns = wait_of(thread, record);
  const bool is_measured = record.wait_ns != HT_UNKNOWN_NS;
  if (record.flags & HT_SWITCH_EXACT)
    thread.run_delay_ns = record.run_delay_ns + (is_measured ? record.wait_ns : 0);
  if (thread.known && thread.time == TaskTime::kRunning) thread.left_unshown = true;
  const std::uint64_t dispatch_ns =
      record.flags & HT_SWITCH_EXACT && is_measured ? clock_age_ns : 0;
  // What run_delay has more after a run that was not shown was the wait for that run.
  const std::uint64_t queued_ns =
      is_measured && thread.follows_unshown ? record.wait_ns : wait_ns.value_or(0);
  std::uint64_t from_ns = now_ns - std::min(now_ns, queued_ns + dispatch_ns);
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
  put(next, TaskTime::kWaiting, from_ns, now_ns, wait_ns, dispatch_ns);
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

TaskSpans::Ended TaskSpans::read(TaskId task, const ht_task& counters) {
  ended_.clear();
  if (task >= threads_.size()) return ended_;
  add_cut(task, counters.head.time_ns);
  Thread& thread = threads_[task];
  const bool is_running = thread.known && thread.time == TaskTime::kRunning;
  const bool on_cpu = (counters.flags & HT_TASK_ON_CPU) != 0;
  // Its last switch-out was not shown, or comes next: then the run is known.
  if (!has_runtimes_ || (is_running && !on_cpu)) return ended_;
  const std::uint64_t unshown_ns =
      thread.count.end_span(counters.exec_runtime_ns, is_running, counters.head.time_ns);
  put_unshown(task, counters.head.time_ns, bounded_ns(unshown_ns), place_of_unshown(thread));
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
    thread.left_unshown = thread.has_gap = true;
    thread.follows_unshown = false;
  }
  return ended_;
}

}  // namespace hoodtrace
