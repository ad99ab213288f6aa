// SPDX-License-Identifier: GPL-2.0-or-later
// How the time of a process's phases divides into running, waiting and sleeping: from switches.
#pragma once

#include <cstdint>
#include <optional>
#include <unordered_map>

#include "event/event.hpp"
#include "model/procs/process_life.hpp"

namespace hoodtrace {

// A thread's time between two of its switches: a wait stands at its end, before that it slept or
// ran.
struct LifeStretch {
  LifeId life = kNoLife;
  std::uint64_t from_ns = 0;
  std::uint64_t to_ns = 0;
  std::uint64_t wait_ns = 0;
  bool on_cpu = false;
};

// Adds it to the phases that it lies in: each gets its part.
void add_stretch(ProcessLife& life, const LifeStretch& stretch);

class LifePhases {
 public:
  // A thread is born or seen; the switches may know it already.
  void begin(const ht_task& task, LifeId life);

  // The stretches that a switch ends, of the thread that leaves the CPU and of the one that comes.
  std::optional<LifeStretch> leave(const ht_switch& record);
  std::optional<LifeStretch> come(const ht_switch& record, const ProcessLife& life);

  void take_over(std::uint32_t tid, std::uint32_t old_tid);

  // Switches were lost: what was going on is not known any more.
  void forget() { runs_.clear(); }

 private:
  struct Run {
    LifeId life = kNoLife;
    std::uint64_t since_ns = 0;
    std::optional<std::uint64_t> booked_ns;  // the kernel's run_delay, as far as it is counted here
    bool on_cpu = false;
  };

  std::unordered_map<std::uint32_t, Run> runs_;  // by tid
};

}  // namespace hoodtrace
