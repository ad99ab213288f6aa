// SPDX-License-Identifier: GPL-2.0-or-later
// Real-time, deadline and stop tasks: what they took from fair ones, how they kept their deadlines, and
// what kept them off a CPU.
//
// When a fair task's wait ends, the part of it in which a real-time task ran on that CPU was taken from the
// fair task. Of runs that are in the stream: with a target, of the target's. Runs and waits begin and end by the
// run queue's clock, as the kernel counts both (update_curr(), sched_info_arrive()): by its readings themselves, since
// its age (model/sched/clock_lag.hpp) is an estimate. The switch itself is later by that age, in which the CPU was
// still on its way from the task before.
#pragma once

#include <array>
#include <cstdint>
#include <deque>
#include <map>
#include <vector>

#include "event/event.hpp"
#include "model/names/task_table.hpp"

namespace hoodtrace {

struct RealtimeStats {
  std::uint64_t runs = 0;  // that ended
  std::uint64_t ran_ns = 0;
  std::uint64_t longest_run_ns = 0;
  std::uint64_t took_ns = 0;  // of waits of fair tasks, in which it ran: of all of them together
  // Deadline.
  std::uint64_t overruns = 0;  // its runtime of a period was used up before it was done
  std::uint64_t own_throttled_ns = 0;
  std::uint64_t late = 0;  // it left its CPU after its deadline
  std::uint64_t latest_ns = 0;
  // Real time: runnable, and kept off so that fair tasks could run.
  std::uint64_t limited = 0;
  std::uint64_t limited_ns = 0;

  void merge(const RealtimeStats& other);
};

// What it was at its last record.
struct RealtimeState {
  std::uint8_t policy = 0;
  std::int16_t prio = 0;
  bool is_deadline = false;
  std::uint64_t dl_runtime_ns = 0;
  std::uint64_t dl_deadline_ns = 0;
  std::uint64_t dl_period_ns = 0;
};

// Why fair tasks got a CPU that real-time tasks would have used.
enum class RealtimeLimit : std::uint8_t { kNone, kThrottled, kServer };

class RealtimeTracker {
 public:
  explicit RealtimeTracker(const TaskTable& tasks) : tasks_(tasks) {}

  void on(const ht_switch& record);
  void on(const ht_realtime& record);
  void on(const ht_lost& lost);

  void settle(std::uint64_t now_ns);
  void begin_interval(std::uint64_t now_ns);
  void fold(TaskId task);

  // By task; kNoTask: those that were forgotten.
  [[nodiscard]] const std::map<TaskId, RealtimeStats>& stats() const { return stats_; }
  [[nodiscard]] const RealtimeState* state(TaskId task) const;
  // How long fair tasks waited while a real-time or deadline task ran.
  [[nodiscard]] const std::map<TaskId, std::uint64_t>& victims() const { return victims_; }
  // How often real-time tasks were kept off, by RealtimeLimit.
  [[nodiscard]] std::uint64_t limited(RealtimeLimit by) const {
    return limited_[static_cast<std::size_t>(by)];
  }
  // The share that a CPU's real-time tasks may have of a period; 0 = no record had it.
  [[nodiscard]] std::uint64_t rt_runtime_ns() const { return rt_runtime_ns_; }

 private:
  // By the run queue's clock, whose zero is any, and differs between CPUs.
  struct Run {
    TaskId task = kNoTask;
    std::int64_t begin_ns = 0;
    std::int64_t end_ns = 0;
  };
  struct Cpu {
    Run current;                 // task kNoTask: none of these classes runs
    std::uint64_t since_ns = 0;  // its begin by the clock of the records
    std::deque<Run> runs;
    TaskId last = kNoTask;        // of these classes, that left with the last switch
    std::uint64_t left_ns = 0;    // when, by the clock of the records
    std::uint32_t clock_lag = 0;  // of the last switch
    std::int64_t lag_ns = 0;      // the same unwrapped
  };
  enum class OffReason : std::uint8_t { kOther, kOwn, kLimit };
  struct Off {
    OffReason reason = OffReason::kOther;
    std::uint64_t since_ns = 0;
  };

  void end_off(TaskId task, std::uint64_t now_ns, bool goes_on);
  void end_run(Cpu& cpu, std::int64_t clock_ns, std::uint64_t left_ns);
  // A fair task's wait that ends there by the run queue's clock.
  void count_victim(const ht_switch& record, TaskId task, std::int64_t clock_ns);
  // When it left its CPU with the switch that the record belongs to.
  [[nodiscard]] std::uint64_t left_ns(const ht_realtime& record, TaskId task) const;

  const TaskTable& tasks_;
  std::vector<Cpu> cpus_;
  std::map<TaskId, RealtimeStats> stats_;
  std::map<TaskId, RealtimeState> states_;
  std::map<TaskId, Off> off_;
  std::map<TaskId, std::uint64_t> victims_;
  std::map<TaskId, bool> throttled_;  // fair tasks that lost their CPU to a quota
  std::array<std::uint64_t, 3> limited_{};
  std::uint64_t rt_runtime_ns_ = 0;
  std::uint64_t from_ns_ = 0;
};

}  // namespace hoodtrace
