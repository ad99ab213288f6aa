// SPDX-License-Identifier: GPL-2.0-or-later
#include "model/sched/task.hpp"

#include <algorithm>

namespace hoodtrace {
namespace {

TaskSched::Counters read_counters(const ht_task& counters) {
  return {true,
          (counters.flags & HT_TASK_EXACT) != 0,
          counters.run_delay_ns,
          static_cast<std::uint32_t>(counters.nvcsw),
          static_cast<std::uint32_t>(counters.nivcsw),
          counters.exec_runtime_ns};
}

}  // namespace

TaskSched::State TaskSched::state_of(TaskState state, bool iowait) {
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

void TaskSched::set_base(const ht_task& counters) {
  base = read_counters(counters);
  end = {};
  stats = {};
  span_ns = counters.head.time_ns;
  audit_wait_ns = carried_wait_ns = 0;
  audit_involuntary = carried_involuntary = 0;
  on_cpu.begin_span(counters.exec_runtime_ns, counters.head.time_ns,
                    (counters.flags & HT_TASK_ON_CPU) != 0);
  // A switch whose record is older than the snapshot, but which the kernel accounted after it.
  if (accounted_known && accounted_ns > counters.run_delay_ns &&
      last_run_delay_ns >= counters.run_delay_ns && last_wait_ns > 0) {
    stats.wait_ns = stats.wait_outside_ns = audit_wait_ns = last_wait_ns;
    stats.wait_count = stats.runs = 1;
    stats.wait_max_ns = last_wait_ns;
    stats.wait_woken_ns = last_wait_ns;
    stats.waits.add(last_wait_ns);
    stats.behind.add(WhoTable::kUnknown, last_wait_ns);
  } else {
    accounted_known = base.exact;
    accounted_ns = counters.run_delay_ns;
  }
  if (counters_known && !at_or_before(nivcsw, base.nivcsw) && last_involuntary) {
    stats.involuntary_switches = audit_involuntary = 1;
  } else {
    counters_known = true;
    nvcsw = base.nvcsw;
    nivcsw = base.nivcsw;
  }
}

void TaskSched::set_end(const ht_task& counters, bool exact, bool runtimes, bool culprits) {
  end = read_counters(counters);
  sched_class = {counters.policy, counters.prio, counters.nice};
  if (runtimes) {
    const bool running = state == State::kRunning && (counters.flags & HT_TASK_ON_CPU) != 0;
    seen_off_cpu = state == State::kRunning && !running;
    stats.on_cpu_ns += on_cpu.end_span(counters.exec_runtime_ns, running, counters.head.time_ns);
  }
  // What came after the counters read before came before these.
  audit_wait_ns += std::exchange(carried_wait_ns, 0);
  audit_involuntary += std::exchange(carried_involuntary, 0);
  if (exact) take_accounted(counters, culprits);
  // Counted here, but not yet in these counters.
  if (end.exact && last_wait_ns > 0 && last_run_delay_ns >= counters.run_delay_ns) {
    carried_wait_ns = std::min(audit_wait_ns, last_wait_ns);
    audit_wait_ns -= carried_wait_ns;
  }
  if (last_involuntary && counters_known && !at_or_before(nivcsw, end.nivcsw) &&
      audit_involuntary > 0) {
    carried_involuntary = 1;
    audit_involuntary--;
  }
}

// Waits in run_delay that no switch has recorded: the part on CPUs that a queued task was moved
// away from (its switch-in will have only the rest), or a switch-in that the kernel did not report.
void TaskSched::take_accounted(const ht_task& counters, bool culprits) {
  if (!accounted_known || counters.run_delay_ns <= accounted_ns) return;
  const std::uint64_t ns = counters.run_delay_ns - accounted_ns;
  accounted_ns = counters.run_delay_ns;
  audit_wait_ns += ns;
  stats.wait_ns += ns;
  (preempted ? stats.wait_preempted_ns : stats.wait_woken_ns) += ns;
  const bool waits_on = state == State::kQueued;
  if (culprits) stats.behind.add(waits_on ? WhoTable::kElsewhere : WhoTable::kUnknown, ns);
  if (waits_on) {
    stats.wait_outside_ns += ns;  // wait_open_ns has it
    return;
  }
  stats.wait_count++;
  stats.wait_max_ns = std::max(stats.wait_max_ns, ns);
  stats.waits.add(ns);
}

void TaskSched::add_to(SchedAudit& audit) const {
  if (!base.known || !end.known) {
    if (stats.runs > 0) audit.without_counters++;
    return;
  }
  audit.tasks++;
  audit.run_delay_known = audit.run_delay_known && base.exact && end.exact;
  audit.wait_ns += audit_wait_ns;
  if (end.run_delay_ns > base.run_delay_ns)
    audit.kernel_run_delay_ns += end.run_delay_ns - base.run_delay_ns;
  audit.on_cpu_ns += on_cpu.counted_ns();
  audit.reported_on_cpu_ns += stats.on_cpu_ns + stats.dispatch_ns;
  audit.unreported_on_cpu_ns += on_cpu.unreported_ns();
  if (end.exec_runtime_ns > base.exec_runtime_ns)
    audit.kernel_exec_runtime_ns +=
        end.exec_runtime_ns - base.exec_runtime_ns - on_cpu.before_span_ns();
  audit.involuntary_switches += audit_involuntary;
  audit.kernel_involuntary_switches += end.nivcsw - base.nivcsw;
}

void TaskSched::begin_interval() {
  stats = {};
  on_cpu.begin_interval();
  audit_wait_ns = std::exchange(carried_wait_ns, 0);
  audit_involuntary = std::exchange(carried_involuntary, 0);
  base = end;
  end = {};
  last_involuntary = false;
  last_wait_ns = 0;
}

}  // namespace hoodtrace
