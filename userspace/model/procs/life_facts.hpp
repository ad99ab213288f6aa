// SPDX-License-Identifier: GPL-2.0-or-later
// The lines of the timeline, in order of time, until they are settled enough to be told.
#pragma once

#include <cstdint>
#include <deque>
#include <string>
#include <vector>

#include "model/procs/process_life.hpp"

namespace hoodtrace {

enum class LifeFactKind {
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

struct LifeFact {
  std::uint64_t time_ns = 0;
  LifeFactKind kind = LifeFactKind::kBorn;
  LifeId life = kNoLife;
  std::size_t index = 0;  // of the program, adoption or thread
  std::string comm;       // at that moment
};

class LifeFacts {
 public:
  void add(LifeFact fact);
  // A fact that turned out to be another one, if it was not told yet.
  void retract(LifeFactKind kind, LifeId life);

  // Those not younger than settled_ns.
  std::vector<LifeFact> take(std::uint64_t settled_ns);
  // Cheap: may take(settled_ns) have something?
  [[nodiscard]] bool has(std::uint64_t settled_ns) const {
    return !facts_.empty() && facts_.front().time_ns <= settled_ns;
  }
  void clear() { facts_.clear(); }

 private:
  std::deque<LifeFact> facts_;
};

}  // namespace hoodtrace
