// SPDX-License-Identifier: GPL-2.0-or-later
// The switches of a machine that nobody has here: many CPUs, many tasks. Made in order of time, and
// kept CPU by CPU as the rings have them.
#pragma once

#include <cstdint>
#include <vector>

#include "stream/record_buffer.hpp"

namespace hoodtrace::bench {

struct ScaleMachine {
  std::uint32_t cpus = 2;
  std::uint32_t tasks = 1000;
  std::uint64_t switches = 1'000'000;  // of all CPUs
  std::uint32_t runnable = 4;  // waiting on each CPU, as far as there are tasks; the rest sleeps
};

struct ScaleStream {
  RecordBuffer beginning;                     // the session, and every task
  std::vector<std::vector<ht_switch>> rings;  // by CPU
  RecordBuffer end;                           // every task's counters, and the last tick
};

// Each task runs 10 to 50 us, then sleeps or is preempted; those that sleep wake in turn, and one in
// 16 goes to sleep on another CPU. The kernel's counts of waits, switches and time on CPU are right.
// The same machine is always the same.
ScaleStream make_scale_stream(const ScaleMachine& machine);

}  // namespace hoodtrace::bench
