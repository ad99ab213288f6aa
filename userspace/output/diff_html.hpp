// SPDX-License-Identifier: GPL-2.0-or-later
// A diff as one HTML page that needs nothing else: no script, no network.
#pragma once

#include <string>

#include "view/diff/view.hpp"

namespace hoodtrace {

// The table of changes, and for each metric and key in it both sides over time and, of single times,
// the two histograms over each other. Totals that did not change are folded below.
std::string diff_html(const DiffReport& report);

}  // namespace hoodtrace
