// SPDX-License-Identifier: GPL-2.0-or-later
// One task's time on CPU.
//
// A run with both its switches lasts from one to the other by the clock. Each switch-out also
// carries the low half of the kernel's count, se.sum_exec_runtime. Its growth since the last
// switch-out is the time on CPU in between, even when switches are missing. So it replaces the
// clock where a switch is missing, and its sum is compared with /proc/PID/schedstat.
//
// The count itself is not reported: it begins a run at the run queue's clock (exec_start,
// update_stats_curr_start(), kernel/sched/fair.c), and so has the dispatch time in it, which is
// part of the wait (see ClockLag).
#pragma once

#include <cstdint>

namespace hoodtrace {

class OnCpuTime {
 public:
  // A snapshot's count at now_ns: the span begins here. `running`: the task is on a CPU, and its count is as
  // old as the last tick. How old, the end of this run tells (before_span_ns()).
  void begin_span(std::uint64_t exec_ns, std::uint64_t now_ns, bool running = false);
  // The next report's span begins: counts from zero, what is known stays.
  void begin_interval();

  // The task leaves its CPU at now_ns; `exec` is the low half of its count (0 = not known), ran_ns
  // its run by the clock (0 = when it came is not known); `shown`: so were all switches since it
  // last left. Returns what to report.
  std::uint64_t leave(std::uint32_t exec, std::uint64_t ran_ns, bool shown, std::uint64_t now_ns);
  // It has run for ran_ns more by the clock, and still does. Returns what to report.
  std::uint64_t go_on(std::uint64_t ran_ns);
  // A snapshot's count: the span ends here. `running`: the task is on a CPU, and its count is as
  // old as the last tick. Returns what to report: what no switch has shown.
  std::uint64_t end_span(std::uint64_t exec_ns, bool running, std::uint64_t now_ns);

  // The growth of the kernel's count in this span.
  [[nodiscard]] std::uint64_t counted_ns() const { return counted_ns_; }
  // What the kernel's count grew by from the snapshot's value to the beginning of the span: the snapshot's
  // count was as old as the last tick. Not in counted_ns().
  [[nodiscard]] std::uint64_t before_span_ns() const { return before_span_ns_; }
  // Of counted_ns(): in runs whose switches the stream lacks.
  [[nodiscard]] std::uint64_t unreported_ns() const { return unreported_ns_; }

 private:
  // Reports the growth since the last count.
  std::uint64_t take_unreported(std::uint64_t grown_ns, std::uint64_t ran_ns);
  void forget(std::uint32_t exec, std::uint64_t now_ns);

  bool known_ = false;          // exec_ns_ is
  bool whole_known_ = false;    // and not its low half alone
  std::uint64_t exec_ns_ = 0;   // the last count
  std::uint64_t at_ns_ = 0;     // when it was taken
  std::int64_t ahead_ns_ = 0;   // reported beyond the last count, by the clock
  std::uint64_t early_ns_ = 0;  // reported by a snapshot before the switch-out was seen
  std::uint64_t counted_ns_ = 0;
  bool begins_old_ = false;  // exec_ns_ is as old as the last tick
  std::uint64_t before_span_ns_ = 0;
  bool ended_ = false;            // the span has, as far as is known: counts go to the next
  std::uint64_t carried_ns_ = 0;  // counted, but after the end of the span
  std::uint64_t unreported_ns_ = 0;
};

}  // namespace hoodtrace
