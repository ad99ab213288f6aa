// SPDX-License-Identifier: GPL-2.0-or-later
#include "model/why/last_lengths.hpp"

#include <algorithm>

namespace hoodtrace {

void LastLengths::add(WhySum& sum, WhyCauseId cause, std::uint64_t span_ns,
                      std::uint64_t length_ns) {
  if (pieces_.size() == kMostPieces)
    pieces_.erase(pieces_.begin(), pieces_.begin() + kMostPieces / 2);
  pieces_.push_back({cause, span_ns, length_ns, sum.max_ns});
  if (length_ns != 0) sum.add_length(length_ns);
}

std::uint64_t LastLengths::shorten(WhySums& sums, std::uint64_t ns,
                                   const std::function<bool(WhyCauseId)>& may_take) {
  std::uint64_t left_ns = ns;
  for (auto piece = pieces_.rbegin(); piece != pieces_.rend(); ++piece) {
    WhySum& sum = sums[piece->cause];
    if (piece->length_ns != 0) sum.lengths.remove(piece->length_ns);
    // Else something has raised it that is no piece.
    if (sum.max_ns <= piece->length_ns) sum.max_ns = piece->longest_before_ns;
    const std::uint64_t off_ns =
        may_take(piece->cause) ? std::min({left_ns, piece->span_ns, sum.ns}) : 0;
    piece->span_ns -= off_ns;
    piece->length_ns -= std::min(piece->length_ns, off_ns);
    sum.take_off(off_ns);
    left_ns -= off_ns;
  }
  std::vector<Piece> pieces;
  pieces.swap(pieces_);
  for (const Piece& piece : pieces)
    add(sums[piece.cause], piece.cause, piece.span_ns, piece.length_ns);
  return ns - left_ns;
}

void LastLengths::raise_longest(WhySums& sums) const {
  for (const Piece& piece : pieces_) {
    std::uint64_t& longest_ns = sums[piece.cause].max_ns;
    longest_ns = std::max(longest_ns, piece.length_ns);
  }
}

}  // namespace hoodtrace
