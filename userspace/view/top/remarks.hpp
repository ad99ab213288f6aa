// SPDX-License-Identifier: GPL-2.0-or-later
// Findings of one interval: sentences with their reason, the worst first. The rules are one table
// (remarks.cpp); docs/top.md has them in words.
#pragma once

#include <string>
#include <vector>

#include "view/top/snapshot.hpp"

namespace hoodtrace {

struct Remark {
  std::string text;   // printable
  double weight = 0;  // how much of an interval is lost to it, in shares of 1; the order
  ScreenId screen = ScreenId::kTasks;  // where the evidence is
  std::string row_key;                 // the row that shows it; "" = the whole screen
  // It is about the figures, not about the machine.
  [[nodiscard]] bool is_about_figures() const { return weight >= kWrongFigures; }
  static constexpr double kWrongFigures = 500;  // above all others
};

std::vector<Remark> remarks_of(const Snapshot& snapshot);

}  // namespace hoodtrace
