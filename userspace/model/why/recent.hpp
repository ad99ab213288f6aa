// SPDX-License-Identifier: GPL-2.0-or-later
// What a thread did, for those that waited for it meanwhile: its last spans one by one, older ones
// summed in blocks that are the longer the older they are. Bounded, however long it runs.
#pragma once

#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include "model/why/sums.hpp"

namespace hoodtrace {

class Recent {
 public:
  struct Span {
    std::uint64_t from_ns = 0;
    std::uint64_t to_ns = 0;
    WhyCauseId cause = 0;
    WhyCauseId activity = 0;  // the same without who was to blame: these are few
  };

  // Spans come in order of time.
  void add(const Span& span);

  // Calls take(span) for the parts of spans in [from_ns, to_ns), and take_sum(activity, ns) for older
  // times. Of a block that lies only partly within, an activity counts by what it took in all less the
  // part that lies outside: so much of it was within.
  template <class Take, class TakeSum>
  void overlap(std::uint64_t from_ns, std::uint64_t to_ns, const Take& take,
               const TakeSum& take_sum) const {
    for (std::size_t i = spans_.size(); i-- > 0;) {
      const Span& span = spans_[i];
      if (span.to_ns <= from_ns) return;
      const std::uint64_t begin_ns = span.from_ns > from_ns ? span.from_ns : from_ns;
      const std::uint64_t end_ns = span.to_ns < to_ns ? span.to_ns : to_ns;
      if (end_ns > begin_ns) take(Span{begin_ns, end_ns, span.cause, span.activity});
    }
    for (std::size_t i = blocks_.size(); i-- > 0;) {
      const Block& block = blocks_[i];
      if (block.to_ns <= from_ns) return;
      if (block.from_ns >= to_ns) continue;
      const std::uint64_t before_ns = from_ns > block.from_ns ? from_ns - block.from_ns : 0;
      const std::uint64_t after_ns = block.to_ns > to_ns ? block.to_ns - to_ns : 0;
      const std::uint64_t outside_ns = before_ns + after_ns;
      for (const auto& [activity, ns] : block.sums)
        if (ns > outside_ns) take_sum(activity, ns - outside_ns);
    }
  }

 private:
  static constexpr std::size_t kSpans = 128;
  static constexpr std::size_t kBlocks = 32;

  struct Block {
    std::uint64_t from_ns = 0;
    std::uint64_t to_ns = 0;
    std::vector<std::pair<WhyCauseId, std::uint64_t>> sums;  // by activity

    void add(WhyCauseId activity, std::uint64_t ns);
  };

  void sum_up();

  std::vector<Span> spans_;    // oldest first
  std::vector<Block> blocks_;  // oldest first
};

}  // namespace hoodtrace
