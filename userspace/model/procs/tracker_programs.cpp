// SPDX-License-Identifier: GPL-2.0-or-later
// What a process does between birth and reaping: it runs, executes programs, exits.

#include <algorithm>

#include "model/procs/argv_joiner.hpp"
#include "model/procs/tracker.hpp"

namespace hoodtrace {
void LifecycleTracker::on(const ht_life& record) {
  const std::uint64_t now_ns = record.head.time_ns;
  if (record.kind == HT_LIFE_FREED) {
    // The pid may mean another one by now.
    if (ProcessLife* life = dead(record.pid, record.start_boottime_ns); life != nullptr) {
      life->freed_ns = now_ns;
      remove_child(*life);
    }
    return;
  }
  ProcessLife* life = current(record.pid);
  if (record.kind != HT_LIFE_FIRST_RUN || life == nullptr) return;
  if (record.head.tid != record.pid) {
    for (auto at = life->thread_lives.rbegin(); at != life->thread_lives.rend(); ++at) {
      if (at->tid != record.head.tid) continue;
      if (!at->first_run_ns) at->first_run_ns = now_ns;
      return;
    }
    return;
  }
  if (life->first_run_ns || !life->born_ns) return;
  life->first_run_ns = now_ns;
  if (record.wait_ns != HT_UNKNOWN_NS) life->first_wait_ns = record.wait_ns;
  say(LifeFactKind::kFirstRun, *life, now_ns);
}

void LifecycleTracker::on(const ht_task_exec& exec) {
  ProcessLife* life = current(exec.pid);
  if (life == nullptr || exec.old_tid == exec.head.tid) return;
  // A thread took the first one's place, its tid and its start time (fs/exec.c, de_thread).
  books_.take_over(exec.head.tid, exec.old_tid, life->start_boottime_ns);
  for (std::size_t i = 0; i < life->thread_lives.size(); i++) {
    ThreadLife& thread = life->thread_lives[i];
    if (thread.tid != exec.old_tid || thread.exit_ns) continue;
    thread.exit_ns = exec.head.time_ns;
    thread.became_first = true;
    say(LifeFactKind::kThreadExit, *life, exec.head.time_ns, i);
  }
}

void LifecycleTracker::on(const ht_program& record) {
  if (record.head.tid == 0) return;
  const bool before = (record.flags & HT_PROGRAM_BEFORE) != 0;
  ProcessLife& life = at(record.pid);
  // It has executed another one since the look into /proc began.
  if (before && !life.programs.empty()) return;
  if (!before)
    add_books(books_.read_faults(record.head.tid, record.min_flt, record.maj_flt), record.head,
              true);
  if (!before && record.error == 0) life.live_threads = 1;
  life.programs.push_back(read_program(record));
  if (before) return;
  say(record.error == 0 ? LifeFactKind::kProgram : LifeFactKind::kExecFailed, life,
      record.head.time_ns, life.programs.size() - 1);
}

void LifecycleTracker::on(const ht_argv& argv) {
  ProcessLife* life = current(argv.pid);
  if (life == nullptr || life->programs.empty()) return;
  add_argv(life->programs.back(), argv);
}

void LifecycleTracker::end_thread(ProcessLife& life, const ht_exit& record) {
  if (life.live_threads > 0) life.live_threads--;
  if (record.head.tid == record.pid) return;
  for (auto at = life.thread_lives.rbegin(); at != life.thread_lives.rend(); ++at) {
    if (at->tid != record.head.tid || at->exit_ns) continue;
    at->exit_ns = record.head.time_ns;
    say(LifeFactKind::kThreadExit, life, record.head.time_ns,
        static_cast<std::size_t>(life.thread_lives.rend() - at) - 1);
    return;
  }
}

void LifecycleTracker::on(const ht_exit& record) {
  if (record.head.tid == 0) return;
  const std::uint64_t now_ns = record.head.time_ns;
  add_books(books_.read_faults(record.head.tid, record.min_flt, record.maj_flt), record.head, true);
  // Two last threads that exit at once: kernels before 6.16 call the process ended twice, or say
  // of the first one only afterwards that it did.
  if (ProcessLife* known = dead(record.pid, record.start_boottime_ns); known != nullptr) {
    end_thread(*known, record);
    if (!(record.flags & HT_EXIT_PROCESS) || !known->exit_ns) return;
    facts_.retract(LifeFactKind::kExit, known->id);
    known->exit_ns = now_ns;
    known->wait_status = record.wait_status;
    say(LifeFactKind::kExit, *known, now_ns);
    return;
  }
  // The birth of this one, and the exit of the one before it, were lost.
  const ProcessLife* now = current(record.pid);
  if (now != nullptr && now->start_boottime_ns != 0 && record.start_boottime_ns != 0 &&
      now->start_boottime_ns != record.start_boottime_ns)
    make(record.pid, record.start_boottime_ns).unbooked_threads = 1;
  ProcessLife& life = at(record.pid);
  end_thread(life, record);
  if (!(record.flags & HT_EXIT_PROCESS)) return;
  if (life.start_boottime_ns == 0) life.start_boottime_ns = record.start_boottime_ns;
  life.live_threads = 0;
  life.exit_ns = now_ns;
  life.wait_status = record.wait_status;
  life.autoreaped = (record.flags & HT_EXIT_AUTOREAP) != 0;
  // The parent died before tracing began, or its exit was lost.
  if (record.parent_pid != life.reaper_pid() && record.parent_pid != 0) {
    remove_child(life);
    life.adoptions.push_back({now_ns, record.parent_pid, comm_of(record.parent_pid)});
    add_child(record.parent_pid, life.id);
    say(LifeFactKind::kAdopted, life, now_ns, life.adoptions.size() - 1);
  }
  say(LifeFactKind::kExit, life, now_ns);
  if (record.heir_pid != 0) hand_over(life, record.heir_pid, now_ns);
  end(life);
  if (life.autoreaped) reap(life, 0, now_ns);
}

}  // namespace hoodtrace
