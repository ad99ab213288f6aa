// SPDX-License-Identifier: GPL-2.0-or-later
// The report of `diff`.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "model/diff/compare.hpp"
#include "model/diff/gate.hpp"
#include "view/report.hpp"

namespace hoodtrace {

// One of the two sides.
struct DiffSide {
  std::vector<std::string> files;  // hostile
  std::uint64_t duration_ns = 0;   // all of them together
  std::map<std::string, std::uint64_t> lost;
  DiffSamples samples;
};

struct DiffReport {
  DiffSide a;
  DiffSide b;
  std::string per;       // "second", "fork"; as it was typed
  std::string per_word;  // "s", "fork": what values are divided by
  DiffSettings settings;
  DiffResult result;
  std::vector<DiffGate> gates;
  std::vector<std::string> remarks;  // families that one side lacks; printable
  std::size_t rows = 25;             // of the text; 0 = all
};

// Lines, each printable. `width` columns; 0 = any.
std::string diff_text(const DiffReport& report, std::size_t width);
Json diff_json(const DiffReport& report);

}  // namespace hoodtrace
