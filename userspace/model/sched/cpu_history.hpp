// SPDX-License-Identifier: GPL-2.0-or-later
// What ran on one CPU, as far back as a waiting task could ask: the last 4 096 runs one by one, and what
// ran before them as sums (RunSums). Bounded, oldest forgotten first: behind a pair that passes a byte back
// and forth a wait of 100 ms is behind 16 000 runs.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "model/names/who_table.hpp"
#include "model/sched/run_sums.hpp"

namespace hoodtrace {

class CpuHistory {
 public:
  void begin(const CpuRun& run) {
    if (runs_.size() < kLimit) {
      runs_.push_back(run);
    } else {
      sums_.add(runs_[next_], runs_[(next_ + 1) % kLimit].start_ns);
      runs_[next_] = run;
    }
    next_ = (next_ + 1) % kLimit;
  }

  [[nodiscard]] bool is_empty() const { return runs_.empty(); }
  void clear() {
    runs_.clear();
    next_ = 0;
    sums_.clear();
  }

  // Calls visit(who, ns) for the runs inside [end_ns - span_ns, end_ns), newest first. Returns the
  // part of the span that is not remembered. `newer`, oldest first: as if these runs had begun as well.
  template <class Visit>
  std::uint64_t walk_back(std::span<const CpuRun> newer, std::uint64_t end_ns,
                          std::uint64_t span_ns, Visit visit) const {
    WaitLeft left{end_ns, span_ns};
    const auto take = [&](const CpuRun& run) {
      if (run.start_ns >= left.end_ns) return;
      const std::uint64_t part_ns = std::min(left.end_ns - run.start_ns, left.span_ns);
      visit(run.who, part_ns);
      left = {run.start_ns, left.span_ns - part_ns};
    };
    const std::size_t new_ones = std::min(newer.size(), kLimit);
    for (std::size_t i = 0; i < new_ones && left.span_ns > 0; i++)
      take(newer[newer.size() - 1 - i]);
    const std::size_t old_ones = std::min(runs_.size(), kLimit - new_ones);
    std::size_t at = next_;
    for (std::size_t i = 0; i < old_ones && left.span_ns > 0; i++) {
      at = (at - 1) % kLimit;
      take(runs_[at]);
    }
    if (left.span_ns > 0) walk_sums(newer, left, visit);
    return left.span_ns;
  }

 private:
  static constexpr std::size_t kLimit = 4096;  // a power of two

  template <class Visit>
  void walk_sums(std::span<const CpuRun> newer, WaitLeft& left, Visit visit) const {
    const std::size_t all = runs_.size() + newer.size();
    if (newer.empty() || all <= kLimit) {
      sums_.walk_back(left, 0, 0, visit);
      return;
    }
    // The oldest would have been summed up.
    const auto run = [&](std::size_t i) -> const CpuRun& {
      if (i >= runs_.size()) return newer[i - runs_.size()];
      return runs_[runs_.size() < kLimit ? i : (next_ + i) % kLimit];
    };
    RunSums newest = sums_.newest();
    const std::size_t copied = newest.size();
    for (std::size_t i = 0; i < all - kLimit; i++) newest.add(run(i), run(i + 1).start_ns);
    if (newest.walk_back(left, 0, 0, visit)) sums_.walk_back(left, copied, newest.size(), visit);
  }

  std::vector<CpuRun> runs_;
  std::size_t next_ = 0;
  RunSums sums_;
};

}  // namespace hoodtrace
