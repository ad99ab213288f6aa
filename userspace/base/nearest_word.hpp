// SPDX-License-Identifier: GPL-2.0-or-later
// What somebody may have meant who mistyped a word.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace hoodtrace {

// The one of `words` that differs the least from `typed`, when that is little: one typing mistake
// (a letter too many, missing, wrong, or swapped with its neighbour) per four letters, and one
// more. "" when none is near.
std::string_view nearest_word(std::string_view typed, const std::vector<std::string_view>& words);

// "; did you mean WORD?", or nothing.
std::string did_you_mean(std::string_view typed, const std::vector<std::string_view>& words);

}  // namespace hoodtrace
