// SPDX-License-Identifier: GPL-2.0-or-later
// What changed between two measurements, with an interval for the ratio (docs/diff.md).
//
// Each side's number has a standard error (Resampling). The numbers differ when their difference is
// larger than t standard errors of it; the interval has the ratios that the same test does not
// exclude (Fieller 1954), so it excludes 1 exactly when the change is significant. t is Student's
// for the degrees of freedom of the two sides (Welch 1947), at (1 - confidence) / comparisons: the
// confidence holds for all comparisons together (Bonferroni).
//
// What is compared is chosen by what both sides have together, not by how they differ.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "model/diff/samples.hpp"

namespace hoodtrace {

struct DiffChange {
  DiffKey key;
  unsigned percent = 0;  // of kLengths
  // Per unit of work, or the percentile. Nothing: that side has no such value.
  std::optional<double> a;
  std::optional<double> b;
  std::optional<double> ratio;  // b / a; nothing when a is 0
  // Of the ratio. Nothing: no bound, or no interval at all (has_interval).
  std::optional<double> low;
  std::optional<double> high;
  bool has_interval = false;
  bool significant = false;

  // "wait_ns", "wait_p99_ns"
  [[nodiscard]] std::string metric() const;
  // At least so many times as large or as small, as far as the interval shows; 1 = it shows nothing.
  [[nodiscard]] double least_factor() const;
};

struct DiffResult {
  std::vector<DiffChange> changes;  // all that were compared; those that matter most first
  std::size_t comparisons = 0;      // with an interval
  // One side has too few slices or runs for an interval.
  bool is_too_short = false;
  // The change that would have been found at half of the totals: a factor. Nothing when there is no
  // interval.
  std::optional<double> detectable;
};

struct DiffSettings {
  double confidence = 0.95;
  // A change below this is not called one, significant or not.
  double least_change = 0.02;
  // Those that both sides have; empty = all.
  std::vector<std::string_view> families;
};

DiffResult compare_samples(const DiffSamples& a, const DiffSamples& b,
                           const DiffSettings& settings);

}  // namespace hoodtrace
