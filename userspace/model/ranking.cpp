// SPDX-License-Identifier: GPL-2.0-or-later
#include "model/ranking.hpp"

#include <algorithm>
#include <array>
#include <bit>

namespace hoodtrace {

void Ranking::make_room() {
  sum_up();
  if (parts_.size() > kMostKnown) fold();
  const std::size_t room = parts_.capacity();
  if (parts_.size() * 2 > room && room < kMostParts)
    parts_.reserve(std::clamp<std::size_t>(room * 2, 8, kMostParts));
}

// One part per culprit, in the order in which they were first added.
void Ranking::sum_up() {
  // Open addressing: where a culprit's part is, plus one.
  std::array<std::uint16_t, 2 * kMostParts> places;
  const std::size_t slots = std::bit_ceil(parts_.size() * 2);
  std::fill_n(places.begin(), slots, std::uint16_t{0});
  std::size_t known = 0;
  for (const Part& part : parts_) {
    std::size_t at = (part.who * 2654435761U) & (slots - 1);  // Knuth's multiplicative hash
    while (places[at] != 0 && parts_[places[at] - 1U].who != part.who) at = (at + 1) & (slots - 1);
    if (places[at] != 0) {
      parts_[places[at] - 1U].ns += part.ns;
    } else {
      parts_[known] = part;
      places[at] = static_cast<std::uint16_t>(++known);
    }
  }
  parts_.resize(known);
}

// The larger half stays. Which ones those are is all that matters, not their order.
void Ranking::fold() {
  const auto middle = parts_.begin() + kMostKnown / 2;
  std::nth_element(parts_.begin(), middle, parts_.end(), Longer());
  std::uint64_t others_ns = 0;
  for (auto at = middle; at != parts_.end(); ++at) others_ns += at->ns;
  parts_.erase(middle, parts_.end());
  parts_.push_back({WhoTable::kOther, others_ns});
  sum_up();
}

void Ranking::merge(const Ranking& other) {
  for (const Part& part : other.parts_) add(part.who, part.ns);
}

std::uint64_t Ranking::total_ns() const {
  std::uint64_t total = 0;
  for (const Part& part : parts_) total += part.ns;
  return total;
}

std::vector<std::pair<WhoId, std::uint64_t>> Ranking::sorted() const {
  Ranking summed = *this;
  summed.sum_up();
  if (summed.parts_.size() > kMostKnown) summed.fold();
  std::sort(summed.parts_.begin(), summed.parts_.end(), Longer());
  std::vector<std::pair<WhoId, std::uint64_t>> list;
  list.reserve(summed.parts_.size());
  for (const Part& part : summed.parts_)
    if (part.ns > 0) list.emplace_back(part.who, part.ns);
  return list;
}

}  // namespace hoodtrace
