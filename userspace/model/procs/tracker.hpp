// SPDX-License-Identifier: GPL-2.0-or-later
// The lives of processes from the records of births, programs, exits and waits.
//
// A process ends with its last thread, whatever becomes of the first (docs/kernel-notes.md, note
// 22). Its parts: the table of processes, who reaps whom, the counters of threads, the times of
// phases.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "event/event.hpp"
#include "model/names/task_table.hpp"
#include "model/procs/life_events.hpp"
#include "model/procs/process_table.hpp"
#include "model/procs/reaping.hpp"
#include "model/procs/thread_counters.hpp"
#include "model/times/task_spans.hpp"

namespace hoodtrace {

class LifecycleTracker {
 public:
  struct Options {
    bool events = false;   // a timeline is wanted: take_events() will be called
    bool threads = false;  // the lives of threads too
  };

  LifecycleTracker(const TaskTable& tasks, Options options)
      : tasks_(tasks), options_(options), events_(options.events) {}

  // After the TaskTable.
  void on(const ht_session& session);
  void on(const ht_task_seen& seen);
  void on(const ht_task_new& born);
  void on(const ht_task_name& name);
  void on(const ht_task_exec& exec);
  void on(const ht_task_end& end);
  void on(const ht_task_books& counters);
  void on(const ht_task_cgroup& move);
  void on(const ht_task_pids& pids);
  void on(const ht_life& life);
  void on(const ht_program& program);
  void on(const ht_exe& exe);
  void on(const ht_interpreter& interpreter);
  void on(const ht_argv& argv);
  void on(const ht_exit& exit);
  void on(const ht_signal& signal);
  void on(const ht_wait& wait) { reaping_.on(wait); }
  void on(const ht_switch& record);
  void on(const ht_wakeup& wakeup) { threads_.wake(tasks_.find(wakeup.head.tid), wakeup); }
  void on(const ht_fault& fault);
  void on(const ht_lost& lost);

  // The TaskTable is about to forget a task.
  void fold(TaskId task) {
    threads_.end(task);
    if (task < from_switches_.size()) from_switches_[task] = {};
  }

  // In order of birth. Processes that have ended stay, up to kMaxEnded; then the oldest go.
  [[nodiscard]] const std::map<LifeId, ProcessLife>& lives() const { return table_.lives(); }
  [[nodiscard]] const ProcessLife* find(LifeId id) const { return table_.find(id); }
  [[nodiscard]] std::uint64_t forgotten() const { return forgotten_; }

  struct Times {
    std::optional<std::uint64_t> on_cpu_ns;     // up to the exits of its threads
    std::optional<std::uint64_t> exit_work_ns;  // and after them; absent while it lives
    std::optional<std::uint64_t> wait_ns;
    std::optional<std::uint64_t> min_flt;
    std::optional<std::uint64_t> maj_flt;
  };
  // What the kernel counted while the process was traced; for a live one, up to the last
  // ht_task_books.
  [[nodiscard]] static Times times_of(const ProcessLife& life);

  // Switches were in the stream: the phases have times.
  [[nodiscard]] bool has_switches() const { return has_switches_; }
  // Page faults were: the phases have copies.
  [[nodiscard]] bool has_faults() const { return has_faults_; }
  // Failed execs were recorded.
  [[nodiscard]] bool has_failed_execs() const { return has_failed_execs_; }

  // The events older than settled_ns, in order of time. A reaping can be corrected for a moment
  // (reaping.hpp), so ask with a time that lies some milliseconds back; or with all ones at the
  // end.
  std::vector<LifeEvent> take_events(std::uint64_t settled_ns) { return events_.take(settled_ns); }
  // Cheap: may take_events(settled_ns) have something?
  [[nodiscard]] bool has_events(std::uint64_t settled_ns) const { return events_.has(settled_ns); }

  // Forgets those that have ended and were reported.
  void begin_interval();

 private:
  ProcessLife& make(std::uint32_t pid, std::uint64_t start_boottime_ns);
  // The one that pid means now; made from what the TaskTable knows when it is new to us.
  ProcessLife& at(std::uint32_t pid);
  void take(ProcessLife& life, const ht_task& task);
  std::string comm_of(std::uint32_t pid) const;
  void add_growth(const std::optional<ThreadCounters::Growth>& growth, const ht_header& head,
                  bool exact);
  // What the phases have of the thread's time since the last call, and its counters do not.
  struct FromSwitches {
    std::int64_t on_cpu_ns = 0;
    std::uint64_t dispatch_ns = 0;
  };
  FromSwitches take_from_switches(TaskId task);
  void add_counters(std::optional<ThreadCounters::Growth> growth, const ht_task& task);
  void add_spans(TaskSpans::Ended spans);
  void begin_command(ProcessLife& life, const ht_task_exec& exec);
  void end(const ProcessLife& life);
  void end_thread(ProcessLife& life, const ht_exit& record);
  void confirm(const ht_task& task);

  const TaskTable& tasks_;
  Options options_;
  ProcessTable table_;
  LifeEvents events_;
  Reaping reaping_{table_, events_};
  ThreadCounters counters_;
  std::vector<FromSwitches> from_switches_;                              // by TaskId
  TaskSpans threads_;                                                    // owned by their lives
  std::unordered_map<std::uint32_t, std::string> missing_interpreters_;  // of execs to come, by tid
  std::uint64_t forgotten_ = 0;
  std::uint32_t self_pid_ = 0;  // hoodtrace's own; 0 = not known
  bool has_switches_ = false;
  bool has_faults_ = false;
  bool has_failed_execs_ = false;
};

}  // namespace hoodtrace
