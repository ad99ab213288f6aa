// SPDX-License-Identifier: GPL-2.0-or-later
#include "model/sched/stats.hpp"

#include <algorithm>

namespace hoodtrace {

void SchedStats::merge(const SchedStats& other) {
  on_cpu_ns += other.on_cpu_ns;
  runs += other.runs;
  wait_ns += other.wait_ns;
  dispatch_ns += other.dispatch_ns;
  wait_count += other.wait_count;
  wait_woken_ns += other.wait_woken_ns;
  wait_preempted_ns += other.wait_preempted_ns;
  wait_throttled_ns += other.wait_throttled_ns;
  wait_max_ns = std::max(wait_max_ns, other.wait_max_ns);
  waits.merge(other.waits);
  behind.merge(other.behind);
  wake_delay_ns += other.wake_delay_ns;
  wake_delays += other.wake_delays;
  voluntary_switches += other.voluntary_switches;
  involuntary_switches += other.involuntary_switches;
  sleep_ns += other.sleep_ns;
  disk_sleep_ns += other.disk_sleep_ns;
  uninterruptible_ns += other.uninterruptible_ns;
  vfork_ns += other.vfork_ns;
  mmap_lock_ns += other.mmap_lock_ns;
  stopped_ns += other.stopped_ns;
  other_ns += other.other_ns;
  migrations += other.migrations;
  window_ns += other.window_ns;
  wait_outside_ns += other.wait_outside_ns;
  wait_open_ns += other.wait_open_ns;
}

}  // namespace hoodtrace
