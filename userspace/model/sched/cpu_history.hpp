// SPDX-License-Identifier: GPL-2.0-or-later
// What ran on one CPU, as far back as a waiting task could ask: bounded, oldest forgotten first.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "model/names/who_table.hpp"

namespace hoodtrace {

class CpuHistory {
 public:
  // `who` runs from `start_ns` on.
  void begin(std::uint64_t start_ns, WhoId who) {
    if (runs_.size() < kLimit) {
      runs_.push_back({start_ns, who});
    } else {
      runs_[next_] = {start_ns, who};
    }
    next_ = (next_ + 1) % kLimit;
  }

  [[nodiscard]] bool is_empty() const { return runs_.empty(); }
  void clear() {
    runs_.clear();
    next_ = 0;
  }

  // Calls visit(who, ns) for the runs inside [end_ns - span_ns, end_ns), newest first. Returns the
  // part of the span that is not remembered.
  template <class Visit>
  std::uint64_t walk_back(std::uint64_t end_ns, std::uint64_t span_ns, Visit visit) const {
    std::size_t at = next_;
    for (std::size_t i = 0; i < runs_.size() && span_ns > 0; i++) {
      at = (at - 1) % kLimit;
      const Run& run = runs_[at];
      if (run.start_ns >= end_ns) continue;
      const std::uint64_t length_ns = end_ns - run.start_ns;
      const std::uint64_t part_ns = length_ns < span_ns ? length_ns : span_ns;
      visit(run.who, part_ns);
      span_ns -= part_ns;
      end_ns = run.start_ns;
    }
    return span_ns;
  }

 private:
  static constexpr std::size_t kLimit = 4096;  // a power of two
  struct Run {
    std::uint64_t start_ns;
    WhoId who;
  };
  std::vector<Run> runs_;
  std::size_t next_ = 0;
};

}  // namespace hoodtrace
