// SPDX-License-Identifier: GPL-2.0-or-later
#include "model/times/state_strip.hpp"

#include <algorithm>

namespace hoodtrace {

void StateStrip::widen() {
  for (std::size_t i = 0; i < pieces_.size(); i += 2) {
    Piece piece = pieces_[i];
    if (i + 1 < pieces_.size())
      for (std::size_t time = 0; time < kTaskTimes; time++) piece[time] += pieces_[i + 1][time];
    pieces_[i / 2] = piece;
  }
  pieces_.resize((pieces_.size() + 1) / 2);
  for (std::size_t i = 0; i < marks_.size(); i += 2)
    marks_[i / 2] = marks_[i] + (i + 1 < marks_.size() ? marks_[i + 1] : 0);
  marks_.resize((marks_.size() + 1) / 2);
  width_ns_ *= 2;
}

std::size_t StateStrip::reach(std::uint64_t at) {
  while (at / width_ns_ >= kPieces) widen();
  const std::size_t index = at / width_ns_;
  if (pieces_.size() <= index) pieces_.resize(index + 1);
  return index;
}

void StateStrip::mark(std::uint64_t at_ns) {
  if (pieces_.empty() || at_ns < start_ns_) return;
  const std::size_t index = reach(at_ns - start_ns_);
  if (marks_.size() <= index) marks_.resize(index + 1);
  marks_[index]++;
}

void StateStrip::add(TaskTime time, std::uint64_t from_ns, std::uint64_t to_ns) {
  if (pieces_.empty()) start_ns_ = from_ns;
  from_ns = std::max(from_ns, start_ns_);
  if (to_ns <= from_ns) return;
  std::uint64_t at = from_ns - start_ns_;
  const std::uint64_t end = to_ns - start_ns_;
  reach(end - 1);
  while (at < end) {
    const std::size_t index = at / width_ns_;
    const std::uint64_t until = std::min(end, (index + 1) * width_ns_);
    pieces_[index][static_cast<std::size_t>(time)] += static_cast<float>(until - at);
    at = until;
  }
}

}  // namespace hoodtrace
