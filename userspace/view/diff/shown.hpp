// SPDX-License-Identifier: GPL-2.0-or-later
// Which changes a report shows.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "view/diff/view.hpp"

namespace hoodtrace {

struct ShownChanges {
  std::vector<const DiffChange*> changes;  // those that matter most first; report.rows at most
  std::size_t found = 0;                   // significant changes
  std::size_t left_out = 0;                // beyond report.rows
  std::size_t same = 0;  // not among these: they say the same of another comm, unit or kind
};

// The report must outlive it.
ShownChanges shown_changes(const DiffReport& report);

// The lines around the table of changes, each printable: the two sides and what they lack; then, how
// many comparisons were made, what the data can show and what to do about it, and the gates.
std::vector<std::string> head_lines(const DiffReport& report);
std::vector<std::string> foot_lines(const DiffReport& report, const ShownChanges& shown);

}  // namespace hoodtrace
