// SPDX-License-Identifier: GPL-2.0-or-later
// Text for a terminal without UTF-8.
#pragma once

#include <string>
#include <string_view>

namespace hoodtrace {

// The characters of trees in ASCII, with the same width.
std::string ascii_drawings(std::string_view text);

// Does the terminal show UTF-8? By the first of the three that is set; null and "" are not. When
// none is set, it does.
bool is_utf8_locale(const char* lc_all, const char* lc_ctype, const char* lang);

}  // namespace hoodtrace
