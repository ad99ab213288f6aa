// SPDX-License-Identifier: GPL-2.0-or-later
// The lives of processes from the records of births, programs, exits and waits.
//
// A process is known by (pid, start time): a pid that comes back is another process. It ends with
// its last thread, whatever becomes of the first (kernel.md, trap 22). It is reaped when its parent
// looks for it in wait4 or waitid, or comes back from sleeping there; which of several zombies a
// wait takes is the kernel's order, own children before other threads', oldest first
// (kernel/exit.c, do_wait_thread). A parent that looks while its child has begun to exit but is no
// zombie yet sleeps, and is seen to run again: then that is the time. The kernel's freeing of the
// task is only an upper bound (trap 23).
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <unordered_map>
#include <vector>

#include "event/event.hpp"
#include "model/names/task_table.hpp"
#include "model/procs/life_books.hpp"
#include "model/procs/life_facts.hpp"
#include "model/procs/process_life.hpp"
#include "model/times/task_spans.hpp"

namespace hoodtrace {

class LifecycleTracker {
 public:
  struct Options {
    bool facts = false;    // a timeline is wanted: take_facts() will be called
    bool threads = false;  // the lives of threads too
  };

  LifecycleTracker(const TaskTable& tasks, Options options) : tasks_(tasks), options_(options) {}

  // After the TaskTable.
  void on(const ht_session& session);
  void on(const ht_task_seen& seen);
  void on(const ht_task_new& born);
  void on(const ht_task_name& name);
  void on(const ht_task_exec& exec);
  void on(const ht_task_end& end);
  void on(const ht_task_books& books);
  void on(const ht_task_cgroup& move);
  void on(const ht_task_pids& pids);
  void on(const ht_life& life);
  void on(const ht_program& program);
  void on(const ht_argv& argv);
  void on(const ht_exit& exit);
  void on(const ht_wait& wait);
  void on(const ht_switch& record);
  void on(const ht_wakeup& wakeup) { threads_.wake(tasks_.find(wakeup.head.tid), wakeup); }
  void on(const ht_fault& fault);
  void on(const ht_lost& lost);

  // The TaskTable is about to forget a task.
  void fold(TaskId task) { threads_.end(task); }

  // In order of birth; those that have ended are kept, the oldest of too many forgotten.
  [[nodiscard]] const std::map<LifeId, ProcessLife>& lives() const { return lives_; }
  [[nodiscard]] const ProcessLife* find(LifeId id) const;
  [[nodiscard]] std::uint64_t forgotten() const { return forgotten_; }

  struct Times {
    std::optional<std::uint64_t> on_cpu_ns;
    std::optional<std::uint64_t> wait_ns;
    std::optional<std::uint64_t> min_flt;
    std::optional<std::uint64_t> maj_flt;
  };
  // What the kernel booked on it while it was traced; of a live one, up to the last ht_task_books.
  [[nodiscard]] static Times times_of(const ProcessLife& life);

  // Switches were in the stream: the phases have times.
  [[nodiscard]] bool has_switches() const { return has_switches_; }
  // Page faults were: the phases have copies.
  [[nodiscard]] bool has_faults() const { return has_faults_; }
  // Failed execs were recorded.
  [[nodiscard]] bool has_failed_execs() const { return has_failed_execs_; }

  // The facts older than settled_ns, in order of time. A reaping can be corrected for a moment
  // (see above), so ask with a time that lies some milliseconds back; or with all ones at the end.
  std::vector<LifeFact> take_facts(std::uint64_t settled_ns) { return facts_.take(settled_ns); }
  // Cheap: may take_facts(settled_ns) have something?
  [[nodiscard]] bool has_facts(std::uint64_t settled_ns) const { return facts_.has(settled_ns); }

  // Forgets those that have ended and were reported.
  void begin_interval();

 private:
  struct Key {
    std::uint32_t pid;
    std::uint64_t start_boottime_ns;
    bool operator==(const Key&) const = default;
  };
  struct KeyHash {
    std::size_t operator()(const Key& key) const {
      return std::hash<std::uint64_t>()(key.start_boottime_ns * 4194319U + key.pid);
    }
  };
  // A wait4 or waitid that may still be going on.
  struct Wait {
    std::uint32_t pid = 0;
    std::uint32_t selected_pid = HT_WAIT_ANY;
    bool takes = true;  // it reaps what it finds
    LifeId taken = kNoLife;
  };

  static constexpr std::size_t kMaxEnded = 65536;

  ProcessLife& make(std::uint32_t pid, std::uint64_t start_boottime_ns);
  ProcessLife* current(std::uint32_t pid);
  // The one that pid means now; made from what the TaskTable knows when it is new to us.
  ProcessLife& at(std::uint32_t pid);
  // One that may have ended; null when it is not known (any more).
  ProcessLife* dead(std::uint32_t pid, std::uint64_t start_boottime_ns);
  void take(ProcessLife& life, const ht_task& task);
  std::string comm_of(std::uint32_t pid) const;
  void add_books(const std::optional<LifeBooks::Taken>& taken, const ht_header& head, bool exact);
  void add_spans(TaskSpans::Ended spans);
  void say(LifeFactKind kind, const ProcessLife& life, std::uint64_t time_ns,
           std::size_t index = 0);
  void end(ProcessLife& life);
  void forget(LifeId id);

  // lifecycle_programs.cpp
  void end_thread(ProcessLife& life, const ht_exit& record);

  // lifecycle_reaping.cpp
  void add_child(std::uint32_t parent_pid, LifeId child);
  void hand_over(ProcessLife& dead, std::uint32_t heir_pid, std::uint64_t now_ns);
  ProcessLife* find_zombie(const Wait& wait, std::uint32_t waiter_tid);
  void look(Wait& wait, std::uint32_t waiter_tid, std::uint64_t now_ns);
  void reap(ProcessLife& life, std::uint32_t by_tid, std::uint64_t now_ns);
  void remove_child(const ProcessLife& life);

  const TaskTable& tasks_;
  Options options_;
  std::map<LifeId, ProcessLife> lives_;
  LifeId last_id_ = kNoLife;
  std::unordered_map<std::uint32_t, LifeId> by_pid_;  // of the living
  std::unordered_map<Key, LifeId, KeyHash> dead_;     // of those in ended_
  std::deque<LifeId> ended_;                          // oldest first
  std::uint64_t forgotten_ = 0;
  std::unordered_map<std::uint32_t, std::vector<LifeId>> children_;  // by parent's pid
  std::unordered_map<std::uint32_t, Wait> waits_;                    // by the waiter's tid
  LifeBooks books_;
  TaskSpans threads_;  // owned by their lives
  LifeFacts facts_;
  bool has_switches_ = false;
  bool has_faults_ = false;
  bool has_failed_execs_ = false;
};

}  // namespace hoodtrace
