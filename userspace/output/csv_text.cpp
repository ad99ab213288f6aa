// SPDX-License-Identifier: GPL-2.0-or-later
#include "output/csv_text.hpp"

#include <algorithm>

#include "base/text.hpp"

namespace hoodtrace {
namespace {

constexpr std::string_view kFormula = "=+-@";     // at the begin of a cell
constexpr std::string_view kQuoted = ",\"'\r\n";  // anywhere in it

}  // namespace

bool is_plain_csv(std::string_view hostile) {
  if (!hostile.empty() && kFormula.find(hostile.front()) != std::string_view::npos) return false;
  return std::all_of(hostile.begin(), hostile.end(), [](char c) {
    return c >= ' ' && c <= '~' && c != '\\' && c != ',' && c != '"' && c != '\'';
  });
}

std::string csv_text(std::string_view hostile) {
  std::string safe = printable(hostile);
  if (safe.find_first_of(kFormula) != 0) return csv_quoted(safe);
  return csv_quoted(safe.insert(0, 1, '\''));
}

std::string csv_quoted(std::string_view safe) {
  if (safe.find_first_of(kQuoted) == std::string_view::npos) return std::string(safe);
  std::string out = "\"";
  for (const char c : safe) {
    if (c == '"') out += '"';
    out += c;
  }
  return out + "\"";
}

}  // namespace hoodtrace
