// SPDX-License-Identifier: GPL-2.0-or-later
// SchedTracker: a task leaves its CPU.

#include <algorithm>

#include "event/switch_counters.hpp"
#include "event/task_state.hpp"
#include "model/sched/tracker.hpp"

namespace hoodtrace {

void SchedTracker::leave_cpu(Shard& shard, const ht_switch& record, std::uint64_t clock_age_ns,
                             TaskSched& task) {
  const std::uint64_t now_ns = record.head.time_ns;
  forget_across_gap(task);
  const bool came = task.state == State::kRunning;
  if (!came && task.state != State::kUnknown) {
    // It left without having come. Since when it ran is not always known, but that it did is.
    task.stats.runs++;
    on_cpu(shard, record.head.cpu, task).runs++;
    if (task.state == State::kQueued && record.flags & HT_SWITCH_PREV_RAN)
      count_unreported_wait(shard, record, task);
  }

  std::uint64_t ended_ns = now_ns - std::min(now_ns, clock_age_ns);
  if (came) ended_ns = std::max(ended_ns, std::min(task.since_ns, now_ns));
  if (task.span_ns == 0) task.span_ns = ended_ns;
  const TaskState left_as = prev_state(record);
  const bool runnable = left_as == TaskState::kRunnable;
  const bool shown = count_switch_out(record, task, runnable) && came;
  const std::uint64_t ran_ns = task.on_cpu.leave(
      record.prev_exec_ns, came ? elapsed(shard, task.since_ns, ended_ns) : 0, shown, now_ns);
  task.stats.on_cpu_ns += ran_ns;
  on_cpu(shard, record.head.cpu, task).on_cpu_ns += ran_ns;

  task.since_ns = task.left_cpu_ns = ended_ns;
  task.moved_ns = 0;
  task.left_unreported = task.seen_off_cpu = false;
  task.follows_unreported = !shown;
  task.cpu = record.head.cpu;
  task.last_state = left_as;
  task.state = TaskSched::state_of(left_as, (record.flags & HT_SWITCH_PREV_IOWAIT) != 0);
  // wait_for_vfork_done(), kernel/fork.c: the first sleep after the child's birth.
  task.waits_vfork = task.has_vforked && task.state == State::kUninterruptible;
  if (!runnable) task.has_vforked = false;
  task.waits_mmap_lock = task.wants_mmap_lock && task.state == State::kUninterruptible;
  if (task.state == State::kDead) end_window(task, ended_ns);
  if (runnable) {
    task.preempted = true;
    task.throttle = record.flags & HT_SWITCH_PREV_OWN_DEADLINE ? TaskSched::Throttle::kOwnDeadline
                    : record.flags & HT_SWITCH_PREV_THROTTLED  ? TaskSched::Throttle::kQuota
                                                               : TaskSched::Throttle::kNo;
  }
}

// By the growth of the task's own counters, so that a switch that was not shown is counted too;
// false when there was one since the task last left.
bool SchedTracker::count_switch_out(const ht_switch& record, TaskSched& task, bool runnable) {
  // Switches that the snapshot at the start of the span holds already are not of the span.
  const bool in_span = !task.base.known || !at_or_before(record.prev_nvcsw, task.base.nvcsw) ||
                       !at_or_before(record.prev_nivcsw, task.base.nivcsw);
  std::uint32_t voluntary = runnable ? 0 : 1;
  std::uint32_t involuntary = runnable ? 1 : 0;
  bool shown = !task.left_unreported;
  if (task.counters_known && in_span) {
    const auto later = [](std::uint32_t a, std::uint32_t b) { return at_or_before(a, b) ? b : a; };
    std::uint32_t nvcsw = task.nvcsw;
    std::uint32_t nivcsw = task.nivcsw;
    if (task.base.known) {
      nvcsw = later(nvcsw, task.base.nvcsw);
      nivcsw = later(nivcsw, task.base.nivcsw);
    }
    const std::uint32_t gave_up = record.prev_nvcsw - nvcsw;
    const std::uint32_t lost = record.prev_nivcsw - nivcsw;
    if (gave_up < kMostSwitches && lost < kMostSwitches && gave_up + lost > 0) {
      // A task that wanted to sleep and had a signal pending stays runnable, yet the kernel counts
      // a voluntary switch (__schedule, kernel/sched/core.c).
      voluntary = gave_up;
      involuntary = lost;
      // Both ends of a run that nothing has shown; one end may be known already.
      const std::uint32_t unreported = gave_up + lost - 1;
      if (unreported > (task.left_unreported ? 1U : 0U)) {
        const std::uint32_t runs = unreported - (task.left_unreported ? 1 : 0);
        shown = false;
        task.stats.runs += runs;
      }
    }
  }
  if (in_span) {
    task.stats.voluntary_switches += voluntary;
    task.stats.involuntary_switches += involuntary;
    std::uint32_t after_end = 0;
    if (task.end.known && !at_or_before(record.prev_nivcsw, task.end.nivcsw))
      after_end = std::min(involuntary, record.prev_nivcsw - task.end.nivcsw);
    task.carried_involuntary += after_end;
    task.audit_involuntary += involuntary - after_end;
  }
  task.last_involuntary = in_span && involuntary > 0;
  task.counters_known = true;
  task.nvcsw = record.prev_nvcsw;
  task.nivcsw = record.prev_nivcsw;
  return shown;
}

}  // namespace hoodtrace
