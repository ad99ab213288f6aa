// SPDX-License-Identifier: GPL-2.0-or-later
// Hostile text as one cell of a CSV line (RFC 4180).
#pragma once

#include <string>
#include <string_view>

namespace hoodtrace {

// Printable, in quotes when it must be. A leading = + - @ would be a formula to a spreadsheet: it
// stands behind an apostrophe.
std::string csv_text(std::string_view hostile);

// What is safe text already, such as JSON: in quotes when it must be, and otherwise as it is.
std::string csv_quoted(std::string_view safe);

}  // namespace hoodtrace
