// The lives of processes from the records of births, programs, exits and waits.
//
// A process is known by (pid, start time): a pid that comes back is another process. It ends with
// its last thread, whatever becomes of the first (kernel.md, trap 22). It is reaped when its parent
// looks for it in wait4 or waitid, or comes back from sleeping there; which of several zombies a
// wait takes is the kernel's order, oldest child first (kernel/exit.c, do_wait_thread). A parent
// that looks while its child has begun to exit but is no zombie yet sleeps, and is seen to run
// again: then that is the time. The kernel's freeing of the task is only an upper bound (trap 23).
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <unordered_map>
#include <vector>

#include "event/event.hpp"
#include "model/process_life.hpp"
#include "model/task_table.hpp"

namespace hoodtrace {

enum class LifeFactKind {
  kBorn,
  kFirstRun,
  kProgram,
  kExecFailed,
  kExit,
  kReaped,
  kAdopted,
  kThreadBorn,
  kThreadExit,
};

// One line of the timeline.
struct LifeFact {
  std::uint64_t time_ns = 0;
  LifeFactKind kind = LifeFactKind::kBorn;
  LifeId life = kNoLife;
  std::size_t index = 0;  // of the program or adoption; the tid of a thread
  std::string comm;       // at that moment
};

class LifecycleTracker {
 public:
  struct Options {
    bool facts = false;    // a timeline is wanted: take_facts() will be called
    bool threads = false;  // the lives of threads too
  };

  LifecycleTracker(const TaskTable& tasks, Options options) : tasks_(tasks), options_(options) {}

  // After the TaskTable.
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
  void on(const ht_lost& lost);

  // In order of birth; those that have ended are kept, the oldest of too many forgotten.
  [[nodiscard]] const std::map<LifeId, ProcessLife>& lives() const { return lives_; }
  [[nodiscard]] const ProcessLife* find(LifeId id) const;
  [[nodiscard]] std::uint64_t forgotten() const { return forgotten_; }

  struct Times {
    std::optional<std::uint64_t> on_cpu_ns;
    std::optional<std::uint64_t> wait_ns;
  };
  // What the kernel booked on it while it was traced; of a live one, up to the last ht_task_books.
  [[nodiscard]] Times times_of(const ProcessLife& life) const;

  // Switches were in the stream: PhaseTimes are filled.
  [[nodiscard]] bool has_phases() const { return has_phases_; }

  // The facts older than settled_ns, in order of time. A reaping can be corrected for a moment
  // (see above), so ask with a time that lies some milliseconds back; or with all ones at the end.
  std::vector<LifeFact> take_facts(std::uint64_t settled_ns);
  // Cheap: may take_facts(settled_ns) have something?
  [[nodiscard]] bool has_facts(std::uint64_t settled_ns) const {
    return !facts_.empty() && facts_.front().time_ns <= settled_ns;
  }

  // Forgets those that have ended and were reported.
  void begin_interval();

 private:
  struct ThreadKey {
    std::uint32_t tid;
    std::uint64_t start_boottime_ns;
    bool operator==(const ThreadKey&) const = default;
  };
  struct ThreadHash {
    std::size_t operator()(const ThreadKey& key) const {
      return std::hash<std::uint64_t>()(key.start_boottime_ns * 4194319U + key.tid);
    }
  };
  // A thread whose final books have not come.
  struct Thread {
    LifeId life = kNoLife;
    std::uint64_t base_on_cpu_ns = 0;  // booked before tracing began
    std::uint64_t base_wait_ns = 0;
    std::uint64_t on_cpu_ns = 0;  // booked since, as last read
    std::uint64_t wait_ns = 0;
    bool booked = false;
  };
  // A thread's time between two switches, for the phases.
  struct Run {
    LifeId life = kNoLife;
    std::uint64_t since_ns = 0;
    bool on_cpu = false;
  };
  // A wait4 or waitid that may still be going on.
  struct Wait {
    std::uint32_t pid = 0;
    std::uint32_t selected_pid = 0;
    bool takes = true;  // it reaps what it finds
    LifeId taken = kNoLife;
  };

  static constexpr std::size_t kMaxEnded = 65536;

  ProcessLife& make(std::uint32_t pid, std::uint64_t start_boottime_ns);
  ProcessLife* current(std::uint32_t pid);
  // The one that pid means now; made from what the TaskTable knows when it is new to us.
  ProcessLife& at(std::uint32_t pid);
  void take(ProcessLife& life, const ht_task& task);
  std::string comm_of(std::uint32_t pid) const;
  void begin_thread(ProcessLife& life, const ht_task& task, bool has_past);
  void book(Thread& thread, const ht_task& task);
  void say(LifeFactKind kind, const ProcessLife& life, std::uint64_t time_ns,
           std::size_t index = 0);
  void end(ProcessLife& life);
  void forget(LifeId id);
  void add_phase_time(LifeId id, std::uint64_t from_ns, std::uint64_t to_ns, std::uint64_t wait_ns,
                      bool on_cpu);

  // lifecycle_reaping.cpp
  void add_child(std::uint32_t parent_pid, LifeId child);
  void hand_over(ProcessLife& dead, std::uint32_t heir_pid, std::uint64_t now_ns);
  void look(Wait& wait, std::uint32_t waiter_tid, std::uint64_t now_ns);
  void reap(ProcessLife& life, std::uint32_t by_tid, std::uint64_t now_ns);
  void remove_child(const ProcessLife& life);

  const TaskTable& tasks_;
  Options options_;
  std::map<LifeId, ProcessLife> lives_;
  LifeId last_id_ = kNoLife;
  std::unordered_map<std::uint32_t, LifeId> by_pid_;
  std::deque<LifeId> ended_;
  std::uint64_t forgotten_ = 0;
  std::unordered_map<ThreadKey, Thread, ThreadHash> threads_;
  std::unordered_map<std::uint32_t, Run> runs_;                      // by tid
  std::unordered_map<std::uint32_t, std::vector<LifeId>> children_;  // by parent's pid
  std::unordered_map<std::uint32_t, Wait> waits_;                    // by the waiter's tid
  std::deque<LifeFact> facts_;                                       // in order of time
  bool has_phases_ = false;
};

}  // namespace hoodtrace
