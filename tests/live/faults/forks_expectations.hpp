// SPDX-License-Identifier: GPL-2.0-or-later
// How to read the rows of faults --cow.
#pragma once

#include "live/faults/expectations.hpp"

namespace hoodtrace::testing {

// What a fork costs beside the pages of the scenario: the stack, libc's and the program's own data,
// the thread's control block, on either side. About 20 here; a page for every mapping of the ten
// that a small program has, twice, is more than any libc needs.
inline constexpr std::uint64_t kOwnPages = 60;

inline FaultsRun trace_forks(const Words& scenario) {
  return trace_faults({"--cow", "--follow"}, scenario);
}

inline std::uint64_t side(const Json& fork, const char* who, const char* what) {
  return fork[who][what].get<std::uint64_t>();
}

inline Json fork_of(const Json& report, pid_t child) {
  for (const Json& fork : report["forks"])
    if (fork["child_pid"] == child) return fork;
  return Json::object();
}

}  // namespace hoodtrace::testing
