// SPDX-License-Identifier: GPL-2.0-or-later
// Student's t distribution.
#pragma once

namespace hoodtrace {

// P(|T| > t) for a T with `freedom` degrees of freedom: I_x(f/2, 1/2) with x = f / (f + t^2), the
// regularized incomplete beta function (Abramowitz and Stegun 26.7.1, 26.5.8).
double student_tails(double t, double freedom);

// The t with P(|T| > t) = tails; 0 < tails < 1.
double student_limit(double tails, double freedom);

}  // namespace hoodtrace
