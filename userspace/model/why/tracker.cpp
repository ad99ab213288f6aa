// SPDX-License-Identifier: GPL-2.0-or-later
#include "model/why/tracker.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <iterator>
#include <string_view>

#include "event/session_words.hpp"

namespace hoodtrace {
namespace {

const WhySums kNothing;

}  // namespace

WhyTracker::Thread& WhyTracker::of(TaskId task) {
  if (threads_.size() <= task) threads_.resize(std::max<std::size_t>(task + 1, task * 3 / 2));
  return threads_[task];
}

const WhySums& WhyTracker::sums(TaskId task) const {
  return task < threads_.size() ? threads_[task].sums : kNothing;
}

void WhyTracker::on(const ht_session& session) {
  sched_.on(session);
  for (const auto& [key, value] : session_words(session))
    if (key == "machine") sleep_causes_.set_native(call_table(value, false));
}

void WhyTracker::on(const ht_task_seen& seen) {
  sched_.on(seen);
  const TaskId id = tasks_.find(seen.task.head.tid);
  if (id == kNoTask || !is_followed(seen.task.flags, HT_TASK_TRACED)) return;
  Thread& thread = of(id);
  spans_.see(id, seen.task, id);
  if (thread.ran_from_ns == 0 && seen.task.flags & HT_TASK_ON_CPU)
    thread.ran_from_ns = seen.task.head.time_ns;
}

void WhyTracker::on(const ht_task_new& born) {
  sched_.on(born);
  const TaskId id = tasks_.find(born.task.head.tid);
  if (id == kNoTask || !is_followed(born.task.flags, HT_TASK_TRACED)) return;
  of(id) = {};
  spans_.bear(id, born.task, id);
}

// A command of ours waits until tracing is in place: its time begins when it becomes the command.
void WhyTracker::on(const ht_task_exec& exec) {
  sched_.on(exec);
  const TaskId id = tasks_.find(exec.head.tid);
  if (id == kNoTask || !tasks_.is_command(id)) return;
  Thread& thread = of(id);
  if (std::exchange(thread.has_executed, true) || !tasks_.may_begin_command(id, exec)) return;
  add(spans_.cut(id, exec.head.time_ns), End::kCut);
  thread.executed_ns = exec.head.time_ns;
  thread.sums.clear();
  thread.last_lengths.clear();
  thread.unshown.clear();
  thread.timed_out.clear();
}

void WhyTracker::on(const ht_stop& stop) { stoppers_[stop.pid] = stop.sender_tid; }

void WhyTracker::on(const ht_task_end& end) {
  sched_.on(end);
  const TaskId id = tasks_.find(end.task.head.tid);
  if (id == kNoTask || tasks_[id].start_boottime_ns != end.task.start_boottime_ns) return;
  add(spans_.cut(id, end.task.head.time_ns), End::kChange);
  spans_.end(id);
  Thread& thread = of(id);
  count_timed_out(id, thread, nullptr);
  thread.ran_from_ns = 0;
}

void WhyTracker::on(const ht_task_books& counters) {
  sched_.on(counters);
  const TaskId id = tasks_.find(counters);
  if (id != kNoTask) add(spans_.read(id, counters.task), End::kCut);
}

void WhyTracker::on(const ht_sleep& sleep) {
  const TaskId id = tasks_.find(sleep.head.tid);
  if (id == kNoTask) return;
  Thread& thread = of(id);
  if (sleep.flags & HT_SLEEP_SCANNED && (thread.sleep || thread.ran_from_ns != 0)) return;
  // It ran in between, and no switch shows that it came: the sleep before had a cause of its own.
  if (thread.sleep && thread.ran_from_ns == 0)
    add(spans_.cut(id, sleep.head.time_ns), End::kChange);
  thread.sleep = sleep;
  // After a stop the kernel goes on in restart_syscall: it is the same call.
  if (sleep_causes_.kind_of(sleep).restart && thread.called) {
    thread.sleep->call = thread.called->call;
    std::copy(std::begin(thread.called->args), std::end(thread.called->args),
              std::begin(thread.sleep->args));
    thread.sleep->object = thread.called->object;
    thread.sleep->value = thread.called->value;
  } else if (sleep.call >= 0) {
    thread.called = sleep;
  }
  thread.waking.reset();
  thread.ready_object = 0;
  thread.is_counted = false;
}

void WhyTracker::on(const ht_ready& ready) {
  const TaskId id = tasks_.find(ready.head.tid);
  if (id != kNoTask) of(id).ready_object = ready.object;
}

void WhyTracker::on(const ht_sleep_stack& stack) {
  const TaskId id = tasks_.find(stack.head.tid);
  if (id != kNoTask && options_.threshold_ns != 0) of(id).stack = read_sleep_stack(stack);
}

void WhyTracker::on(const ht_waking& waking) {
  sched_.on(waking);
  const TaskId id = tasks_.find(waking.head.tid);
  if (id == kNoTask) return;
  Thread& thread = of(id);
  // One that runs is not asleep yet, or not any more.
  if (thread.ran_from_ns == 0 && !thread.waking) thread.waking = waking;
}

// A piece that began before an interval counts as a whole in the one in which it ends. It is at most the
// time between two readings.
void WhyTracker::on(const ht_cycles& cycles) {
  const TaskId id = tasks_.find(cycles.head.tid);
  if (id == kNoTask || !tasks_[id].traced) return;
  // The one with our command's exec has hoodtrace's own work as well.
  if (cycles.head.time_ns - cycles.ran_ns < of(id).executed_ns) return;
  of(id).sums.add(CpuCycles{cycles.user, cycles.kernel, cycles.ran_ns});
}

void WhyTracker::on(const ht_wakeup& wakeup) {
  sched_.on(wakeup);
  spans_.wake(tasks_.find(wakeup.head.tid), wakeup);
}

void WhyTracker::on(const ht_lost& lost) {
  disk_waits_.on(lost);
  sched_.on(lost);
  if (!may_miss(lost, HT_SWITCH)) return;
  add(spans_.forget_all(lost.head.time_ns), End::kCut);
  for (Thread& thread : threads_) {
    thread.sleep.reset();
    thread.waking.reset();
    thread.ran_from_ns = 0;
    thread.last_lengths.clear();
    thread.unshown.clear();
  }
}

void WhyTracker::on(const ht_switch& record) {
  sched_.on(record);
  waits_ = sched_.take_long_waits();
  const std::uint64_t now_ns = record.head.time_ns;
  if (record.prev_tid != 0 && is_followed(record.flags, HT_SWITCH_PREV_TRACED)) {
    if (const TaskId prev = tasks_.find(record.prev_tid); prev != kNoTask) {
      Thread& thread = of(prev);
      count_stolen(thread, record, tasks_.clock_age_ns());
      thread.unshown.clear();
      add(spans_.leave(prev, record, prev, tasks_.clock_age_ns()), End::kChange);
      thread.last_lengths.clear();
      thread.left_ns = now_ns - std::min(now_ns, tasks_.clock_age_ns());
      thread.ran_from_ns = 0;
      // The record of the sleep that begins now came just before.
      if (thread.sleep && thread.sleep->head.time_ns != now_ns) thread.sleep.reset();
      thread.waking.reset();
    }
  }
  if (record.head.tid != 0 && is_followed(record.flags, HT_SWITCH_NEXT_TRACED)) {
    if (const TaskId next = tasks_.find(record.head.tid); next != kNoTask) {
      add(spans_.come(next, record, next, tasks_.clock_age_ns()), End::kChange);
      Thread& thread = of(next);
      thread.sleep.reset();
      thread.waking.reset();
      thread.ready_object = 0;
      thread.stack.reset();
      thread.is_counted = false;
      thread.ran_from_ns = now_ns;
      thread.ran_dispatch_ns = tasks_.clock_age_ns();
    }
  }
  waits_.clear();
}

// The kernel counts a run from the clock of the switch before, and without what the hypervisor took
// (steal_account_process_time) and, with CONFIG_IRQ_TIME_ACCOUNTING, interrupts.
void WhyTracker::count_stolen(Thread& thread, const ht_switch& record, std::uint64_t clock_age_ns) {
  // Below that it may be the search for another task before the CPU goes idle (newidle_balance()).
  constexpr std::int32_t kLeastNs = 50'000;
  const std::uint64_t now_ns = record.head.time_ns;
  if (record.prev_exec_ns == 0) return;
  if (thread.exec_ns && thread.ran_from_ns != 0) {
    const std::uint64_t ran_ns =
        now_ns - std::min(now_ns, clock_age_ns + thread.ran_from_ns) + thread.ran_dispatch_ns;
    // Both wrap: right as long as less than two seconds were stolen from one run.
    const auto more_ns = static_cast<std::int32_t>(static_cast<std::uint32_t>(ran_ns) -
                                                   (record.prev_exec_ns - *thread.exec_ns));
    if (more_ns >= kLeastNs) thread.stolen_ns += static_cast<std::uint64_t>(more_ns);
  }
  thread.exec_ns = record.prev_exec_ns;
}

// ---- reports ----

void WhyTracker::settle(std::uint64_t now_ns) {
  sched_.settle(now_ns);
  for (TaskId task = 0; task < threads_.size(); task++)
    count_timed_out(task, threads_[task], nullptr);
  add(spans_.cut_all(now_ns), End::kCut);
  for (Thread& thread : threads_) {
    add_age(thread, now_ns);
    if (thread.stolen_ns == 0) continue;
    const std::uint64_t stolen_ns = std::min(thread.sums[on_cpu_].ns, thread.stolen_ns);
    thread.sums[on_cpu_].ns -= stolen_ns;
    thread.sums[causes_.at({.part = WhyPart::kStolen})].ns += stolen_ns;
    thread.stolen_ns = 0;
  }
}

// Of a sleep that goes on; its time is in the sums.
void WhyTracker::add_age(Thread& thread, std::uint64_t now_ns) {
  if (!thread.is_counted || !thread.sleep || thread.ran_from_ns != 0) return;
  const std::uint64_t age_ns = now_ns - std::min<std::uint64_t>(now_ns, thread.sleep->head.time_ns);
  WhySum& sum = thread.sums[thread.last];
  sum.ongoing_ns = std::max(sum.ongoing_ns, age_ns);
  sum.add_length(age_ns);
}

void WhyTracker::begin_interval(std::uint64_t now_ns) {
  disk_waits_.begin_interval();
  sched_.begin_interval(now_ns);
  for (Thread& thread : threads_) {
    thread.sums.clear();
    thread.last_lengths.clear();
    thread.unshown.clear();
    thread.is_counted = false;
    thread.stolen_ns = 0;
  }
  folded_.clear();
  folded_count_ = 0;
}

void WhyTracker::fold(TaskId task) {
  disk_waits_.fold(task);
  sched_.fold(task);
  spans_.end(task);
  if (task >= threads_.size()) return;
  count_timed_out(task, threads_[task], nullptr);
  if (tasks_[task].traced && !threads_[task].sums.by_cause().empty()) {
    folded_.merge(threads_[task].sums);
    folded_count_++;
  }
  threads_[task] = {};
}

std::string WhyTracker::object_text(const WhyCause& cause) const {
  switch (cause.object_kind) {
    case WhyObjectKind::kFile:
      return objects_.describe(cause.object);
    case WhyObjectKind::kAddress:
      return fmt::format("{:#x}", cause.object);
    case WhyObjectKind::kFunction:
      return std::string(places_.function(cause.object));
    case WhyObjectKind::kProcess:
      return fmt::format("process {}", cause.object);
    case WhyObjectKind::kThread:
      return fmt::format("thread {}", cause.object);
    case WhyObjectKind::kNone:
      break;
  }
  return {};
}

}  // namespace hoodtrace
