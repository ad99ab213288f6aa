// SPDX-License-Identifier: GPL-2.0-or-later
#include "output/csv_text.hpp"

#include "base/text.hpp"

namespace hoodtrace {

std::string csv_text(std::string_view hostile) {
  std::string safe = printable(hostile);
  if (safe.find_first_of("=+-@") != 0) return csv_quoted(safe);
  return csv_quoted(safe.insert(0, 1, '\''));
}

std::string csv_quoted(std::string_view safe) {
  if (safe.find_first_of(",\"'\r\n") == std::string_view::npos) return std::string(safe);
  std::string out = "\"";
  for (const char c : safe) {
    if (c == '"') out += '"';
    out += c;
  }
  return out + "\"";
}

}  // namespace hoodtrace
