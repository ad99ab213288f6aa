// SPDX-License-Identifier: GPL-2.0-or-later
// Births, names, programs and exits.

#include "model/procs/tracker.hpp"

#include <sys/wait.h>

#include <algorithm>
#include <utility>

#include "base/text.hpp"
#include "model/procs/program.hpp"

namespace hoodtrace {
namespace {

constexpr std::uint64_t kCloneThread = 0x00010000;  // include/uapi/linux/sched.h

bool is_traced(const ht_task& task) { return (task.flags & HT_TASK_TRACED) != 0; }

}  // namespace

std::string LifecycleTracker::comm_of(std::uint32_t pid) const {
  const TaskId task = tasks_.find(pid);
  if (task == kNoTask) return {};
  return std::string(comm_view(tasks_[task]));
}

ProcessLife& LifecycleTracker::make(std::uint32_t pid, std::uint64_t start_boottime_ns) {
  // The pid means another process from now on; of the old one the exit was lost.
  if (ProcessLife* before = table_.current(pid); before != nullptr) {
    before->is_doubtful = true;
    end(*before);
  }
  return table_.make(pid, start_boottime_ns);
}

ProcessLife& LifecycleTracker::at(std::uint32_t pid) {
  if (ProcessLife* known = table_.current(pid); known != nullptr) return *known;
  ProcessLife& life = make(pid, 0);
  if (const TaskId task = tasks_.find(pid); task != kNoTask) {
    life.start_boottime_ns = tasks_[task].start_boottime_ns;
    life.parent_pid = life.born_to_pid = tasks_[task].parent_pid;
    life.cgroup_id = tasks_[task].cgroup_id;
    life.comm = comm_of(pid);
    life.parent_comm = comm_of(life.parent_pid);
    reaping_.add(life);
  }
  // The counters of its threads were not followed from the start.
  life.unread_threads = 1;
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
  life.born_to_comm = comm_of(life.born_to_pid);
  if (const ProcessLife* parent = table_.current(life.parent_pid); parent != nullptr) {
    life.parent = parent->id;
    life.depth = parent->depth + 1;
  }
  reaping_.add(life);
}

void LifecycleTracker::on(const ht_session& session) {
  has_failed_execs_ = (session.flags & HT_SESSION_FAILED_EXECS) != 0;
  self_pid_ = session.self_pid;
}

void LifecycleTracker::on(const ht_task_seen& seen) {
  const ht_task& task = seen.task;
  if (task.head.tid == 0 || !is_traced(task)) return;
  // Born while the scan ran: known already.
  if (counters_.knows(task.head.tid, task.start_boottime_ns)) return;
  ProcessLife* life = table_.current(task.pid);
  const bool is_first = task.head.tid == task.pid;
  if (life == nullptr) {
    life = &make(task.pid, 0);
    life->threads = life->live_threads = 0;
  } else if (is_first && life->start_boottime_ns == task.start_boottime_ns) {
    return;
  }
  if (is_first) take(*life, task);
  if (is_first && self_pid_ != 0 && task.parent_pid == self_pid_) life->is_command = true;
  life->threads++;
  if (is_gone(task_state(task.state))) {
    if (is_first) life->dead_when_seen = life->is_reapable = true;
    if (is_first) reaping_.add_zombie(*life);
  } else {
    life->live_threads++;
  }
  counters_.begin(task, life->id, false);
  threads_.see(tasks_.find(task.head.tid), task, life->id);
  if (!(task.flags & HT_TASK_EXACT)) life->waits_known = false;
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
  reaping_.end_wait(born.parent_tid, now_ns);
  // The process that had this pid has ended.
  if (ProcessLife* before = table_.last_ended(task.head.tid); before != nullptr)
    reaping_.prove_reaped(*before, now_ns);
  ProcessLife& life = is_thread ? at(task.pid) : make(task.pid, task.start_boottime_ns);
  counters_.begin(task, life.id, true);
  life.unread_threads++;
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
    events_.add(LifeEventKind::kThreadBorn, life, now_ns, life.thread_lives.size() - 1);
    return;
  }
  life.parent_tid = born.parent_tid;
  take(life, task);
  life.clone_flags = born.clone_flags;
  life.born_ns = now_ns;
  events_.add(LifeEventKind::kBorn, life, now_ns);
}

void LifecycleTracker::on(const ht_task_name& name) {
  if (name.pid == 0) return;
  ProcessLife* life = table_.current(name.pid);
  if (name.head.tid != name.pid) {
    if (life == nullptr) return;
    if (ThreadLife* thread = life->thread(name.head.tid); thread != nullptr)
      thread->comm = std::string(fixed_string(name.comm));
  } else if (life != nullptr) {
    life->comm = std::string(fixed_string(name.comm));
  } else if (name.flags & HT_TASK_TRACED) {
    at(name.pid);  // in the target from now on, by its name
  }
}

