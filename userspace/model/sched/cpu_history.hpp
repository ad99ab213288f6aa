// SPDX-License-Identifier: GPL-2.0-or-later
// What ran on one CPU, as far back as a waiting task could ask: the last 4 096 runs one by one, and what
// ran before them as sums by task over up to 128 runs or 1 ms, 1 024 of these. Bounded, oldest forgotten
// first: behind a pair that passes a byte back and forth a wait of 100 ms is behind 16 000 runs.
#pragma once

#include <cstddef>
#include <cstdint>
#include <utility>
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
      sum_up(runs_[next_], runs_[(next_ + 1) % kLimit].start_ns);
      runs_[next_] = {start_ns, who};
    }
    next_ = (next_ + 1) % kLimit;
  }

  [[nodiscard]] bool is_empty() const { return runs_.empty(); }
  void clear() {
    runs_.clear();
    next_ = 0;
    sums_.clear();
    newest_sum_ = 0;
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
    // Only those that lie in the span as a whole: when in the others a task ran is not known.
    for (std::size_t i = 0; i < sums_.size() && span_ns > 0; i++) {
      const Sum& sum = sums_[(newest_sum_ - i) % kSums];
      if (sum.start_ns >= end_ns) continue;
      if (end_ns - sum.start_ns > span_ns) break;
      std::uint64_t left_ns = end_ns - sum.start_ns;
      for (const auto& [who, ns] : sum.parts) {
        const std::uint64_t part_ns = ns < left_ns ? ns : left_ns;
        visit(who, part_ns);
        left_ns -= part_ns;
        span_ns -= part_ns;
      }
      end_ns = sum.start_ns;
    }
    return span_ns;
  }

 private:
  static constexpr std::size_t kLimit = 4096;  // a power of two
  struct Run {
    std::uint64_t start_ns;
    WhoId who;
  };

  static constexpr std::size_t kSums = 1024;  // a power of two
  static constexpr std::size_t kRunsOfSum = 128;
  static constexpr std::uint64_t kNsOfSum = 1'000'000;
  static constexpr std::size_t kPartsOfSum = 32;
  struct Sum {
    std::uint64_t start_ns = 0;
    std::size_t runs = 0;
    std::vector<std::pair<WhoId, std::uint64_t>> parts;  // the last of too many: kOther
  };

  // A run that is about to be forgotten, the oldest one.
  void sum_up(const Run& run, std::uint64_t end_ns) {
    if (sums_.empty() || sums_[newest_sum_].runs >= kRunsOfSum ||
        run.start_ns >= sums_[newest_sum_].start_ns + kNsOfSum)
      begin_sum(run.start_ns);
    Sum& sum = sums_[newest_sum_];
    sum.runs++;
    if (end_ns <= run.start_ns) return;
    WhoId who = run.who;
    for (auto& [known, ns] : sum.parts)
      if (known == who || (known == WhoTable::kOther && sum.parts.size() == kPartsOfSum)) {
        ns += end_ns - run.start_ns;
        return;
      }
    if (sum.parts.size() + 1 == kPartsOfSum) who = WhoTable::kOther;
    sum.parts.emplace_back(who, end_ns - run.start_ns);
  }

  void begin_sum(std::uint64_t start_ns) {
    if (sums_.size() < kSums) {
      newest_sum_ = sums_.size();
      sums_.emplace_back();
    } else {
      newest_sum_ = (newest_sum_ + 1) % kSums;
    }
    sums_[newest_sum_].start_ns = start_ns;
    sums_[newest_sum_].runs = 0;
    sums_[newest_sum_].parts.clear();
  }

  std::vector<Run> runs_;
  std::size_t next_ = 0;
  std::vector<Sum> sums_;
  std::size_t newest_sum_ = 0;
};

}  // namespace hoodtrace
