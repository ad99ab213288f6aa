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

// Valid UTF-8 in which nothing is invisible: what is not well formed becomes U+FFFD, and each control
// character, line separator, bidirectional control and zero-width character becomes '?'.
std::string visible_utf8(std::string_view bytes);

// JSON text without raw characters that a terminal obeys: as \uNNNN, which they are in JSON anyway.
std::string printable_json(std::string json);

// Width of printable text on a terminal, in columns: combining marks count 0, wide characters 2.
std::size_t display_width(std::string_view printable_text);

// Is printable text at most `columns` wide?
bool fits(std::string_view printable_text, std::size_t columns);

// Cut to a width in columns; the last one is "…" when something was cut.
std::string cut_to_width(std::string_view printable_text, std::size_t columns);

// Breaks a line into pieces of at most that many columns (0 = no limit), at a space where one is
// near. Pieces after the first are indented; when the line's first half has columns separated by
// two spaces, they begin below the last of these.
std::string wrap_to_width(std::string_view printable_line, std::size_t columns);

}  // namespace hoodtrace
