// SPDX-License-Identifier: GPL-2.0-or-later
// Hostile text as a JSON string.
#pragma once

#include <string>
#include <string_view>

namespace hoodtrace {

// Printable ASCII without a quote or a backslash, which is in JSON as it is. Nearly every text is.
bool is_plain_json(std::string_view hostile);

// Appends it in quotes: valid UTF-8; what a terminal would obey is escaped.
void append_json_text(std::string& out, std::string_view hostile);

}  // namespace hoodtrace
