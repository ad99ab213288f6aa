// SPDX-License-Identifier: GPL-2.0-or-later
// What is wanted × what exists → which programs to load, or a clear refusal. Pure.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "probe/catalog.hpp"
#include "probe/trace_request.hpp"

namespace hoodtrace {

struct Plan {
  std::vector<const Probe*> probes;
  bool exact_wait = false;        // the kernel's own books, not stamps at wake-ups
  bool wakers = false;            // waking and wakeup are recorded
  bool life = false;              // the life-cycle family is loaded
  bool life_ends = false;         // and records the tasks' ends: nobody else does
  bool cache = false;             // the page-cache family is loaded
  bool cache_ends = false;        // and records the tasks' ends: nobody else does
  std::uint32_t cache_scope = 0;  // HT_CACHE_*: what this kernel tells of it
  bool switch_state_arg = false;  // sched_switch hands over prev_state
  bool exit_last_arg = false;     // sched_process_exit tells which thread is the last
  bool failed_execs = false;      // they are recorded
  bool all_switches = false;      // the kernel side lets every switch through, whatever the target
  bool faults = false;            // the faults family is loaded
  bool fault_ends = false;        // and records the tasks' ends: nobody else does
  bool fault_fentry = false;      // by fentry on handle_mm_fault
  bool fault_rss = false;         // and which of the mm's counters a fault moved
  bool second_chance = false;     // programs at preemptible hooks are loaded twice
  KernelFunctions functions;
  PageTables pages;  // to tell by what a fault did; not by the allocator then
  BtrfsLayout btrfs;
  std::string how;  // one line for a person: the hooks, and why these
};

Result<Plan> make_plan(const TraceRequest& request, const Features& features);

}  // namespace hoodtrace