void LifecycleTracker::on(const ht_task_cgroup& move) {
  if (ProcessLife* life = table_.current(move.head.tid); life != nullptr)
    life->cgroup_id = move.cgroup_id;
}

void LifecycleTracker::on(const ht_task_pids& pids) {
  ProcessLife* life = table_.current(pids.pid);
  if (life == nullptr || pids.head.tid != pids.pid) return;
  life->ns_pid = pids.ns_pid;
  life->ns_inode = pids.ns_inode;
}

// ---- what a process does: it runs, executes programs, exits ----

void LifecycleTracker::on(const ht_life& record) {
  const std::uint64_t now_ns = record.head.time_ns;
  if (record.kind == HT_LIFE_FREED) {
    // The pid may mean another one by now.
    if (ProcessLife* life = table_.ended(record.pid, record.start_boottime_ns); life != nullptr) {
      reaping_.free(*life, now_ns);
    }
    return;
  }
  if (record.kind == HT_LIFE_ZOMBIE) {
    if (ProcessLife* life = table_.ended(record.pid, record.start_boottime_ns); life != nullptr)
      reaping_.settle(*life);
    return;
  }
  ProcessLife* life = table_.current(record.pid);
  if (record.kind != HT_LIFE_FIRST_RUN || life == nullptr) return;
  if (record.head.tid != record.pid) {
    ThreadLife* thread = life->thread(record.head.tid);
    if (thread != nullptr && !thread->first_run_ns) thread->first_run_ns = now_ns;
    return;
  }
  if (life->first_run_ns || !life->born_ns) return;
  life->first_run_ns = now_ns;
  if (record.wait_ns != HT_UNKNOWN_NS) life->first_wait_ns = record.wait_ns;
  events_.add(LifeEventKind::kFirstRun, *life, now_ns);
}

// The counters were read just before this record (on_sched_process_exec, bpf/tasks.bpf.c), so that
// they grow from here on.
void LifecycleTracker::begin_command(ProcessLife& life, const ht_task_exec& exec) {
  const TaskId task = tasks_.find(exec.head.tid);
  add_spans(threads_.cut(task, exec.head.time_ns));
  take_from_switches(task);
  life.began_ns = exec.head.time_ns;
  life.phases = {};
  life.on_cpu_ns = life.wait_ns = life.min_flt = life.maj_flt = 0;
}

void LifecycleTracker::on(const ht_task_exec& exec) {
  ProcessLife* life = table_.current(exec.pid);
  if (life == nullptr) return;
  if (life->is_command && !life->began_ns) begin_command(*life, exec);
  if (exec.old_tid == exec.head.tid) return;
  // A thread took the first one's place, its tid and its start time (fs/exec.c, de_thread).
  counters_.take_over(exec.head.tid, exec.old_tid, life->start_boottime_ns);
  for (std::size_t i = 0; i < life->thread_lives.size(); i++) {
    ThreadLife& thread = life->thread_lives[i];
    if (thread.tid != exec.old_tid || thread.exit_ns) continue;
    thread.exit_ns = exec.head.time_ns;
    thread.became_first = true;
    events_.add(LifeEventKind::kThreadExit, *life, exec.head.time_ns, i);
  }
}

void LifecycleTracker::on(const ht_program& record) {
  if (record.head.tid == 0) return;
  const bool before = (record.flags & HT_PROGRAM_BEFORE) != 0;
  ProcessLife& life = at(record.pid);
  // It has executed another one since the look into /proc began.
  if (before && !life.programs.empty()) return;
  if (!before)
    add_growth(counters_.read_faults(record.head.tid, record.min_flt, record.maj_flt), record.head,
               true);
  if (!before && record.error == 0) life.live_threads = 1;
  life.programs.push_back(read_program(record));
  if (const auto missing = missing_interpreters_.extract(record.head.tid); !missing.empty())
    life.programs.back().missing_interpreter = missing.mapped();
  if (before) return;
  events_.add(record.error == 0 ? LifeEventKind::kProgram : LifeEventKind::kExecFailed, life,
              record.head.time_ns, life.programs.size() - 1);
}

void LifecycleTracker::on(const ht_exe& exe) {
  ProcessLife* life = table_.current(exe.pid);
  if (life == nullptr || life->programs.empty()) return;
  add_exe(life->programs.back(), exe);
}

void LifecycleTracker::on(const ht_interpreter& interpreter) {
  const std::string_view tail = tail_of(interpreter);
  missing_interpreters_[interpreter.head.tid] = tail.substr(0, tail.find('\0'));
}

void LifecycleTracker::on(const ht_signal& record) {
  ProcessLife* life = table_.current(record.pid);
  if (life == nullptr) return;
  SentSignal sent{record.signal, record.code, record.sender_pid,
                  std::string(fixed_string(record.sender_comm))};
  const auto same =
      std::find_if(life->signals.begin(), life->signals.end(),
                   [&record](const SentSignal& other) { return other.signal == record.signal; });
  if (same == life->signals.end())
    life->signals.push_back(std::move(sent));
  else
    *same = std::move(sent);
}

