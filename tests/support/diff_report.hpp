// SPDX-License-Identifier: GPL-2.0-or-later
// The report of `diff` on two made recordings.
#pragma once

#include <utility>

#include "support/diff_scenario.hpp"
#include "view/diff/view.hpp"

namespace hoodtrace {

inline DiffReport diff_report(DiffSamples a, DiffSamples b) {
  DiffReport report;
  report.per = "second";
  report.per_word = "s";
  report.a.files = {"before.htrec"};
  report.b.files = {"after.htrec"};
  report.a.duration_ns = report.b.duration_ns = 4'000'000'000;
  report.a.samples = std::move(a);
  report.b.samples = std::move(b);
  report.result = compare_samples(report.a.samples, report.b.samples, report.settings);
  return report;
}

inline DiffReport diff_report(const DiffScene& a, const DiffScene& b) {
  return diff_report(DiffScenario(a).read().samples, DiffScenario(b).read().samples);
}

}  // namespace hoodtrace
