// SPDX-License-Identifier: GPL-2.0-or-later
// The word that was probably meant by a mistyped one.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace hoodtrace {

// The one of `words` that is closest to `typed`: at most one typing mistake (an extra, missing or
// wrong letter, or two swapped ones) per four letters, plus one. "" when none is that close.
std::string_view nearest_word(std::string_view typed, const std::vector<std::string_view>& words);

// "; did you mean WORD?", or nothing.
std::string did_you_mean(std::string_view typed, const std::vector<std::string_view>& words);

}  // namespace hoodtrace
