// SPDX-License-Identifier: GPL-2.0-or-later
#include "model/why/recent.hpp"

#include <algorithm>

namespace hoodtrace {

void Recent::Block::add(WhyCauseId activity, std::uint64_t ns) {
  const auto at = std::find_if(sums.begin(), sums.end(),
                               [activity](const auto& sum) { return sum.first == activity; });
  if (at == sums.end())
    sums.emplace_back(activity, ns);
  else
    at->second += ns;
}

void Recent::add(const Span& span) {
  if (spans_.size() == kSpans) sum_up();
  spans_.push_back(span);
}

// The older half of the spans becomes a block. When there are too many blocks, those two neighbours
// become one that are together the shortest for their age, so that old times stay resolved to a share
// of their age.
void Recent::sum_up() {
  constexpr std::size_t kHalf = kSpans / 2;
  Block& block = blocks_.emplace_back();
  block.from_ns = spans_.front().from_ns;
  block.to_ns = spans_[kHalf - 1].to_ns;
  for (std::size_t i = 0; i < kHalf; i++)
    block.add(spans_[i].activity, spans_[i].to_ns - spans_[i].from_ns);
  spans_.erase(spans_.begin(), spans_.begin() + kHalf);
  if (blocks_.size() < kBlocks) return;
  const std::uint64_t now_ns = blocks_.back().to_ns;
  std::size_t best = 1;
  double least = 2;  // above any share
  // Never the first: who waits for a child begins to soon after its birth.
  for (std::size_t i = 1; i + 1 < blocks_.size(); i++) {
    const auto age_ns = static_cast<double>(now_ns - blocks_[i].from_ns);
    const auto length_ns = static_cast<double>(blocks_[i + 1].to_ns - blocks_[i].from_ns);
    if (length_ns >= least * age_ns) continue;
    least = length_ns / age_ns;
    best = i;
  }
  Block& one = blocks_[best];
  const Block& next = blocks_[best + 1];
  one.to_ns = next.to_ns;
  for (const auto& [activity, ns] : next.sums) one.add(activity, ns);
  blocks_.erase(blocks_.begin() + static_cast<std::ptrdiff_t>(best) + 1);
}

}  // namespace hoodtrace
