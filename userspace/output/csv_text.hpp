// SPDX-License-Identifier: GPL-2.0-or-later
// Hostile text as one cell of a CSV line (RFC 4180).
#pragma once

#include <string>
#include <string_view>

namespace hoodtrace {

// Printable, in quotes when it must be. A leading = + - @ would be a formula to a spreadsheet: it
// gets an apostrophe in front.
std::string csv_text(std::string_view hostile);

// Text that csv_text() returns as it is, because it is short of everything that must be escaped or
// quoted. Not all of that: only printable ASCII.
bool is_plain_csv(std::string_view hostile);

// Text that is already safe, such as JSON: quoted only if CSV requires it.
std::string csv_quoted(std::string_view safe);

}  // namespace hoodtrace
