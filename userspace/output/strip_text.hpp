// SPDX-License-Identifier: GPL-2.0-or-later
// A strip of time as a short text, for the page that draws it.
#pragma once

#include <string>

#include "model/times/state_strip.hpp"

namespace hoodtrace {

// Five characters per piece, in the order of TaskTime: each time's share of the whole piece, in
// 63rds. Where threads add up to more than the piece, of their sum. "!n!": the piece before n times
// more. html/data.js reads it.
std::string strip_text(const StateStrip& strip);

// A character per piece: 0 = no mark, n = 2^(n-1) marks or more; repeated as above. "" = none at
// all.
std::string marks_text(const StateStrip& strip);

}  // namespace hoodtrace
