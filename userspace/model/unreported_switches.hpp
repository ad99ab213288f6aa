// SPDX-License-Identifier: GPL-2.0-or-later
// Counts context switches for which the kernel called no tracepoint. A thread that is switched out must
// have been switched in, and the reverse; and between two switch-outs of it the kernel's own counters
// (nvcsw, nivcsw) say how often it left a CPU, so that runs of which nothing is shown count too.
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
  unsigned on(const ht_switch& record) { return on_leaving(record) + on_coming(record); }
  // Of its two tasks alone: the one that leaves the CPU, if it is traced, and the one that comes.
  unsigned on_leaving(const ht_switch& record);
  unsigned on_coming(const ht_switch& record);
  // Another thread may call these two for another task at the same time, once there is room for it.
  [[nodiscard]] bool has_room(std::uint32_t tid) const {
    const std::size_t page = tid / kPage;
    return page < pages_.size() && pages_[page] != nullptr;
  }
  void on(const ht_task_seen& seen);
  void on(const ht_task_new& born);
  // Its own counters go on where it is not traced.
  void on(const ht_task_cgroup& move);
  // It may have the tid of the leader now, and the leader's state.
  void on(const ht_task_exec& exec);
  void on(const ht_lost& lost);

 private:
  enum class State : std::uint8_t { kUnknown, kOnCpu, kOff, kEnded };
  struct Thread {
    std::uint64_t since_ns = 0;
    std::uint32_t left = 0;  // how often it had left a CPU when it last did, by its counters
    std::uint16_t cpu = 0;
    State state = State::kUnknown;
    bool is_counted : 1 = false;  // `left` and `came` are known
    std::uint8_t came : 7 = 0;    // switches since then that brought it
  };
  static constexpr std::size_t kPage = 1024;
  using Page = std::array<Thread, kPage>;

  Thread& at(std::uint32_t tid);
  static Thread begun(const ht_header& head, State state);
  static unsigned leave(Thread& thread, const ht_switch& record);
  static unsigned come(Thread& thread);
  void forget_across_gap(Thread& thread) const;

  std::vector<std::unique_ptr<Page>> pages_;  // by tid
  std::vector<std::uint64_t> gaps_ns_;        // by CPU: the end of its last loss
  std::uint64_t gap_ns_ = 0;                  // the same of all
};

}  // namespace hoodtrace
