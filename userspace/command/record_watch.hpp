// SPDX-License-Identifier: GPL-2.0-or-later
// What `record` reads from the stream while it is written to the file.
#pragma once

#include <cstdint>
#include <deque>
#include <string>
#include <unordered_map>
#include <utility>

#include "model/sched/tracker.hpp"
#include "model/why/tracker.hpp"
#include "output/observer.hpp"

namespace hoodtrace {

class RecordWatch : public Observer {
 public:
  // What makes a flight recorder write; 0 = not that.
  struct Triggers {
    std::uint64_t wait_ns = 0;
    std::uint64_t fault_ns = 0;
    std::uint64_t zombie_ns = 0;
    std::uint64_t blocked_ns = 0;
    bool exit = false;    // with a code other than 0
    bool signal = false;  // by a signal
  };

  explicit RecordWatch(const Triggers& triggers)
      : triggers_(triggers),
        waits_(tasks_, {triggers.wait_ns, false}),
        sleeps_(tasks_, {triggers.blocked_ns}) {}

  void on_event(const Event& event, std::string& out) override;
  void fold(TaskId task) override {
    waits_.fold(task);
    sleeps_.fold(task);
  }

  // Null when no condition needs the task table.
  [[nodiscard]] TaskTable* tasks() {
    return triggers_.wait_ns == 0 && triggers_.blocked_ns == 0 ? nullptr : &tasks_;
  }
  // HT_TICK_MARKs so far.
  [[nodiscard]] std::uint64_t marks() const { return marks_; }
  // The reason why a trigger fired since the last call, as text; empty = none fired.
  std::string take_trigger();

 private:
  void on_fault(const ht_fault& fault);
  void on_exit(const ht_exit& exit);
  void look_for_waits(const Event& event);
  void look_for_sleeps(const Event& event);
  void look_for_zombies(std::uint64_t now_ns);

  Triggers triggers_;
  std::uint64_t marks_ = 0;
  TaskTable tasks_;
  SchedTracker waits_;
  WhyTracker sleeps_;
  std::string pulled_;
  std::deque<std::pair<std::uint64_t, std::uint32_t>> ended_;  // when, and which process
  std::unordered_map<std::uint32_t, std::uint64_t> zombies_;   // when each ended
};

}  // namespace hoodtrace
