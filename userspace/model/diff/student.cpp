// SPDX-License-Identifier: GPL-2.0-or-later
#include "model/diff/student.hpp"

#include <cmath>

namespace hoodtrace {
namespace {

// The continued fraction of the incomplete beta function, by Lentz's method.
double fraction(double a, double b, double x) {
  constexpr double kTiny = 1e-300;
  constexpr int kMostSteps = 500;
  const auto safe = [](double value) { return std::fabs(value) < kTiny ? kTiny : value; };
  double c = 1;
  double d = 1 / safe(1 - (a + b) * x / (a + 1));
  double result = d;
  for (int m = 1; m <= kMostSteps; m++) {
    const double even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m));
    d = 1 / safe(1 + even * d);
    c = safe(1 + even / c);
    result *= d * c;
    const double odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1));
    d = 1 / safe(1 + odd * d);
    c = safe(1 + odd / c);
    const double step = d * c;
    result *= step;
    if (std::fabs(step - 1) < 1e-12) break;
  }
  return result;
}

double incomplete_beta(double a, double b, double x) {
  if (x <= 0) return 0;
  if (x >= 1) return 1;
  const double front = std::exp(std::lgamma(a + b) - std::lgamma(a) - std::lgamma(b) +
                                a * std::log(x) + b * std::log1p(-x));
  if (x < (a + 1) / (a + b + 2)) return front * fraction(a, b, x) / a;
  return 1 - front * fraction(b, a, 1 - x) / b;
}

}  // namespace

double student_tails(double t, double freedom) {
  return incomplete_beta(freedom / 2, 0.5, freedom / (freedom + t * t));
}

double student_limit(double tails, double freedom) {
  double low = 0;
  double high = 1;
  while (student_tails(high, freedom) > tails && high < 1e12) high *= 2;
  for (int i = 0; i < 80; i++) {
    const double middle = (low + high) / 2;
    (student_tails(middle, freedom) > tails ? low : high) = middle;
  }
  return high;
}

}  // namespace hoodtrace
