// SPDX-License-Identifier: GPL-2.0-or-later
#include "model/diff/interval.hpp"

#include <algorithm>
#include <cmath>

#include "model/diff/student.hpp"

namespace hoodtrace {
namespace {

// Welch and Satterthwaite; of two numbers without any error, the smaller.
double freedom_of(const DiffError& a, const DiffError& b) {
  const double square_a = a.error * a.error;
  const double square_b = b.error * b.error;
  if (square_a + square_b <= 0) return std::min(a.freedom, b.freedom);
  return (square_a + square_b) * (square_a + square_b) /
         (square_a * square_a / a.freedom + square_b * square_b / b.freedom);
}

}  // namespace

RatioInterval fieller(double a, double error_a, double b, double error_b, double limit) {
  RatioInterval interval;
  interval.excludes_one = std::fabs(b - a) > limit * std::hypot(error_a, error_b);
  const double square = a * a - limit * limit * error_a * error_a;
  const double rest = b * b - limit * limit * error_b * error_b;
  const double under = a * a * b * b - square * rest;
  if (a <= 0) return interval;  // there is no ratio
  if (square > 0) {
    const double root = std::sqrt(std::max(under, 0.0));
    interval.low = std::max((a * b - root) / square, 0.0);
    interval.high = (a * b + root) / square;
    return interval;
  }
  // a may be 0, so the ratio has no upper bound.
  if (under < 0 || square == 0 || !interval.excludes_one) {
    interval.low = 0;
    return interval;
  }
  const double root = std::sqrt(under);
  interval.low = std::max({(a * b - root) / square, (a * b + root) / square, 0.0});
  return interval;
}

std::optional<RatioInterval> widest_interval(double a, std::span<const DiffError> errors_a,
                                             double b, std::span<const DiffError> errors_b,
                                             double tails) {
  std::optional<RatioInterval> widest;
  double margin = -1;
  for (const DiffError& error_a : errors_a)
    for (const DiffError& error_b : errors_b) {
      const double limit = student_limit(tails, freedom_of(error_a, error_b));
      const double its_margin = limit * std::hypot(error_a.error, error_b.error);
      if (its_margin <= margin) continue;
      margin = its_margin;
      widest = fieller(a, error_a.error, b, error_b.error, limit);
    }
  return widest;
}

}  // namespace hoodtrace
