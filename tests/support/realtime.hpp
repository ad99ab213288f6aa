// SPDX-License-Identifier: GPL-2.0-or-later
// Whether tests may have real-time tasks.
#pragma once

#include <sched.h>

#include <thread>

namespace hoodtrace::testing {

// Not in a `cpu` cgroup of version 1 without cpu.rt_runtime_us.
inline bool may_be_realtime() {
  bool may = false;
  std::thread([&may] {
    const sched_param lowest{1};
    may = ::sched_setscheduler(0, SCHED_FIFO, &lowest) == 0;
  }).join();
  return may;
}

}  // namespace hoodtrace::testing
