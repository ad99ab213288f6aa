// SPDX-License-Identifier: GPL-2.0-or-later
// What the pictures of a diff show: a number of both sides over time, and how its single times are
// distributed.
//
// A figure is of one metric and one key. Its lines have a point per piece (time slice or run): the
// sum divided by the work of that piece, or the percentile of the piece's times. Bins of a histogram
// are equal parts of powers of two.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "model/diff/compare.hpp"
#include "view/diff/view.hpp"

namespace hoodtrace {

struct DiffPoint {
  double at = 0;  // ns since the recording's start, or the number of the run, from 1
  double value = 0;
};

struct DiffBin {
  std::uint64_t low = 0;   // values from low
  std::uint64_t high = 0;  // to below high
  double a = 0;            // share of all values of the side, 0 to 1
  double b = 0;
};

struct DiffFigure {
  std::vector<const DiffChange*> changes;  // of this metric and key; at least one
  unsigned percent = 0;                    // of the lines; 0 = they are sums
  bool are_runs = false;
  std::vector<DiffPoint> a;
  std::vector<DiffPoint> b;
  std::vector<DiffBin> bins;  // of kLengths; else empty
};

// One for each metric and key of these changes, in their order. The report must outlive them.
std::vector<DiffFigure> diff_figures(const DiffReport& report,
                                     const std::vector<const DiffChange*>& changes);

// What was compared of everything together and did not change: for pictures beside those of changes.
std::vector<const DiffChange*> unchanged_totals(const DiffReport& report);

}  // namespace hoodtrace
