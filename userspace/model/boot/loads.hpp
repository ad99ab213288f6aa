// SPDX-License-Identifier: GPL-2.0-or-later
// What each unit's processes did: lives, times, faults and exits joined by the unit whose cgroup a
// process was last in.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "model/names/task_table.hpp"
#include "model/procs/tracker.hpp"

namespace hoodtrace {

// The kernel's counts of minor and major faults, per process. (The lives have the times.)
class FaultCounters {
 public:
  void on(const ht_task_seen& seen);
  void on(const ht_task_new& born);
  void on(const ht_task_end& end);
  void on(const ht_task_books& counters);

  struct Faults {
    std::uint64_t minor = 0;
    std::uint64_t major = 0;
  };
  // Of all threads of the process that had that pid from `from_ns` to `to_ns`.
  [[nodiscard]] Faults of(std::uint32_t pid, std::uint64_t from_ns, std::uint64_t to_ns) const;

 private:
  struct Thread {
    std::uint32_t pid = 0;
    std::uint64_t born_ns = 0;
    Faults base;
    Faults now;
  };
  void read(const ht_task& task);

  std::unordered_map<std::uint64_t, Thread> threads_;  // by start time and tid
  std::unordered_map<std::uint32_t, std::vector<std::uint64_t>> by_pid_;
};

// Processes of no unit: the kernel's own threads and what they start; those that are in the root
// cgroup or in one whose name is not known.
inline constexpr const char* kKernelUnit = "(kernel)";
inline constexpr const char* kNoUnit = "(no unit)";

struct UnitLoad {
  std::vector<LifeId> processes;  // in order of birth
  std::uint64_t born = 0;         // of them, during the capture
  std::uint64_t on_cpu_ns = 0;
  std::uint64_t wait_ns = 0;
  std::uint64_t unaccounted = 0;  // processes whose times are not in the sums
  std::uint64_t minor_faults = 0;
  std::uint64_t major_faults = 0;
  std::uint64_t failed = 0;               // exits with another code than 0, or by a signal
  std::optional<std::uint64_t> first_ns;  // birth of the first that was born during the capture
  std::optional<std::uint64_t> last_ns;   // exit of the last, when none is left
};

// The unit of a life: its name, kKernelUnit or kNoUnit.
std::string unit_of(const ProcessLife& life, const LifecycleTracker& lives, const TaskTable& tasks);

std::map<std::string, UnitLoad> join_loads(const LifecycleTracker& lives, const TaskTable& tasks,
                                           const FaultCounters& faults);

}  // namespace hoodtrace
