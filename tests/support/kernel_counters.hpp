// SPDX-License-Identifier: GPL-2.0-or-later
// The kernel's counters of another process's threads, read from /proc: the independent count that
// live tests compare with. Exact while the threads sleep.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <map>

namespace hoodtrace::testing {

struct KernelCounters {
  std::uint64_t ran_ns = 0;  // sum_exec_runtime
  std::uint64_t run_delay_ns = 0;
  std::uint64_t pcount = 0;
  std::uint64_t nvcsw = 0;
  std::uint64_t nivcsw = 0;

  // What was added since `earlier`.
  [[nodiscard]] KernelCounters since(const KernelCounters& earlier) const;
};

// By tid.
std::map<pid_t, KernelCounters> read_kernel_counters(pid_t process);

// Waits until every thread of the process sleeps (state S): its counters do not change any more
// then. False after ten seconds.
bool wait_until_asleep(pid_t process);

}  // namespace hoodtrace::testing
