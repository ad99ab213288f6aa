// SPDX-License-Identifier: GPL-2.0-or-later
// The kernel's books of each traced thread, as differences: what came since they were last read.
//
// A thread is known by its tid, and by its start time to be sure of it. After de_thread()
// (fs/exec.c) the thread that executes has the leader's tid and start time.
#pragma once

#include <cstdint>
#include <optional>
#include <unordered_map>

#include "event/event.hpp"
#include "model/procs/process_life.hpp"

namespace hoodtrace {

class LifeBooks {
 public:
  // What the kernel has booked on a thread since the last time.
  struct Taken {
    LifeId life = kNoLife;
    std::uint32_t tid = 0;
    std::uint64_t on_cpu_ns = 0;
    std::uint64_t wait_ns = 0;
    std::uint64_t min_flt = 0;
    std::uint64_t maj_flt = 0;
    bool is_first = false;  // its time was not known before
  };

  // From here on; what was booked before is not counted. A thread that `is_new` has no known times
  // until its books are read.
  void begin(const ht_task& task, LifeId life, bool is_new);
  [[nodiscard]] bool knows(std::uint32_t tid, std::uint64_t start_boottime_ns) const;

  // Nothing when the thread is not known.
  std::optional<Taken> read(const ht_task& task);
  // The same, and the last time.
  std::optional<Taken> close(const ht_task& task);
  // Of a record that has no more than the faults.
  std::optional<Taken> read_faults(std::uint32_t tid, std::uint64_t min_flt, std::uint64_t maj_flt);

  // A thread took over the leader's tid and start time; the leader, if its end is still to come,
  // has the thread's.
  void take_over(std::uint32_t tid, std::uint32_t old_tid, std::uint64_t start_boottime_ns);

 private:
  struct Thread {
    LifeId life = kNoLife;
    std::uint64_t start_boottime_ns = 0;
    std::uint64_t on_cpu_ns = 0;  // as last read
    std::uint64_t wait_ns = 0;
    std::uint64_t min_flt = 0;
    std::uint64_t maj_flt = 0;
    bool is_booked = false;
  };

  std::unordered_map<std::uint32_t, Thread> threads_;  // by tid
};

}  // namespace hoodtrace
