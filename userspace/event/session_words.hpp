// SPDX-License-Identifier: GPL-2.0-or-later
// The words of a session record.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "event/event.hpp"

namespace hoodtrace {

// Keys and values in order; they live as long as the record. Hostile.
std::vector<std::pair<std::string_view, std::string_view>> session_words(const ht_session& session);

// The keys of what only some sessions have: the cgroup that is the target, and its id; with
// --host-name, which machine and which of its boots it was.
inline constexpr std::string_view kCgroupWord = "cgroup";
inline constexpr std::string_view kCgroupIdWord = "cgroup_id";
inline constexpr std::string_view kMachineIdWord = "machine_id";
inline constexpr std::string_view kBootIdWord = "boot_id";

// The CPUs that were online at the start, as the kernel lists them ("0-3,6"); not in older recordings.
inline constexpr std::string_view kOnlineCpusWord = "cpus_online";

// The CPUs that share a last-level cache, and those of each NUMA node: "0-3;4-7". Not in older recordings;
// empty where the kernel does not say.
inline constexpr std::string_view kCachesWord = "cpu_caches";
inline constexpr std::string_view kNodesWord = "cpu_nodes";

// By how many parts in a thousand million NTP lets CLOCK_BOOTTIME run ahead of the clock of the run queues,
// at the start; not in older recordings.
inline constexpr std::string_view kClockRateWord = "clock_rate_ppb";
// How far CLOCK_BOOTTIME was ahead of a fresh clock of the run queues at the record's time; where that is known.
inline constexpr std::string_view kClockLagWord = "clock_lag_ns";

// Those that every report begins with. Hostile.
struct SessionText {
  std::string target;
  std::string how;
  std::string families;  // "sched,procs"; empty in older recordings
};
SessionText read_session(const ht_session& session);

// The family of that name was recorded.
bool has_family(const SessionText& session, std::string_view family);

}  // namespace hoodtrace
