// SPDX-License-Identifier: GPL-2.0-or-later
// The lines of the timeline, in order of time, until nothing can change them any more.
#pragma once

#include <cstdint>
#include <deque>
#include <string>
#include <vector>

#include "model/procs/process_life.hpp"

namespace hoodtrace {

enum class LifeEventKind {
  kBorn,
  kFirstRun,
  kProgram,
  kExecFailed,
  kExit,
  kReaped,
  kAdopted,
  kThreadBorn,
  kThreadExit,
};

struct LifeEvent {
  std::uint64_t time_ns = 0;
  LifeEventKind kind = LifeEventKind::kBorn;
  LifeId life = kNoLife;
  std::size_t index = 0;  // of the program, adoption or thread
  std::string comm;       // at that moment
};

class LifeEvents {
 public:
  // Stores nothing unless a timeline is printed.
  explicit LifeEvents(bool wanted) : wanted_(wanted) {}

  void add(LifeEventKind kind, const ProcessLife& life, std::uint64_t time_ns,
           std::size_t index = 0);
  // Corrects an event that was not taken yet.
  void retract(LifeEventKind kind, LifeId life);

  // Those not younger than settled_ns.
  std::vector<LifeEvent> take(std::uint64_t settled_ns);
  // Cheap: may take(settled_ns) have something?
  [[nodiscard]] bool has(std::uint64_t settled_ns) const {
    return !events_.empty() && events_.front().time_ns <= settled_ns;
  }
  void clear() { events_.clear(); }

 private:
  bool wanted_;
  std::deque<LifeEvent> events_;
};

}  // namespace hoodtrace
