// SPDX-License-Identifier: GPL-2.0-or-later
#include "model/diff/samples.hpp"

#include <utility>

namespace hoodtrace {

void DiffPiece::merge(const DiffPiece& other) {
  work += other.work;
  for (const auto& [key, value] : other.sums) sums[key] += value;
  for (const auto& [key, values] : other.lengths) lengths[key].merge(values);
}

void DiffSamples::add_slice(DiffPiece piece) {
  pieces_.push_back(std::move(piece));
  if (pieces_.size() < kMostSlices) return;
  for (std::size_t i = 0; i < kMostSlices / 2; i++) {
    DiffPiece joined = std::move(pieces_[2 * i]);
    joined.merge(pieces_[2 * i + 1]);
    pieces_[i] = std::move(joined);
  }
  pieces_.resize(kMostSlices / 2);
  slice_ns_ *= 2;
}

void DiffSamples::add_run(const DiffSamples& run) {
  are_runs_ = true;
  DiffPiece& whole = pieces_.emplace_back();
  for (const DiffPiece& piece : run.pieces()) whole.merge(piece);
}

double DiffSamples::work() const {
  double sum = 0;
  for (const DiffPiece& piece : pieces_) sum += piece.work;
  return sum;
}

}  // namespace hoodtrace
