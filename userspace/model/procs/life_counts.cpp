// SPDX-License-Identifier: GPL-2.0-or-later
// The times and the faults of a life: from what the kernel counts per thread, and from the switches.

#include <algorithm>
#include <utility>

#include "model/faults/kind.hpp"
#include "model/procs/phases.hpp"
#include "model/procs/tracker.hpp"
#include "model/times/bounded.hpp"

namespace hoodtrace {
namespace {

// Of all its phases.
std::uint64_t on_cpu_of(const ProcessLife& life) {
  std::uint64_t sum_ns = 0;
  for (const PhaseTimes& phase : life.phases) sum_ns += phase.on_cpu_ns;
  return sum_ns;
}

}  // namespace

void LifecycleTracker::add_growth(const std::optional<ThreadCounters::Growth>& growth,
                                  const ht_header& head, bool exact) {
  if (!growth) return;
  ProcessLife* known = table_.find(growth->life);
  if (known == nullptr) return;
  ProcessLife& life = *known;
  life.on_cpu_ns += growth->on_cpu_ns;
  if (growth->exit_work_ns) {
    life.exit_work_ns += *growth->exit_work_ns;
    life.exit_work_known = true;
  }
  life.wait_ns += growth->wait_ns;
  life.min_flt += growth->min_flt;
  life.maj_flt += growth->maj_flt;
  PhaseTimes& phase = life.phases[static_cast<std::size_t>(phase_at(life, head.time_ns))];
  phase.min_flt += growth->min_flt;
  phase.maj_flt += growth->maj_flt;
  if (!exact) life.waits_known = false;
  if (growth->is_first && life.unread_threads > 0) life.unread_threads--;
  if (ThreadLife* thread = life.thread(growth->tid); thread != nullptr) {
    thread->on_cpu_ns = thread->on_cpu_ns.value_or(0) + growth->on_cpu_ns -
                        std::min(thread->on_cpu_ns.value_or(0) + growth->on_cpu_ns,
                                 growth->exit_work_ns.value_or(0));
    if (exact) thread->wait_ns = thread->wait_ns.value_or(0) + growth->wait_ns;
  }
}

LifecycleTracker::FromSwitches LifecycleTracker::take_from_switches(TaskId task) {
  if (task >= from_switches_.size()) return {};
  FromSwitches& kept = from_switches_[task];
  FromSwitches taken = std::exchange(kept, {});
  if (taken.on_cpu_ns < 0) kept.on_cpu_ns = std::exchange(taken.on_cpu_ns, 0);
  return taken;
}

// With switches, dispatch time is a part of the wait and not of the time on CPU, as in the phases.
void LifecycleTracker::add_counters(std::optional<ThreadCounters::Growth> growth,
                                    const ht_task& task) {
  if (!growth) return;
  const FromSwitches taken = take_from_switches(tasks_.find(task.head.tid));
  if (threads_.has_runtimes()) growth->on_cpu_ns = static_cast<std::uint64_t>(taken.on_cpu_ns);
  growth->wait_ns += taken.dispatch_ns;
  add_growth(growth, task.head, (task.flags & HT_TASK_EXACT) != 0);
}

void LifecycleTracker::on(const ht_task_books& counters) {
  add_spans(threads_.read(tasks_.find(counters), counters.task));
  add_counters(counters_.read(counters.task), counters.task);
  confirm(counters.task);
}

void LifecycleTracker::on(const ht_task_end& end) {
  const TaskId task = tasks_.find(end.task.head.tid);
  if (task != kNoTask && tasks_[task].start_boottime_ns == end.task.start_boottime_ns)
    add_spans(threads_.read(task, end.task));
  add_counters(counters_.close(end.task), end.task);
  if (ProcessLife* dead = table_.last_ended(end.task.pid);
      dead != nullptr && dead->last_tid == end.task.head.tid)
    reaping_.settle(*dead);
}

// The kernel's list of tasks has it: what was lost, it is there.
void LifecycleTracker::confirm(const ht_task& task) {
  if (task.head.tid != task.pid) return;
  if (ProcessLife* life = table_.current(task.pid);
      life != nullptr && life->start_boottime_ns == task.start_boottime_ns)
    life->is_doubtful = false;
  if (ProcessLife* dead = table_.ended(task.pid, task.start_boottime_ns); dead != nullptr)
    reaping_.confirm_zombie(*dead);
}

LifecycleTracker::Times LifecycleTracker::times_of(const ProcessLife& life) {
  if (life.unread_threads > 0) return {};
  Times times;
  times.on_cpu_ns = life.on_cpu_ns - std::min(life.on_cpu_ns, life.exit_work_ns);
  if (life.exit_work_known && life.exit_ns) times.exit_work_ns = life.exit_work_ns;
  times.min_flt = life.min_flt;
  times.maj_flt = life.maj_flt;
  if (life.waits_known) times.wait_ns = life.wait_ns;
  return times;
}

void LifecycleTracker::add_spans(TaskSpans::Ended spans) {
  for (const TaskSpan& span : spans) {
    ProcessLife* life = table_.find(span.owner);
    if (life == nullptr) continue;
    const std::uint64_t before_ns = on_cpu_of(*life);
    add_span(*life, span);
    if (from_switches_.size() <= span.task) from_switches_.resize(span.task + std::size_t{64});
    FromSwitches& kept = from_switches_[span.task];
    const auto more_ns = static_cast<std::int64_t>(on_cpu_of(*life) - before_ns);
    kept.on_cpu_ns = bounded_ns(kept.on_cpu_ns + bounded_ns(more_ns));
    kept.dispatch_ns += span.dispatch_ns;
  }
}

void LifecycleTracker::on(const ht_switch& record) {
  has_switches_ = true;
  if (record.flags & HT_SWITCH_PREV_TRACED)
    add_spans(threads_.leave(tasks_.find(record.prev_tid), record, TaskSpans::kNobody,
                             tasks_.clock_age_ns()));
  if (record.head.tid == 0 || !(record.flags & HT_SWITCH_NEXT_TRACED)) return;
  // One that has exited may still lose its CPU and come back: its time has an owner already.
  const ProcessLife* life = table_.current(record.next_pid);
  add_spans(threads_.come(tasks_.find(record.head.tid), record,
                          life == nullptr ? TaskSpans::kNobody : life->id, tasks_.clock_age_ns()));
}

void LifecycleTracker::on(const ht_fault& fault) {
  has_faults_ = true;
  const FaultKind kind = outcome_of(fault);
  if (kind != FaultKind::kCowCopy && kind != FaultKind::kFileCow) return;
  const TaskId task = tasks_.find(fault.head.tid);
  ProcessLife* life = task == kNoTask ? nullptr : table_.current(tasks_[task].pid);
  if (life == nullptr) return;
  life->phases[static_cast<std::size_t>(phase_at(*life, fault.head.time_ns))].cow_copies++;
}

}  // namespace hoodtrace
