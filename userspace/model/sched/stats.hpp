// SPDX-License-Identifier: GPL-2.0-or-later
// What the scheduler did with one task, or with several taken together, over a span.
#pragma once

#include <cstdint>

#include "model/histogram.hpp"
#include "model/ranking.hpp"

namespace hoodtrace {

struct SchedStats {
  std::uint64_t on_cpu_ns = 0;
  std::uint64_t runs = 0;  // times it was switched in

  // Run-queue latency: from being put on a run queue to running, one per run.
  std::uint64_t wait_ns = 0;
  std::uint64_t dispatch_ns = 0;  // of these: after the run queue's clock, in no kernel count
  std::uint64_t wait_count = 0;
  std::uint64_t wait_woken_ns = 0;      // after a sleep
  std::uint64_t wait_preempted_ns = 0;  // after losing a CPU
  std::uint64_t wait_throttled_ns = 0;  // of these: after using up a quota or its own deadline's
  std::uint64_t wait_max_ns = 0;
  Histogram waits;
  Ranking behind;  // who ran meanwhile; its total is wait_ns

  // From the waker's decision to being on a run queue; where wakers are recorded.
  std::uint64_t wake_delay_ns = 0;
  std::uint64_t wake_delays = 0;

  std::uint64_t voluntary_switches = 0;
  std::uint64_t involuntary_switches = 0;
  std::uint64_t sleep_ns = 0;            // interruptible (S), or a kernel thread without work (I)
  std::uint64_t disk_sleep_ns = 0;       // uninterruptible (D) and in_iowait
  std::uint64_t uninterruptible_ns = 0;  // other D; all D where the stream does not have the split
  std::uint64_t vfork_ns = 0;  // of uninterruptible_ns: until the child of a vfork executes or ends
  std::uint64_t mmap_lock_ns = 0;  // of uninterruptible_ns: for mmap_lock, where that is recorded
  std::uint64_t stopped_ns = 0;    // by a signal (T) or a debugger (t)
  std::uint64_t other_ns = 0;      // parked, or born and not woken yet
  std::uint64_t migrations = 0;    // runs on another CPU than the run before

  // The task's time in the window. As long as nothing is lost it is on_cpu_ns + wait_ns
  // - wait_outside_ns + wait_open_ns + sleep_ns + disk_sleep_ns + uninterruptible_ns + stopped_ns
  // + other_ns.
  std::uint64_t window_ns = 0;
  std::uint64_t wait_outside_ns = 0;  // of wait_ns: before the window, or also in wait_open_ns
  std::uint64_t wait_open_ns = 0;     // in the window, of a wait that has not ended with it

  void merge(const SchedStats& other);
};

// The sums and the kernel's, over the tasks whose counters were read at both ends of the span.
struct SchedAudit {
  std::uint64_t tasks = 0;
  std::uint64_t wait_ns = 0;
  std::uint64_t kernel_run_delay_ns = 0;
  bool run_delay_known = true;  // false: this kernel keeps no run_delay (no sched_info)
  // Time on CPU as the kernel counts it, with the dispatch time; from the switches, from snapshots.
  std::uint64_t on_cpu_ns = 0;
  std::uint64_t kernel_exec_runtime_ns = 0;
  // The reported columns, time on CPU and dispatch time: by the clock, from switch to switch.
  std::uint64_t reported_on_cpu_ns = 0;
  bool exec_runtime_known = true;  // false: the switches were recorded without sum_exec_runtime
  std::uint64_t unreported_on_cpu_ns = 0;  // part of on_cpu_ns, in runs without a reported switch
  std::uint64_t involuntary_switches = 0;
  std::uint64_t kernel_involuntary_switches = 0;
  std::uint64_t without_counters = 0;  // tasks that could not be compared
};

}  // namespace hoodtrace
