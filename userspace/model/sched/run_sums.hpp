// SPDX-License-Identifier: GPL-2.0-or-later
// What ran on one CPU longer ago than the runs that CpuHistory knows one by one: sums by task over up to
// 128 runs or 1 ms, 1 024 of these, the oldest forgotten first.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include "model/names/who_table.hpp"

namespace hoodtrace {

// `who` runs from `start_ns` on.
struct CpuRun {
  std::uint64_t start_ns = 0;
  WhoId who = WhoTable::kUnknown;
};

// What is left of a wait that is assigned to runs, newest first: [end_ns - span_ns, end_ns).
struct WaitLeft {
  std::uint64_t end_ns = 0;
  std::uint64_t span_ns = 0;
};

class RunSums {
 public:
  // The runs in their order.
  void add(const CpuRun& run, std::uint64_t end_ns) {
    if (sums_.empty() || sums_[newest_].runs >= kRunsOfSum ||
        run.start_ns >= sums_[newest_].start_ns + kNsOfSum)
      begin_sum(run.start_ns);
    Sum& sum = sums_[newest_];
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

  void clear() {
    sums_.clear();
    newest_ = 0;
  }

  // The newest sum alone, as far as there is one: add() goes on with it.
  [[nodiscard]] RunSums newest() const {
    RunSums one;
    if (!sums_.empty()) one.sums_.push_back(sums_[newest_]);
    return one;
  }

  // Calls visit(who, ns) for all sums but the newest `skipped`, newest first, at most as many as are remembered
  // together with so many newer ones. False: no older one can be used either.
  template <class Visit>
  bool walk_back(WaitLeft& left, std::size_t skipped, std::size_t newer, Visit visit) const {
    // Only those that lie in the wait as a whole: when in the others a task ran is not known.
    for (std::size_t i = skipped; i < sums_.size() && i - skipped + newer < kSums; i++) {
      if (left.span_ns == 0) return false;
      const Sum& sum = sums_[(newest_ - i) % kSums];
      if (sum.start_ns >= left.end_ns) continue;
      if (left.end_ns - sum.start_ns > left.span_ns) return false;
      std::uint64_t left_ns = left.end_ns - sum.start_ns;
      for (const auto& [who, ns] : sum.parts) {
        const std::uint64_t part_ns = std::min(ns, left_ns);
        visit(who, part_ns);
        left_ns -= part_ns;
        left.span_ns -= part_ns;
      }
      left.end_ns = sum.start_ns;
    }
    return true;
  }

  [[nodiscard]] std::size_t size() const { return sums_.size(); }

 private:
  static constexpr std::size_t kSums = 1024;  // a power of two
  static constexpr std::size_t kRunsOfSum = 128;
  static constexpr std::uint64_t kNsOfSum = 1'000'000;
  static constexpr std::size_t kPartsOfSum = 32;
  struct Sum {
    std::uint64_t start_ns = 0;
    std::size_t runs = 0;
    std::vector<std::pair<WhoId, std::uint64_t>> parts;  // the last of too many: kOther
  };

  void begin_sum(std::uint64_t start_ns) {
    if (sums_.size() < kSums) {
      newest_ = sums_.size();
      sums_.emplace_back();
    } else {
      newest_ = (newest_ + 1) % kSums;
    }
    sums_[newest_].start_ns = start_ns;
    sums_[newest_].runs = 0;
    sums_[newest_].parts.clear();
  }

  std::vector<Sum> sums_;
  std::size_t newest_ = 0;
};

}  // namespace hoodtrace
