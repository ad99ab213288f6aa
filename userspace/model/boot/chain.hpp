// SPDX-License-Identifier: GPL-2.0-or-later
// The critical chain: from the goal back, at each step the unit, of all that it is ordered behind,
// that was up last; and what the time of each step went to.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "model/boot/loads.hpp"
#include "model/boot/tracker.hpp"
#include "model/times/activity_tracker.hpp"

namespace hoodtrace {

// Of a stretch of time, every nanosecond once: at each moment the first of these that holds.
struct ChainTime {
  std::uint64_t cpu_ns = 0;              // a process of the unit ran
  std::uint64_t wait_ns = 0;             // none ran, one waited for a CPU
  std::uint64_t disk_ns = 0;             // none of these, one slept for a disk (D, in_iowait)
  std::uint64_t uninterruptible_ns = 0;  // none of these, one slept uninterruptibly (D)
  std::uint64_t sleep_ns = 0;            // all of its processes slept: for somebody else
  std::uint64_t manager_ns = 0;          // it had no process yet, and the manager itself was busy
  std::uint64_t other_ns = 0;            // it had no process, and the manager slept too
  std::uint64_t unseen_ns = 0;           // before the capture
  [[nodiscard]] std::uint64_t total_ns() const {
    return cpu_ns + wait_ns + disk_ns + uninterruptible_ns + sleep_ns + manager_ns + other_ns +
           unseen_ns;
  }
};

struct ChainStep {
  std::string unit;
  std::uint64_t from_ns = 0;  // the step before was up, or the manager began
  std::uint64_t activating_ns = 0;
  std::uint64_t up_ns = 0;
  ChainTime time;  // from from_ns to up_ns
};

// In order of time. Empty when the goal is not known or was never reached. A unit that was up
// before `begin_ns` ends the walk.
std::vector<ChainStep> critical_chain(const std::map<std::string, BootUnit>& units,
                                      const std::string& goal, std::uint64_t begin_ns);

// Fills in the steps' times from what the processes did, which is known from `seen_ns` on.
void account_chain(std::vector<ChainStep>& chain, const std::map<std::string, UnitLoad>& loads,
                   const LifecycleTracker& lives, const ActivityTracker& activity,
                   std::uint64_t seen_ns);

}  // namespace hoodtrace
