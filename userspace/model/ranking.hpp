// SPDX-License-Identifier: GPL-2.0-or-later
// Nanoseconds by culprit, bounded: when there are too many, the smallest are merged into "others",
// so the sum never changes.
//
// In a storm each wait is behind hundreds of runs, so add() must be cheap: it appends. Only a full
// list is summed up by culprit; the list fits into the first-level cache.
#pragma once

#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include "model/names/who_table.hpp"

namespace hoodtrace {

class Ranking {
 public:
  void add(WhoId who, std::uint64_t ns) {
    if (!parts_.empty() && parts_.back().who == who) {
      parts_.back().ns += ns;
      return;
    }
    if (parts_.size() == parts_.capacity()) make_room();
    parts_.push_back({who, ns});
  }
  void merge(const Ranking& other);

  [[nodiscard]] std::uint64_t total_ns() const;

  // Longest first.
  [[nodiscard]] std::vector<std::pair<WhoId, std::uint64_t>> sorted() const;

  // The same, but of more than `most` culprits (0 = any number) the longest, then one
  // WhoTable::kOther for all the others.
  [[nodiscard]] std::vector<std::pair<WhoId, std::uint64_t>> longest(std::size_t most) const;

 private:
  static constexpr std::size_t kMostParts = 1024;
  static constexpr std::size_t kMostKnown = kMostParts / 2;
  struct Part {
    WhoId who;
    std::uint64_t ns;
  };

  struct Longer {  // a type, not a function: the algorithms take it in
    bool operator()(const Part& a, const Part& b) const {
      return a.ns != b.ns ? a.ns > b.ns : a.who < b.who;
    }
  };

  void make_room();
  [[nodiscard]] std::vector<Part> summed_parts() const;
  void sum_up();
  void fold();

  std::vector<Part> parts_;  // in no order; a culprit may have several
};

}  // namespace hoodtrace
