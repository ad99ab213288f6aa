#include "model/lifecycle_tracker.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <utility>

#include "base/text.hpp"
#include "model/argv_joiner.hpp"

namespace hoodtrace {
namespace {

constexpr std::uint64_t kCloneThread = 0x00010000;  // include/uapi/linux/sched.h
constexpr unsigned kDead = 0x80;                    // TASK_DEAD, include/linux/sched.h

bool is_traced(const ht_task& task) { return (task.flags & HT_TASK_TRACED) != 0; }

}  // namespace

std::vector<std::string_view> arguments_of(const Program& program) {
  std::vector<std::string_view> arguments;
  std::string_view left = program.argv;
  while (!left.empty()) {
    const std::size_t end = left.find('\0');
    arguments.push_back(left.substr(0, end));
    left.remove_prefix(end == std::string_view::npos ? left.size() : end + 1);
  }
  return arguments;
}

std::optional<std::uint64_t> ProcessLife::zombie_ns() const {
  if (!exit_ns || !reaped_ns) return std::nullopt;
  return *reaped_ns > *exit_ns ? *reaped_ns - *exit_ns : 0;
}

bool ProcessLife::is_search_step(std::size_t index) const {
  const Program& failed = programs[index];
  if (failed.error != ENOENT) return false;
  for (std::size_t i = index + 1; i < programs.size(); i++)
    if (programs[i].error == 0) return programs[i].argv.starts_with(failed.argv);
  return false;
}

const Program* ProcessLife::program() const {
  for (auto at = programs.rbegin(); at != programs.rend(); ++at)
    if (at->error == 0) return &*at;
  return nullptr;
}

const ProcessLife* LifecycleTracker::find(LifeId id) const {
  const auto found = lives_.find(id);
  return found == lives_.end() ? nullptr : &found->second;
}

ProcessLife* LifecycleTracker::current(std::uint32_t pid) {
  const auto found = by_pid_.find(pid);
  return found == by_pid_.end() ? nullptr : &lives_.find(found->second)->second;
}

std::string LifecycleTracker::comm_of(std::uint32_t pid) const {
  const TaskId task = tasks_.find(pid);
  if (task == kNoTask) return {};
  const auto& comm = tasks_[task].comm;
  return {comm.data(), ::strnlen(comm.data(), comm.size())};
}

// ---- who is there ----

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
    life.parent_pid = tasks_[task].parent_pid;
    life.cgroup_id = tasks_[task].cgroup_id;
    life.comm = comm_of(pid);
    life.parent_comm = comm_of(life.parent_pid);
    add_child(life.parent_pid, life.id);
  }
  // Its threads' books were not followed from the start.
  life.unbooked_threads = 1;
  return life;
}

void LifecycleTracker::take(ProcessLife& life, const ht_task& task) {
  life.start_boottime_ns = task.start_boottime_ns;
  life.parent_pid = task.parent_pid;
  life.parent_comm = comm_of(task.parent_pid);
  life.comm = std::string(fixed_string(task.comm));
  life.cgroup_id = task.cgroup_id;
  if (const ProcessLife* parent = current(task.parent_pid); parent != nullptr) {
    life.parent = parent->id;
    life.depth = parent->depth + 1;
  }
  add_child(task.parent_pid, life.id);
}

void LifecycleTracker::begin_thread(ProcessLife& life, const ht_task& task, bool has_past) {
  Thread& thread = threads_[{task.head.tid, task.start_boottime_ns}];
  thread = {};
  thread.life = life.id;
  if (has_past) {
    thread.base_on_cpu_ns = task.exec_runtime_ns;
    thread.base_wait_ns = task.run_delay_ns;
    thread.booked = true;
  } else {
    life.unbooked_threads++;
  }
}

void LifecycleTracker::on(const ht_task_seen& seen) {
  const ht_task& task = seen.task;
  if (task.head.tid == 0 || !is_traced(task)) return;
  // Born while the scan ran: known already.
  if (threads_.contains({task.head.tid, task.start_boottime_ns})) return;
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
  if (task.state & kDead) {
    if (is_first) life->dead_when_seen = true;
  } else {
    life->live_threads++;
  }
  begin_thread(*life, task, true);
}

void LifecycleTracker::on(const ht_task_new& born) {
  const ht_task& task = born.task;
  if (task.head.tid == 0 || !is_traced(task)) return;
  const std::uint64_t now_ns = task.head.time_ns;
  if (born.clone_flags & kCloneThread) {
    ProcessLife& life = at(task.pid);
    life.threads++;
    life.live_threads++;
    begin_thread(life, task, false);
    if (!options_.threads) return;
    life.thread_lives.push_back({task.head.tid, now_ns, {}, {}});
    say(LifeFactKind::kThreadBorn, life, now_ns, task.head.tid);
    return;
  }
  ProcessLife& life = make(task.pid, task.start_boottime_ns);
  take(life, task);
  life.clone_flags = born.clone_flags;
  life.born_ns = now_ns;
  begin_thread(life, task, false);
  say(LifeFactKind::kBorn, life, now_ns);
}

