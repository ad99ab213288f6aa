// SPDX-License-Identifier: GPL-2.0-or-later
// The bootstrap: how uncertain a number is that pieces of a measurement add up to.
//
// Of n pieces, n are drawn with replacement, kReplicates times; the spread of the number over these
// is its standard error (Efron 1979), times sqrt(n / (n - 1)), because the bootstrap of n values
// has the variance with n as divisor. The draws have a fixed seed: the same input gives the same
// output.
//
// Neighbouring slices of a recording are alike (a burst is longer than a slice), so drawing single
// slices would make the error too small. Blocks of 1, 2 and 4 neighbours are drawn (Flyvbjerg and
// Petersen 1989); whoever uses the error takes the most careful of them. Runs are drawn singly.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include "model/histogram.hpp"

namespace hoodtrace {

// The standard error of a number, and of how many values it comes, less 1. Several, by block length.
struct DiffError {
  double error = 0;
  double freedom = 0;
};

// In how many blocks something happened at all.
struct DiffOccupancy {
  std::size_t blocks = 0;
  std::size_t occupied = 0;
};

class Resampling {
 public:
  static constexpr std::size_t kReplicates = 400;
  static constexpr std::size_t kFewestPieces = 3;   // runs
  static constexpr std::size_t kFewestBlocks = 12;  // of slices

  Resampling(std::size_t pieces, bool are_runs);

  // Too few pieces: nothing can be said.
  [[nodiscard]] bool is_empty() const { return levels_.empty(); }

  // Of sum(values) / sum(work).
  [[nodiscard]] std::vector<DiffError> of_rate(std::span<const double> values,
                                               std::span<const double> work) const;
  // By block length.
  [[nodiscard]] std::vector<DiffOccupancy> occupancy(std::span<const double> values) const;
  // Of the quantiles of all pieces' values together; one list per share. A null piece is empty.
  [[nodiscard]] std::vector<std::vector<DiffError>> of_quantiles(
      std::span<const Histogram* const> pieces, std::span<const double> shares) const;

 private:
  struct Level {
    std::size_t length = 1;                    // pieces of a block
    std::size_t blocks = 0;                    // the last may be shorter
    std::vector<std::vector<unsigned>> draws;  // per replicate, how often each block
  };

  std::vector<Level> levels_;
};

// The quantile, interpolated within its bucket.
double smooth_quantile(std::span<const HistogramBucket> buckets, std::span<const double> counts,
                       double share);
double smooth_quantile(const Histogram& values, double share);

}  // namespace hoodtrace
