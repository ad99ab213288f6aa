// SPDX-License-Identifier: GPL-2.0-or-later
// What the user wants traced: whom, which families, how.
#pragma once

#include <atomic>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "probe/family_table.hpp"

namespace hoodtrace {

// Whom. Everything empty = the whole system; several kinds add up.
struct Target {
  std::vector<std::uint32_t> pids;  // processes, as this process's pid namespace numbers them
  std::vector<std::uint32_t> tids;
  std::string comm_glob;
  std::string cgroup_path;           // below the v2 mount, or an absolute path into it
  std::string unit;                  // systemd unit
  std::string container;             // its id, or how that begins
  std::vector<std::string> command;  // started by us
  bool command_is_silent = false;    // its input and output are /dev/null
  std::optional<bool> follow;        // children too; unset = only for a command

  [[nodiscard]] bool is_whole_system() const {
    return pids.empty() && tids.empty() && comm_glob.empty() && cgroup_path.empty() &&
           unit.empty() && container.empty() && command.empty();
  }
  [[nodiscard]] bool follows() const { return follow.value_or(!command.empty()); }
};

// For a person: "process 42 and what it starts".
std::string describe(const Target& target);

// Tier of page-fault hooks; auto = the best that this kernel has.
enum class FaultTier { kAuto, kBase, kEvents, kFentry };

// What serve counts beside the scheduler's sums.
struct TotalsRequest {
  bool lives = true;  // forks, execs, exits
  bool pages = true;  // the page cache, reclaim
  bool pairs = true;  // who waited behind whom
};

struct TraceRequest {
  Target target;
  Families families;
  bool wakers = false;               // record who woke whom, and the wakeup delay
  bool culprits = true;              // record whom a traced task waited behind
  bool failed_execs = false;         // the exit of every system call is looked at
  std::uint32_t argv_bytes = 65536;  // bytes of an argv to record; 0 = none is read
  bool exec_who = false;             // user and working directory of each exec
  bool force_fallback = false;       // as on a kernel without sched_info
  bool forks = false;                // what each fork itself took
  bool others = false;               // record those that are not of the target too
  TotalsRequest totals;              // of Family::kTotals
  std::uint64_t stacks_ns = 0;       // record the stacks of sleeps of at least that; 0 = of none
  bool cycles = false;               // cycles in user mode and in the kernel: needs a PMU
  bool syncs = false;                // each fsync: every system call is looked at
  FaultTier fault_tier = FaultTier::kAuto;
  std::uint64_t ring_bytes = 0;   // per CPU; 0 = chosen by the number of CPUs
  std::uint64_t interval_ns = 0;  // 0 = one report at the end
  // Not null: read while tracing; each interval is as long as it says then. It must outlive the source.
  const std::atomic<std::uint64_t>* interval_wish_ns = nullptr;
  // The counters of many tasks are read only as often as costs little; not every interval has an audit.
  bool spares_counters = false;
  // Sources with other families are opened later in this process, with the privileges that this one
  // leaves.
  bool families_follow = false;
  // For a flight recorder: how often HT_TICK_COUNTERS and the counters are recorded. On SIGUSR1
  // they are followed by HT_TICK_MARK. 0 = never.
  std::uint64_t counters_interval_ns = 0;
  std::uint64_t duration_ns = 0;  // 0 = until stopped, or until the target has ended
  bool load_averages = false;     // record /proc/loadavg
  std::string btf_path;           // empty = the kernel's own
  bool host_name = false;         // goes into the session record too
  bool by_cpu = false;            // switches may come CPU by CPU (Source::is_by_cpu)
  bool sheds_culprits = false;    // the reader may stop naming culprits when it cannot keep up
  std::string command_line;       // as typed; goes into the session record
};

}  // namespace hoodtrace
