// SPDX-License-Identifier: GPL-2.0-or-later
// Counts context switches for which the kernel called no tracepoint, from their neighbours: a
// thread that is switched out must have been switched in, and the reverse.
//
// These happen without any loss (rq->nr_switches jumps; docs/kernel-notes.md), and are counted in
// every report next to the losses. After a loss the state of the threads that it can concern is
// unknown, so that a lost switch is not counted again here.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <vector>

#include "event/event.hpp"

namespace hoodtrace {

class UnreportedSwitches {
 public:
  // In the order of the stream; how many switches before this one are missing.
  unsigned on(const ht_switch& record);
  void on(const ht_task_seen& seen);
  void on(const ht_task_new& born);
  void on(const ht_lost& lost);

 private:
  enum class State : std::uint8_t { kUnknown, kOnCpu, kOff, kEnded };
  struct Thread {
    std::uint64_t since_ns = 0;
    std::uint16_t cpu = 0;
    State state = State::kUnknown;
  };
  static constexpr std::size_t kPage = 1024;
  using Page = std::array<Thread, kPage>;

  Thread& at(std::uint32_t tid);
  void forget_across_gap(Thread& thread) const;

  std::vector<std::unique_ptr<Page>> pages_;  // by tid
  std::vector<std::uint64_t> gaps_ns_;        // by CPU: the end of its last loss
  std::uint64_t gap_ns_ = 0;                  // the same of all
};

}  // namespace hoodtrace
