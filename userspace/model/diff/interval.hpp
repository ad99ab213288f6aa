// SPDX-License-Identifier: GPL-2.0-or-later
// The interval of a ratio of two numbers that have errors.
#pragma once

#include <optional>
#include <span>

#include "model/diff/resampling.hpp"

namespace hoodtrace {

struct RatioInterval {
  std::optional<double> low;   // nothing: no ratio can be excluded, or there is none
  std::optional<double> high;  // nothing: no bound
  bool excludes_one = false;
};

// The ratios r = b / a with |b - r a| <= limit * sqrt(eb^2 + r^2 ea^2) (Fieller). Both numbers are 0
// or above.
RatioInterval fieller(double a, double error_a, double b, double error_b, double limit);

// By the errors of the block length that gives the largest margin. Nothing when one side has none.
std::optional<RatioInterval> widest_interval(double a, std::span<const DiffError> errors_a,
                                             double b, std::span<const DiffError> errors_b,
                                             double tails);

}  // namespace hoodtrace
