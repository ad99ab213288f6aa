// SPDX-License-Identifier: GPL-2.0-or-later
// Who is there: births, names, and what the kernel has booked on whom.

#include "model/procs/tracker.hpp"

#include <algorithm>
#include <utility>

#include "base/text.hpp"
#include "model/faults/kind.hpp"
#include "model/procs/phases.hpp"

namespace hoodtrace {
namespace {

constexpr std::uint64_t kCloneThread = 0x00010000;  // include/uapi/linux/sched.h

bool is_traced(const ht_task& task) { return (task.flags & HT_TASK_TRACED) != 0; }

bool is_exact(const ht_task& task) { return (task.flags & HT_TASK_EXACT) != 0; }

ThreadLife* thread_of(ProcessLife& life, std::uint32_t tid) {
  // A tid may have been used twice: the last one is meant.
  const auto found = std::find_if(life.thread_lives.rbegin(), life.thread_lives.rend(),
                                  [tid](const ThreadLife& thread) { return thread.tid == tid; });
  return found == life.thread_lives.rend() ? nullptr : &*found;
}

}  // namespace

const ProcessLife* LifecycleTracker::find(LifeId id) const {
  const auto found = lives_.find(id);
  return found == lives_.end() ? nullptr : &found->second;
}

ProcessLife* LifecycleTracker::current(std::uint32_t pid) {
  const auto found = by_pid_.find(pid);
  return found == by_pid_.end() ? nullptr : &lives_.find(found->second)->second;
}

ProcessLife* LifecycleTracker::dead(std::uint32_t pid, std::uint64_t start_boottime_ns) {
  const auto found = dead_.find({pid, start_boottime_ns});
  return found == dead_.end() ? nullptr : &lives_.find(found->second)->second;
}

std::string LifecycleTracker::comm_of(std::uint32_t pid) const {
  const TaskId task = tasks_.find(pid);
  if (task == kNoTask) return {};
  return std::string(comm_view(tasks_[task]));
}

ProcessLife& LifecycleTracker::make(std::uint32_t pid, std::uint64_t start_boottime_ns) {
  // The pid means another process from now on; of the old one the exit was lost.
  if (ProcessLife* before = current(pid); before != nullptr) end(*before);
  const LifeId id = ++last_id_;
  ProcessLife& life = lives_[id];
  life.id = id;
  life.pid = pid;
  life.start_boottime_ns = start_boottime_ns;
  by_pid_[pid] = id;
  return life;
}

ProcessLife& LifecycleTracker::at(std::uint32_t pid) {
  if (ProcessLife* known = current(pid); known != nullptr) return *known;
  ProcessLife& life = make(pid, 0);
  if (const TaskId task = tasks_.find(pid); task != kNoTask) {
    life.start_boottime_ns = tasks_[task].start_boottime_ns;
    life.parent_pid = life.born_to_pid = tasks_[task].parent_pid;
    life.cgroup_id = tasks_[task].cgroup_id;
    life.comm = comm_of(pid);
    life.parent_comm = comm_of(life.parent_pid);
    add_child(life.born_to_pid, life.id);
  }
  // Its threads' books were not followed from the start.
  life.unbooked_threads = 1;
  return life;
}

void LifecycleTracker::take(ProcessLife& life, const ht_task& task) {
  life.start_boottime_ns = task.start_boottime_ns;
  life.parent_pid = life.born_to_pid = task.parent_pid;
  life.comm = std::string(fixed_string(task.comm));
  life.cgroup_id = task.cgroup_id;
  if (life.parent_tid != 0)
    if (const TaskId forker = tasks_.find(life.parent_tid); forker != kNoTask)
      if (tasks_[forker].pid != 0) life.parent_pid = tasks_[forker].pid;
  life.parent_comm = comm_of(life.parent_pid);
  if (const ProcessLife* parent = current(life.parent_pid); parent != nullptr) {
    life.parent = parent->id;
    life.depth = parent->depth + 1;
  }
  add_child(life.born_to_pid, life.id);
}

void LifecycleTracker::on(const ht_session& session) {
  has_failed_execs_ = (session.flags & HT_SESSION_FAILED_EXECS) != 0;
}

void LifecycleTracker::on(const ht_task_seen& seen) {
  const ht_task& task = seen.task;
  if (task.head.tid == 0 || !is_traced(task)) return;
  // Born while the scan ran: known already.
  if (books_.knows(task.head.tid, task.start_boottime_ns)) return;
  ProcessLife* life = current(task.pid);
  const bool is_first = task.head.tid == task.pid;
  if (life == nullptr) {
    life = &make(task.pid, 0);
    life->threads = life->live_threads = 0;
  } else if (is_first && life->start_boottime_ns == task.start_boottime_ns) {
    return;
  }
  if (is_first) take(*life, task);
  life->threads++;
  if (is_gone(task_state(task.state))) {
    if (is_first) life->dead_when_seen = true;
  } else {
    life->live_threads++;
  }
  books_.begin(task, life->id, false);
  threads_.see(tasks_.find(task.head.tid), task, life->id);
  if (!is_exact(task)) life->waits_known = false;
  if (options_.threads && !is_first) {
    ThreadLife thread;
    thread.tid = task.head.tid;
    thread.comm = std::string(fixed_string(task.comm));
    life->thread_lives.push_back(std::move(thread));
  }
}

void LifecycleTracker::on(const ht_task_new& born) {
  const ht_task& task = born.task;
  if (task.head.tid == 0 || !is_traced(task)) return;
  const std::uint64_t now_ns = task.head.time_ns;
  const bool is_thread = (born.clone_flags & kCloneThread) != 0;
  ProcessLife& life = is_thread ? at(task.pid) : make(task.pid, task.start_boottime_ns);
  books_.begin(task, life.id, true);
  life.unbooked_threads++;
  threads_.bear(tasks_.find(task.head.tid), task, life.id);
  if (is_thread) {
    life.threads++;
    life.live_threads++;
    if (!options_.threads) return;
    ThreadLife thread;
    thread.tid = task.head.tid;
    thread.comm = std::string(fixed_string(task.comm));
    thread.born_ns = now_ns;
    life.thread_lives.push_back(std::move(thread));
    say(LifeFactKind::kThreadBorn, life, now_ns, life.thread_lives.size() - 1);
    return;
  }
  life.parent_tid = born.parent_tid;
  take(life, task);
  life.clone_flags = born.clone_flags;
  life.born_ns = now_ns;
  say(LifeFactKind::kBorn, life, now_ns);
}

void LifecycleTracker::on(const ht_task_name& name) {
  if (name.pid == 0) return;
  ProcessLife* life = current(name.pid);
  if (name.head.tid != name.pid) {
    if (life == nullptr) return;
    if (ThreadLife* thread = thread_of(*life, name.head.tid); thread != nullptr)
      thread->comm = std::string(fixed_string(name.comm));
  } else if (life != nullptr) {
    life->comm = std::string(fixed_string(name.comm));
  } else if (name.flags & HT_TASK_TRACED) {
    at(name.pid);  // in the target from now on, by its name
  }
}

void LifecycleTracker::on(const ht_task_cgroup& move) {
  if (ProcessLife* life = current(move.head.tid); life != nullptr) life->cgroup_id = move.cgroup_id;
}

void LifecycleTracker::on(const ht_task_pids& pids) {
  ProcessLife* life = current(pids.pid);
  if (life == nullptr || pids.head.tid != pids.pid) return;
  life->ns_pid = pids.ns_pid;
  life->ns_inode = pids.ns_inode;
}

// ---- the kernel's books ----

void LifecycleTracker::add_books(const std::optional<LifeBooks::Taken>& taken,
                                 const ht_header& head, bool exact) {
  if (!taken) return;
  const auto found = lives_.find(taken->life);
  if (found == lives_.end()) return;
  ProcessLife& life = found->second;
  life.on_cpu_ns += taken->on_cpu_ns;
  life.wait_ns += taken->wait_ns;
  life.min_flt += taken->min_flt;
  life.maj_flt += taken->maj_flt;
  PhaseTimes& phase = life.phases[static_cast<std::size_t>(phase_at(life, head.time_ns))];
  phase.min_flt += taken->min_flt;
  phase.maj_flt += taken->maj_flt;
  if (!exact) life.waits_known = false;
  if (taken->is_first && life.unbooked_threads > 0) life.unbooked_threads--;
  if (ThreadLife* thread = thread_of(life, taken->tid); thread != nullptr) {
    thread->on_cpu_ns = thread->on_cpu_ns.value_or(0) + taken->on_cpu_ns;
    if (exact) thread->wait_ns = thread->wait_ns.value_or(0) + taken->wait_ns;
  }
}

void LifecycleTracker::on(const ht_task_books& books) {
  add_books(books_.read(books.task), books.task.head, is_exact(books.task));
}

void LifecycleTracker::on(const ht_task_end& end) {
  add_books(books_.close(end.task), end.task.head, is_exact(end.task));
}

LifecycleTracker::Times LifecycleTracker::times_of(const ProcessLife& life) {
  if (life.unbooked_threads > 0) return {};
  Times times{life.on_cpu_ns, {}, life.min_flt, life.maj_flt};
  if (life.waits_known) times.wait_ns = life.wait_ns;
  return times;
}

void LifecycleTracker::add_spans(TaskSpans::Ended spans) {
  for (const TaskSpan& span : spans)
    if (const auto found = lives_.find(span.owner); found != lives_.end())
      add_span(found->second, span);
}

void LifecycleTracker::on(const ht_switch& record) {
  has_switches_ = true;
  if (record.flags & HT_SWITCH_PREV_TRACED)
    add_spans(threads_.leave(tasks_.find(record.prev_tid), record));
  if (record.head.tid == 0 || !(record.flags & HT_SWITCH_NEXT_TRACED)) return;
  if (const ProcessLife* life = current(record.next_pid); life != nullptr)
    add_spans(threads_.come(tasks_.find(record.head.tid), record, life->id));
}

void LifecycleTracker::on(const ht_fault& fault) {
  has_faults_ = true;
  const FaultKind kind = deed_of(fault);
  if (kind != FaultKind::kCowCopy && kind != FaultKind::kFileCow) return;
  const TaskId task = tasks_.find(fault.head.tid);
  ProcessLife* life = task == kNoTask ? nullptr : current(tasks_[task].pid);
  if (life == nullptr) return;
  life->phases[static_cast<std::size_t>(phase_at(*life, fault.head.time_ns))].cow_copies++;
}

void LifecycleTracker::on(const ht_lost& lost) {
  // What was going on is not known any more.
  if (may_miss(lost, HT_SWITCH)) add_spans(threads_.forget_all(lost.head.time_ns));
  if (may_miss(lost, HT_WAIT)) waits_.clear();
}

// ---- what is kept, what is told ----

void LifecycleTracker::end(ProcessLife& life) {
  const auto found = by_pid_.find(life.pid);
  if (found == by_pid_.end() || found->second != life.id) return;
  by_pid_.erase(found);
  ended_.push_back(life.id);
  dead_[{life.pid, life.start_boottime_ns}] = life.id;
  if (ended_.size() <= kMaxEnded) return;
  forgotten_++;
  forget(ended_.front());
  ended_.pop_front();
}

void LifecycleTracker::forget(LifeId id) {
  const auto found = lives_.find(id);
  if (found == lives_.end()) return;
  remove_child(found->second);
  dead_.erase({found->second.pid, found->second.start_boottime_ns});
  lives_.erase(found);
}

void LifecycleTracker::begin_interval() {
  std::deque<LifeId> kept;
  for (const LifeId id : ended_) {
    if (lives_.find(id)->second.is_zombie())
      kept.push_back(id);
    else
      forget(id);
  }
  ended_ = std::move(kept);
  facts_.clear();
}

void LifecycleTracker::say(LifeFactKind kind, const ProcessLife& life, std::uint64_t time_ns,
                           std::size_t index) {
  if (options_.facts) facts_.add({time_ns, kind, life.id, index, life.comm});
}

}  // namespace hoodtrace