void LifecycleTracker::on(const ht_task_name& name) {
  if (name.head.tid != name.pid) return;
  if (ProcessLife* life = current(name.pid); life != nullptr)
    life->comm = std::string(fixed_string(name.comm));
  else if (name.flags & HT_TASK_TRACED && name.pid != 0)
    at(name.pid);  // in the target from now on, by its name
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

// ---- what it does ----

void LifecycleTracker::on(const ht_life& record) {
  ProcessLife* life = current(record.pid);
  const bool is_first = record.head.tid == record.pid;
  if (record.kind == HT_LIFE_FREED) {
    // The pid may mean another one by now.
    for (auto at = ended_.rbegin(); at != ended_.rend(); ++at) {
      ProcessLife& dead = lives_.find(*at)->second;
      if (dead.pid != record.pid || dead.start_boottime_ns != record.start_boottime_ns) continue;
      dead.freed_ns = record.head.time_ns;
      remove_child(dead);
      return;
    }
    return;
  }
  if (record.kind != HT_LIFE_FIRST_RUN || life == nullptr) return;
  const std::uint64_t now_ns = record.head.time_ns;
  if (!is_first) {
    for (ThreadLife& thread : life->thread_lives)
      if (thread.tid == record.head.tid && !thread.first_run_ns) thread.first_run_ns = now_ns;
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
  // A thread took the first one's place, its tid and its start time (kernel/exec.c, de_thread); the
  // first one's last switch, if it is still to come, has the thread's tid.
  auto first = threads_.extract({exec.head.tid, life->start_boottime_ns});
  for (auto at = threads_.begin(); at != threads_.end(); ++at) {
    if (at->first.tid != exec.old_tid || at->second.life != life->id) continue;
    auto thread = threads_.extract(at);
    thread.key() = {exec.head.tid, life->start_boottime_ns};
    threads_.insert(std::move(thread));
    break;
  }
  if (!first.empty()) {
    first.key() = {exec.old_tid, life->start_boottime_ns};
    threads_.insert(std::move(first));
  }
}

void LifecycleTracker::on(const ht_program& record) {
  if (record.head.tid == 0) return;
  ProcessLife& life = at(record.pid);
  if (record.error == 0) life.live_threads = 1;
  life.programs.push_back(read_program(record));
  say(record.error == 0 ? LifeFactKind::kProgram : LifeFactKind::kExecFailed, life,
      record.head.time_ns, life.programs.size() - 1);
}

void LifecycleTracker::on(const ht_argv& argv) {
  ProcessLife* life = current(argv.pid);
  if (life == nullptr || life->programs.empty()) return;
  add_argv(life->programs.back(), argv);
}

void LifecycleTracker::on(const ht_exit& record) {
  if (record.head.tid == 0) return;
  ProcessLife& life = at(record.pid);
  const std::uint64_t now_ns = record.head.time_ns;
  if (record.head.tid != record.pid) {
    for (ThreadLife& thread : life.thread_lives)
      if (thread.tid == record.head.tid && !thread.exit_ns) {
        thread.exit_ns = now_ns;
        say(LifeFactKind::kThreadExit, life, now_ns, thread.tid);
      }
  }
  if (life.live_threads > 0) life.live_threads--;
  if (!(record.flags & HT_EXIT_PROCESS)) return;
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

void LifecycleTracker::end(ProcessLife& life) {
  const auto found = by_pid_.find(life.pid);
  if (found == by_pid_.end() || found->second != life.id) return;
  by_pid_.erase(found);
  ended_.push_back(life.id);
  if (ended_.size() <= kMaxEnded) return;
  forgotten_++;
  forget(ended_.front());
  ended_.pop_front();
}

void LifecycleTracker::forget(LifeId id) {
  const auto found = lives_.find(id);
  if (found == lives_.end()) return;
  remove_child(found->second);
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

// ---- the kernel's books ----

void LifecycleTracker::book(Thread& thread, const ht_task& task) {
  thread.on_cpu_ns =
      task.exec_runtime_ns - std::min<std::uint64_t>(task.exec_runtime_ns, thread.base_on_cpu_ns);
  thread.wait_ns =
      task.run_delay_ns - std::min<std::uint64_t>(task.run_delay_ns, thread.base_wait_ns);
}

void LifecycleTracker::on(const ht_task_books& books) {
  const auto found = threads_.find({books.task.head.tid, books.task.start_boottime_ns});
  if (found == threads_.end()) return;
  const auto life = lives_.find(found->second.life);
  if (life == lives_.end()) return;
  book(found->second, books.task);
  if (!(books.task.flags & HT_TASK_EXACT)) life->second.waits_known = false;
  if (!std::exchange(found->second.booked, true)) life->second.unbooked_threads--;
}

void LifecycleTracker::on(const ht_task_end& end) {
  const auto found = threads_.find({end.task.head.tid, end.task.start_boottime_ns});
  if (found == threads_.end()) return;
  Thread thread = found->second;
  threads_.erase(found);
  const auto at = lives_.find(thread.life);
  if (at == lives_.end()) return;
  ProcessLife& life = at->second;
  book(thread, end.task);
  life.on_cpu_ns += thread.on_cpu_ns;
  life.wait_ns += thread.wait_ns;
  if (!(end.task.flags & HT_TASK_EXACT)) life.waits_known = false;
  if (!thread.booked && life.unbooked_threads > 0) life.unbooked_threads--;
}

LifecycleTracker::Times LifecycleTracker::times_of(const ProcessLife& life) const {
  if (life.unbooked_threads > 0) return {};
  std::uint64_t on_cpu_ns = life.on_cpu_ns;
  std::uint64_t wait_ns = life.wait_ns;
  if (!life.exit_ns)
    for (const auto& [key, thread] : threads_)
      if (thread.life == life.id) {
        on_cpu_ns += thread.on_cpu_ns;
        wait_ns += thread.wait_ns;
      }
  Times times{on_cpu_ns, {}};
  if (life.waits_known) times.wait_ns = wait_ns;
  return times;
}

// ---- phases, when the sched family is on ----

void LifecycleTracker::add_phase_time(LifeId id, std::uint64_t from_ns, std::uint64_t to_ns,
                                      std::uint64_t wait_ns, bool on_cpu) {
  const auto found = lives_.find(id);
  if (found == lives_.end() || to_ns <= from_ns) return;
  ProcessLife& life = found->second;
  const Program* program = life.programs.empty() ? nullptr : life.program();
  // The stretch may lie across the end of a phase: each gets its part; a wait ends the stretch.
  const std::uint64_t first_ns = life.first_run_ns.value_or(life.born_ns ? ~0ULL : 0);
  const std::uint64_t exec_ns = program != nullptr ? program->time_ns : ~0ULL;
  const std::uint64_t bounds[4] = {0, first_ns, std::max(first_ns, life.born_ns ? exec_ns : 0),
                                   ~0ULL};
  const std::uint64_t wait_from_ns = to_ns - std::min(wait_ns, to_ns - from_ns);
  for (int i = 0; i < 3; i++) {
    const auto part = [&](std::uint64_t a, std::uint64_t b) {
      const std::uint64_t begin = std::max(a, bounds[i]);
      const std::uint64_t finish = std::min(b, bounds[i + 1]);
      return finish > begin ? finish - begin : 0;
    };
    PhaseTimes& times = life.phases[i];
    if (on_cpu) {
      times.on_cpu_ns += part(from_ns, to_ns);
    } else {
      times.sleep_ns += part(from_ns, wait_from_ns);
      times.wait_ns += part(wait_from_ns, to_ns);
    }
  }
}

void LifecycleTracker::on(const ht_switch& record) {
  has_phases_ = true;
  const std::uint64_t now_ns = record.head.time_ns;
  const auto leave = [&](std::uint32_t tid) -> Run* {
    const auto found = runs_.find(tid);
    return found == runs_.end() ? nullptr : &found->second;
  };
  if (record.flags & HT_SWITCH_PREV_TRACED) {
    if (Run* run = leave(record.prev_tid); run != nullptr) {
      if (run->on_cpu) add_phase_time(run->life, run->since_ns, now_ns, 0, true);
      *run = {run->life, now_ns, false};
      if (record.prev_state & kDead) runs_.erase(record.prev_tid);
    }
  }
  if (record.flags & HT_SWITCH_NEXT_TRACED && record.head.tid != 0) {
    const std::uint64_t wait_ns = record.wait_ns == HT_UNKNOWN_NS ? 0 : record.wait_ns;
    Run* run = leave(record.head.tid);
    const ProcessLife* life = current(record.next_pid);
    if (life == nullptr) return;
    if (run == nullptr || run->life != life->id) {
      run = &runs_[record.head.tid];
      *run = {life->id, life->born_ns && record.head.tid == life->pid ? *life->born_ns : now_ns,
              false};
    }
    if (!run->on_cpu) add_phase_time(run->life, run->since_ns, now_ns, wait_ns, false);
    *run = {run->life, now_ns, true};
  }
}

void LifecycleTracker::on(const ht_lost& lost) {
  // What was going on is not known any more.
  if (may_miss(lost, HT_SWITCH)) runs_.clear();
  if (may_miss(lost, HT_WAIT)) waits_.clear();
}

// ---- facts ----

void LifecycleTracker::say(LifeFactKind kind, const ProcessLife& life, std::uint64_t time_ns,
                           std::size_t index) {
  if (!options_.facts) return;
  auto at = facts_.end();
  while (at != facts_.begin() && std::prev(at)->time_ns > time_ns) --at;
  facts_.insert(at, {time_ns, kind, life.id, index, life.comm});
}

std::vector<LifeFact> LifecycleTracker::take_facts(std::uint64_t settled_ns) {
  std::vector<LifeFact> facts;
  while (has_facts(settled_ns)) {
    facts.push_back(facts_.front());
    facts_.pop_front();
  }
  return facts;
}

}  // namespace hoodtrace
