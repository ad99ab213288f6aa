// SPDX-License-Identifier: GPL-2.0-or-later
// Names for those who run: (process, comm) pairs as small numbers that stay valid for the run.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace hoodtrace {

using WhoId = std::uint32_t;

struct Who {
  std::uint32_t pid = 0;
  std::string comm;
  bool has_pid = true;  // false: several processes, or none, share this name
};

class WhoTable {
 public:
  // Always there. The CPU was idle; time that nobody can be named for (before tracing, lost
  // events); time spent queued on a CPU before being moved to another; all that fell out of a
  // bounded list.
  static constexpr WhoId kIdle = 0;
  static constexpr WhoId kUnknown = 1;
  static constexpr WhoId kElsewhere = 2;
  static constexpr WhoId kOther = 3;
  // No task: the cgroup's CPU quota was used up.
  static constexpr WhoId kThrottled = 4;
  // No task: it has used up the runtime of its own SCHED_DEADLINE period.
  static constexpr WhoId kOwnDeadline = 5;

  WhoTable();

  // Once kLimit pairs are known, new ones are named by comm alone, and then by kOther.
  WhoId intern(std::uint32_t pid, std::string_view comm);
  [[nodiscard]] const Who& operator[](WhoId id) const { return names_[id]; }

 private:
  static constexpr std::size_t kLimit = 65536;

  WhoId add(Who who);

  std::vector<Who> names_;
  std::unordered_map<std::string, WhoId> ids_;  // key: pid, '/', comm
};

}  // namespace hoodtrace
