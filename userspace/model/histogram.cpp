// SPDX-License-Identifier: GPL-2.0-or-later
#include "model/histogram.hpp"

#include <algorithm>
#include <bit>
#include <cmath>

namespace hoodtrace {
namespace {

// Octave 0 holds 0..31 in steps of one; octave n > 0 holds [2^(n+4), 2^(n+5)) in steps of 2^(n-1).
constexpr unsigned kShift = 4;

}  // namespace

Histogram::Histogram(const Histogram& other) { merge(other); }

Histogram& Histogram::operator=(const Histogram& other) {
  if (this == &other) return *this;
  octaves_.clear();
  count_ = 0;
  merge(other);
  return *this;
}

Histogram::Octave& Histogram::make(std::size_t at, unsigned index) {
  return *octaves_
              .emplace(octaves_.begin() + static_cast<std::ptrdiff_t>(at),
                       static_cast<std::uint8_t>(index), std::make_unique<Octave>())
              ->second;
}

void Histogram::merge(const Histogram& other) {
  for (const auto& [index, counts] : other.octaves_) {
    Octave& mine = octave(index);
    for (unsigned i = 0; i < kSub; i++) count_ += add_up_to_full(mine[i], (*counts)[i]);
  }
}

std::uint64_t Histogram::quantile(double share) const {
  if (count_ == 0) return 0;
  const auto rank = static_cast<std::uint64_t>(
      std::clamp(std::ceil(share * static_cast<double>(count_)), 1.0, static_cast<double>(count_)));
  std::uint64_t seen = 0;
  for (const auto& [index, counts] : octaves_)
    for (unsigned i = 0; i < kSub; i++) {
      seen += (*counts)[i];
      if (seen < rank) continue;
      if (index == 0) return i;
      const std::uint64_t step = 1ULL << (index - 1);
      return (1ULL << (index + kShift)) + i * step + step / 2;
    }
  return 0;
}

std::vector<HistogramBucket> Histogram::buckets() const {
  std::vector<HistogramBucket> buckets;
  for (const auto& [index, counts] : octaves_) {
    const std::uint64_t step = index == 0 ? 1 : 1ULL << (index - 1);
    const std::uint64_t first = index == 0 ? 0 : 1ULL << (index + kShift);
    for (unsigned i = 0; i < kSub; i++)
      if ((*counts)[i] > 0) buckets.push_back({first + i * step, step, (*counts)[i]});
  }
  return buckets;
}

std::vector<std::uint64_t> Histogram::by_power_of_two() const {
  std::vector<std::uint64_t> powers;
  const auto count_into = [&powers](unsigned power, std::uint64_t count) {
    if (count == 0) return;
    if (powers.size() <= power) powers.resize(power + 1);
    powers[power] += count;
  };
  for (const auto& [index, counts] : octaves_)
    for (unsigned i = 0; i < kSub; i++) {
      const unsigned power =
          index == 0 ? (i == 0 ? 0 : static_cast<unsigned>(std::bit_width(i)) - 1) : index + kShift;
      count_into(power, (*counts)[i]);
    }
  return powers;
}

}  // namespace hoodtrace
