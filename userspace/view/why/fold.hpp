// SPDX-License-Identifier: GPL-2.0-or-later
// The causes of a row as lines of text under headings, small ones joined. JSON and CSV have each.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "model/names/who_table.hpp"
#include "view/why/meanwhile.hpp"
#include "view/why/rows.hpp"

namespace hoodtrace {

// Names in it are hostile.
struct WhyTextLine {
  std::string words;
  std::uint64_t ns = 0;
  std::uint64_t count = 0;
  std::uint64_t max_ns = 0;
  std::string meanwhile;          // "on CPU 60 %, disk 30 %"; "" = not known
  std::vector<WhyDeeper> deeper;  // for whom that one waited
};

struct WhySection {
  WhyTextLine head;
  std::string note;                // a line below the heading; "" = none
  std::vector<WhyTextLine> lines;  // longest first
};

// Sections without time are absent. A line below 1/200 of the row's time is joined with others: first
// with those that differ in who is to blame only, then with those that differ in their object too,
// then with all. So are lines beyond the eighth of a section.
std::vector<WhySection> fold_causes(const WhyRow& row, const WhoTable& names);

}  // namespace hoodtrace
