// SPDX-License-Identifier: GPL-2.0-or-later
// What is known of one task's scheduling, and how it compares with kernel accounting.
//
// The audit's span begins and ends with snapshots of the kernel's counters. Snapshots race with the
// records of switches. The counters that both contain (run_delay, nvcsw, nivcsw) show which
// switches a snapshot includes.
#pragma once

#include <cstdint>
#include <utility>
#include <vector>

#include "event/event.hpp"
#include "event/task_state.hpp"
#include "model/names/who_table.hpp"
#include "model/sched/on_cpu.hpp"
#include "model/sched/stats.hpp"

namespace hoodtrace {

struct SchedClass {
  std::uint8_t policy = 0;
  std::uint8_t prio = 120;
  std::int8_t nice = 0;
};

// Counters of 32 bits that wrap: is a at or before b?
inline bool at_or_before(std::uint32_t a, std::uint32_t b) {
  return static_cast<std::int32_t>(b - a) >= 0;
}

struct TaskSched {
  enum class State : std::uint8_t {
    kUnknown,
    kRunning,
    kQueued,
    kSleep,
    kDisk,             // D and in_iowait
    kUninterruptible,  // another D, or any D where the stream has no in_iowait
    kStopped,
    kOther,
    kDead
  };

  // The kernel's counts at one moment.
  struct Counters {
    bool known = false;
    bool exact = false;  // run_delay_ns is the kernel's; else it keeps none
    std::uint64_t run_delay_ns = 0;
    std::uint32_t nvcsw = 0;
    std::uint32_t nivcsw = 0;
    std::uint64_t exec_runtime_ns = 0;
  };
  // Why a task that lost its CPU may not run, even on an idle CPU.
  enum class Throttle : std::uint8_t { kNo, kQuota, kOwnDeadline };

  // The span begins here: everything is counted from zero.
  void set_base(const ht_task& counters);
  // The span ends here, unless later counters come. With `exact`, waits that the counters hold and
  // no switch has shown are added, and with `culprits` they are behind (unknown); with `runtimes`
  // (the switches carry sum_exec_runtime) so is such time on CPU.
  void set_end(const ht_task& counters, bool exact, bool runtimes, bool culprits);
  // The span's part of the audit; a task without counters at both ends is counted as such.
  // iowait: a D sleep is for I/O.
  static State state_of(TaskState state, bool iowait);
  void add_to(SchedAudit& audit) const;
  void begin_interval();

  SchedStats stats;
  SchedClass sched_class;
  State state = State::kUnknown;
  bool preempted = false;  // queued because it lost a CPU
  Throttle throttle = Throttle::kNo;
  bool follows_unreported = false;  // a switch of the run before its last switch-out was not shown
  bool left_unreported =
      false;           // since it last left its CPU it did so again, and no switch has shown it
  bool began = false;  // the command's, with its exec
  bool waits_to_begin =
      false;                 // the command's, before its exec: what it does then is hoodtrace's own
  bool has_vforked = false;  // and has not slept since
  bool waits_vfork = false;  // its sleep is for that child
  bool wants_mmap_lock = false;
  bool waits_mmap_lock = false;  // its sleep is for that
  bool seen_off_cpu = false;     // `state` is kRunning, but a snapshot has seen it leave
  std::uint16_t cpu = 0;         // last ran there
  TaskState last_state = TaskState::kOther;  // in which it last left a CPU, or was seen
  std::uint64_t since_ns = 0;
  std::uint64_t moved_ns = 0;  // while queued: when it last came to another CPU's queue; 0 = never
  std::uint64_t left_cpu_ns = 0;
  std::uint64_t span_ns = 0;  // its part of the window begins here; 0 = it was not met yet
  std::uint64_t waking_ns = 0;
  std::uint32_t waker_tid = 0;
  bool waker_known = false;

  bool accounted_known = false;
  std::uint64_t accounted_ns = 0;  // the kernel's run_delay after its last switch-in
  bool counters_known = false;
  std::uint32_t nvcsw = 0;  // the kernel's counters after its last switch-out
  std::uint32_t nivcsw = 0;

  OnCpuTime on_cpu;

  Counters base;
  Counters end;
  std::uint64_t audit_wait_ns = 0;
  std::uint64_t audit_involuntary = 0;
  // Counted here and not in the counters at the end: part of the next counters, or the next span.
  std::uint64_t carried_wait_ns = 0;
  std::uint64_t carried_involuntary = 0;
  // The last ones counted, to be moved over a snapshot's edge.
  std::uint64_t last_run_delay_ns = 0;
  std::uint64_t last_wait_ns = 0;
  bool last_involuntary = false;

 private:
  void take_accounted(const ht_task& counters, bool culprits);
};

}  // namespace hoodtrace
