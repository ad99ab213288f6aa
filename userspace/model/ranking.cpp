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

std::vector<Ranking::Part> Ranking::summed_parts() const {
  Ranking summed = *this;
  summed.sum_up();
  if (summed.parts_.size() > kMostKnown) summed.fold();
  std::erase_if(summed.parts_, [](const Part& part) { return part.ns == 0; });
  return std::move(summed.parts_);
}

std::vector<std::pair<WhoId, std::uint64_t>> Ranking::sorted() const { return longest(0); }

std::vector<std::pair<WhoId, std::uint64_t>> Ranking::longest(std::size_t most) const {
  std::vector<Part> parts = summed_parts();
  std::uint64_t others_ns = 0;
  if (most != 0 && parts.size() > most) {
    const auto other = std::find_if(parts.begin(), parts.end(),
                                    [](const Part& part) { return part.who == WhoTable::kOther; });
    if (other != parts.end()) {
      others_ns = other->ns;
      parts.erase(other);
    }
    if (parts.size() > most) {
      const auto rest = parts.begin() + static_cast<std::ptrdiff_t>(most);
      std::nth_element(parts.begin(), rest, parts.end(), Longer());
      for (auto at = rest; at != parts.end(); ++at) others_ns += at->ns;
      parts.erase(rest, parts.end());
    }
  }
  std::sort(parts.begin(), parts.end(), Longer());
  std::vector<std::pair<WhoId, std::uint64_t>> list;
  list.reserve(parts.size() + 1);
  for (const Part& part : parts) list.emplace_back(part.who, part.ns);
  if (others_ns > 0) list.emplace_back(WhoTable::kOther, others_ns);
  return list;
}

}  // namespace hoodtrace
