// SPDX-License-Identifier: GPL-2.0-or-later
// Hostile text as a JSON string.
#pragma once

#include <string>
#include <string_view>

namespace hoodtrace {

// Appends it in quotes: valid UTF-8; what a terminal would obey is escaped.
void append_json_text(std::string& out, std::string_view hostile);

}  // namespace hoodtrace
