// SPDX-License-Identifier: GPL-2.0-or-later
// What the holder or waker did during a sleep, in a few words.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "model/names/who_table.hpp"
#include "view/why/rows.hpp"

namespace hoodtrace {

// "on CPU 60 %, disk: read /x 30 %, not seen 10 %": shares of the line's time. "" when less than a
// twentieth of it was seen. Names in it are hostile.
std::string meanwhile_words(const WhyLine& line, const WhoTable& names);

// A line of a deeper chain, below the one before it that has a smaller depth.
struct WhyDeeper {
  std::size_t depth = 1;
  std::string words;
};

// "it waited for loader (4260), which was: on CPU 60 %": shares of the line's time.
std::vector<WhyDeeper> deeper_words(const WhyLine& line, const WhoTable& names);

}  // namespace hoodtrace