void LifecycleTracker::on(const ht_argv& argv) {
  ProcessLife* life = table_.current(argv.pid);
  if (life == nullptr || life->programs.empty()) return;
  add_argv(life->programs.back(), argv);
}

void LifecycleTracker::end_thread(ProcessLife& life, const ht_exit& record) {
  counters_.exit(record);
  // A process that was killed may have been in the midst of a wait.
  if (life.threads == 1 && WIFEXITED(record.wait_status))
    reaping_.end_wait(record.head.tid, record.head.time_ns);
  else
    reaping_.forget_wait(record.head.tid);
  if (life.live_threads > 0) life.live_threads--;
  if (record.head.tid == record.pid) return;
  for (auto at = life.thread_lives.rbegin(); at != life.thread_lives.rend(); ++at) {
    if (at->tid != record.head.tid || at->exit_ns) continue;
    at->exit_ns = record.head.time_ns;
    events_.add(LifeEventKind::kThreadExit, life, record.head.time_ns,
                static_cast<std::size_t>(life.thread_lives.rend() - at) - 1);
    return;
  }
}

void LifecycleTracker::on(const ht_exit& record) {
  if (record.head.tid == 0) return;
  const std::uint64_t now_ns = record.head.time_ns;
  add_growth(counters_.read_faults(record.head.tid, record.min_flt, record.maj_flt), record.head,
             true);
  // Two last threads that exit at once: kernels before 6.16 call the process ended twice, or say
  // of the first one only afterwards that it did.
  if (ProcessLife* known = table_.ended(record.pid, record.start_boottime_ns); known != nullptr) {
    end_thread(*known, record);
    if (!(record.flags & HT_EXIT_PROCESS) || !known->exit_ns) return;
    events_.retract(LifeEventKind::kExit, known->id);
    known->exit_ns = now_ns;
    known->last_tid = record.head.tid;
    known->wait_status = record.wait_status;
    events_.add(LifeEventKind::kExit, *known, now_ns);
    return;
  }
  // The birth of this one, and the exit of the one before it, were lost.
  const ProcessLife* now = table_.current(record.pid);
  if (now != nullptr && now->start_boottime_ns != 0 && record.start_boottime_ns != 0 &&
      now->start_boottime_ns != record.start_boottime_ns)
    make(record.pid, record.start_boottime_ns).unread_threads = 1;
  ProcessLife& life = at(record.pid);
  // The scan at the start names a parent after its child when it has the higher pid.
  if (life.parent_comm.empty()) life.parent_comm = comm_of(life.parent_pid);
  end_thread(life, record);
  if (!(record.flags & HT_EXIT_PROCESS)) return;
  if (life.start_boottime_ns == 0) life.start_boottime_ns = record.start_boottime_ns;
  life.live_threads = 0;
  life.exit_ns = now_ns;
  life.last_tid = record.head.tid;
  life.is_doubtful = false;
  life.wait_status = record.wait_status;
  life.autoreaped = (record.flags & HT_EXIT_AUTOREAP) != 0;
  // The parent died before tracing began, or its exit was lost.
  if (record.parent_pid != life.reaper_pid() && record.parent_pid != 0)
    reaping_.adopt(life, record.parent_pid, comm_of(record.parent_pid), now_ns);
  events_.add(LifeEventKind::kExit, life, now_ns);
  if (record.heir_pid != 0)
    reaping_.hand_over(life.pid, record.heir_pid, comm_of(record.heir_pid), now_ns);
  end(life);
  if (life.autoreaped)
    reaping_.reap_at_exit(life, now_ns);
  else
    reaping_.add_zombie(life);
}

void LifecycleTracker::on(const ht_lost& lost) {
  // What was going on is not known any more.
  if (may_miss(lost, HT_SWITCH)) add_spans(threads_.forget_all(lost.head.time_ns));
  if (may_miss(lost, HT_LIFE) || may_miss(lost, HT_TASK_END)) reaping_.trust_exits();
  if (may_miss(lost, HT_WAIT) || may_miss(lost, HT_EXIT)) reaping_.doubt_all();
  if (may_miss(lost, HT_EXIT))
    table_.each([](ProcessLife& life) {
      if (!life.has_exited()) life.is_doubtful = true;
    });
}

// ---- bounds ----

void LifecycleTracker::end(const ProcessLife& life) {
  table_.end(life);
  if (!table_.has_too_many()) return;
  forgotten_++;
  reaping_.remove(*table_.first_ended());
  table_.erase_first_ended();
}

void LifecycleTracker::begin_interval() {
  table_.erase_ended([this](const ProcessLife& life) {
    if (life.is_zombie()) return false;
    reaping_.remove(life);
    return true;
  });
  events_.clear();
}

}  // namespace hoodtrace
