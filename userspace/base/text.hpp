// SPDX-License-Identifier: GPL-2.0-or-later
// Text from the traced system is hostile: what may go to a terminal, and what is valid UTF-8.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace hoodtrace {

// The string in a fixed-size, perhaps unterminated, NUL-padded buffer.
template <std::size_t N>
std::string_view fixed_string(const char (&buffer)[N]) {
  const std::string_view whole(buffer, N);
  return whole.substr(0, whole.find('\0'));
}

// One line that a terminal shows and does not obey: control characters (C0, DEL, C1), invalid
// UTF-8, line separators and bidirectional overrides become \n, \t or \xNN; a backslash is doubled.
std::string printable(std::string_view hostile);

// Valid UTF-8: each byte that is not part of a well-formed character becomes U+FFFD.
std::string valid_utf8(std::string_view bytes);

// JSON text without raw characters that a terminal obeys: as \uNNNN, which they are in JSON anyway.
std::string printable_json(std::string json);

// Columns that printable text takes on a terminal: characters, combining marks not counted and
// wide ones counted twice.
std::size_t display_width(std::string_view printable_text);

// Does printable text take no more than so many columns?
bool fits(std::string_view printable_text, std::size_t columns);

// Cut to so many columns, the last of them "…" when something was cut.
std::string cut_to_width(std::string_view printable_text, std::size_t columns);

// A line broken so that nothing is lost and each piece fits into so many columns (0 = any): at a
// space where one is near; what follows the first piece is indented, below the last column of the
// line where it has columns (two spaces between them) in its first half.
std::string wrap_to_width(std::string_view printable_line, std::size_t columns);

}  // namespace hoodtrace
