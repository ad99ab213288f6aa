// SPDX-License-Identifier: GPL-2.0-or-later
// What each thread did when: the one state machine behind strips, phases and chains. (SchedTracker
// keeps its own: it counts for audits, and is hot.)
//
// Its user names the owner of each thread's time, such as a process, and gets the spans that a
// record ends: in order of time for each thread, without gaps as long as nothing is lost. Threads
// are TaskIds, so a thread keeps its time when it gets the leader's tid in an exec.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "event/event.hpp"
#include "model/names/task_table.hpp"
#include "model/sched/on_cpu.hpp"
#include "model/times/task_time.hpp"

namespace hoodtrace {

struct TaskSpan {
  std::uint64_t owner = 0;
  TaskId task = kNoTask;
  TaskTime time = TaskTime::kOther;
  std::uint64_t from_ns = 0;
  std::uint64_t to_ns = 0;
  // Of a wait that ended: what the kernel adds to run_delay for it, and what comes after it until the
  // thread runs (ht_switch.clock_lag). The span is as long as both; less when a record between the
  // two clocks' times cut it, or nothing is known of the time before.
  std::optional<std::uint64_t> run_delay_ns = std::nullopt;
  std::uint64_t dispatch_ns = 0;
  // What it waited, whatever the span's length.
  [[nodiscard]] std::uint64_t waited_ns() const { return run_delay_ns.value_or(0) + dispatch_ns; }
  // Of a run that ended, in a span of no length: what the thread was on a CPU longer (or less) than
  // the spans since it last left one have it, by sum_exec_runtime: a switch is missing. In its place
  // the spans have `instead`; kOther: nothing, for switches were lost.
  std::int64_t unshown_ns = 0;
  TaskTime instead = TaskTime::kOther;
  // Of a wait after such a run: what waited_ns() differs from its length is of a sleep.
  bool follows_unshown = false;
};

class TaskSpans {
 public:
  using Owner = std::uint64_t;
  static constexpr Owner kNobody = 0;  // not known: the thread has a state, but no spans

  // Valid until the next call.
  using Ended = std::span<const TaskSpan>;

  // kNoTask is ignored everywhere.
  // The scan found the thread. Nothing changes when it is known.
  void see(TaskId task, const ht_task& record, Owner owner);
  void bear(TaskId task, const ht_task& record, Owner owner);

  // The two sides of a switch: first its `prev`, then its `next`. clock_age_ns: the TaskTable's. A run
  // ends so long before the record's time.
  Ended leave(TaskId prev, const ht_switch& record, Owner owner, std::uint64_t clock_age_ns);
  Ended come(TaskId next, const ht_switch& record, Owner owner, std::uint64_t clock_age_ns);
  // Only heeded where waits are measured by stamps.
  void wake(TaskId task, const ht_wakeup& record);

  // The thread's time up to now.
  Ended cut(TaskId task, std::uint64_t now_ns);
  // The same of all threads.
  Ended cut_all(std::uint64_t now_ns);
  // The same, and nothing is known of them any more: switches were lost.
  Ended forget_all(std::uint64_t now_ns);
  // The kernel's counters of it at that moment: its time up to then, and what no switch has shown.
  Ended read(TaskId task, const ht_task& counters);
  // Switches carry sum_exec_runtime: spans have all time on a CPU, whatever the stream lacks.
  [[nodiscard]] bool has_runtimes() const { return has_runtimes_; }
  // It never runs again, or the TaskTable is about to forget it.
  void end(TaskId task) {
    if (task < threads_.size()) threads_[task] = {};
  }

 private:
  struct Thread {
    Owner owner = kNobody;
    bool known = false;  // `time` since since_ns
    TaskTime time = TaskTime::kOther;
    std::uint64_t since_ns = 0;
    std::uint64_t woken_ns = 0;                 // 0 = no wake-up since since_ns
    std::optional<std::uint64_t> run_delay_ns;  // as far as spans have it
    OnCpuTime count;                            // by sum_exec_runtime
    std::int64_t ran_ns = 0;  // on a CPU since it last left one, as the spans have it
    bool counters_known = false;
    std::uint32_t nvcsw = 0;
    std::uint32_t nivcsw = 0;
    bool left_unshown = false;  // since it last left a CPU it did so again, and no switch shows it
    bool follows_unshown = false;  // the run before the last switch-out had a switch missing
    bool has_gap = false;          // switches were lost since it last left
  };

  Thread& of(TaskId task);
  void put(TaskId task, TaskTime time, std::uint64_t from_ns, std::uint64_t to_ns,
           std::optional<std::uint64_t> run_delay_ns = std::nullopt, std::uint64_t dispatch_ns = 0);
  // The same of a run, whose length the switches do not have.
  void put_unshown(TaskId task, std::uint64_t now_ns, std::int64_t unshown_ns, TaskTime instead);
  static TaskTime place_of_unshown(const Thread& thread);
  static void begin_counters(Thread& thread, const ht_task& record);
  // All switches since it last left are in the stream, by its own counters.
  static bool is_shown(Thread& thread, const ht_switch& record);
  // What it did since since_ns, up to now.
  void put_until(TaskId task, std::uint64_t now_ns);
  // Ends the thread's span and begins the next one, as `time`.
  void change(TaskId task, TaskTime time, std::uint64_t now_ns);
  void add_cut(TaskId task, std::uint64_t now_ns);
  // Its wait up to now; nothing when the record does not have it.
  static std::optional<std::uint64_t> wait_of(const Thread& thread, const ht_switch& record);

  std::vector<Thread> threads_;  // by TaskId
  std::vector<TaskSpan> ended_;
  bool has_runtimes_ = false;  // switches carry sum_exec_runtime
};

}  // namespace hoodtrace
