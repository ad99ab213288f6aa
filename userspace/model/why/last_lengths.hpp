// SPDX-License-Identifier: GPL-2.0-or-later
// What a thread's sums have of its runs, waits and sleeps since it last left a CPU. The kernel's counters
// may say later that a part of it was something else, for a switch was not shown; then that is taken off.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <vector>

#include "model/why/sums.hpp"

namespace hoodtrace {

class LastLengths {
 public:
  void clear() { pieces_.clear(); }
  // `sum` is that of `cause`, and has span_ns of it already. length_ns: how long it was in all, which
  // is counted as a length; 0: it goes on.
  void add(WhySum& sum, WhyCauseId cause, std::uint64_t span_ns, std::uint64_t length_ns);
  // Takes up to ns off those for which may_take(cause), the latest first; returns how much it was.
  std::uint64_t shorten(WhySums& sums, std::uint64_t ns,
                        const std::function<bool(WhyCauseId)>& may_take);
  // After what came before it was shortened: the sums' maxima have it again.
  void raise_longest(WhySums& sums) const;

 private:
  struct Piece {
    WhyCauseId cause = 0;
    std::uint64_t span_ns = 0;
    std::uint64_t length_ns = 0;
    std::uint64_t longest_before_ns = 0;  // the sum's maximum without it
  };

  static constexpr std::size_t kMostPieces = 64;

  std::vector<Piece> pieces_;
};

}  // namespace hoodtrace
