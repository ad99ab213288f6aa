// SPDX-License-Identifier: GPL-2.0-or-later
// What the kernel counts of each traced thread, as differences: the growth since the last reading.
//
// A thread is known by its tid and its start time. After de_thread() (fs/exec.c) the thread that
// executes has the leader's tid and start time.
#pragma once

#include <cstdint>
#include <optional>
#include <unordered_map>

#include "event/event.hpp"
#include "model/procs/process_life.hpp"

namespace hoodtrace {

class ThreadCounters {
 public:
  // How much the kernel's counters of a thread grew since the last reading.
  struct Growth {
    LifeId life = kNoLife;
    std::uint32_t tid = 0;
    std::uint64_t on_cpu_ns = 0;
    std::uint64_t wait_ns = 0;
    std::uint64_t min_flt = 0;
    std::uint64_t maj_flt = 0;
    bool is_first = false;  // its time was not known before
    // With the last reading: of all its time on the CPU, that after its exit.
    std::optional<std::uint64_t> exit_work_ns;
  };

  // From here on; what was counted before is left out. A thread that `is_new` has no known times
  // until its counters are read.
  void begin(const ht_task& task, LifeId life, bool is_new);
  [[nodiscard]] bool knows(std::uint32_t tid, std::uint64_t start_boottime_ns) const;

  // Nothing when the thread is not known.
  std::optional<Growth> read(const ht_task& task);
  // The same, and the last time.
  std::optional<Growth> close(const ht_task& task);
  // Its exit. Its work continues: it frees its memory and closes its files.
  void exit(const ht_exit& record);
  // Of a record that has no more than the faults.
  std::optional<Growth> read_faults(std::uint32_t tid, std::uint64_t min_flt,
                                    std::uint64_t maj_flt);

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
    bool was_read = false;
    std::optional<std::uint64_t> exit_ns;
    std::uint64_t exit_on_cpu_ns = 0;  // at its exit: no more than a tick behind
    std::uint64_t exit_wait_ns = 0;
  };

  static std::uint64_t exit_work(const Thread& thread, const ht_task& task);

  std::unordered_map<std::uint32_t, Thread> threads_;  // by tid
};

}  // namespace hoodtrace
