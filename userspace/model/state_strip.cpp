#include "model/state_strip.hpp"

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
  width_ns_ *= 2;
}

void StateStrip::add(TaskTime time, std::uint64_t from_ns, std::uint64_t to_ns) {
  if (pieces_.empty()) start_ns_ = from_ns;
  from_ns = std::max(from_ns, start_ns_);
  if (to_ns <= from_ns) return;
  std::uint64_t at = from_ns - start_ns_;
  const std::uint64_t end = to_ns - start_ns_;
  while ((end - 1) / width_ns_ >= kPieces) widen();
  const std::size_t needed = (end - 1) / width_ns_ + 1;
  if (pieces_.size() < needed) pieces_.resize(needed);
  while (at < end) {
    const std::size_t index = at / width_ns_;
    const std::uint64_t until = std::min(end, (index + 1) * width_ns_);
    pieces_[index][static_cast<std::size_t>(time)] += static_cast<float>(until - at);
    at = until;
  }
}

}  // namespace hoodtrace
