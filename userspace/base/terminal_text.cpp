// SPDX-License-Identifier: GPL-2.0-or-later
#include "base/terminal_text.hpp"

#include <utility>

namespace hoodtrace {

std::string ascii_drawings(std::string_view text) {
  static constexpr std::pair<std::string_view, char> kDrawings[] = {
      {"├", '|'}, {"└", '`'}, {"│", '|'}, {"─", '-'}, {"→", '>'}, {"…", '~'}};
  std::string out;
  out.reserve(text.size());
  while (!text.empty()) {
    std::size_t bytes = 1;
    char shown = text.front();
    if (static_cast<unsigned char>(shown) >= 0x80)
      for (const auto& [drawing, ascii] : kDrawings)
        if (text.starts_with(drawing)) {
          shown = ascii;
          bytes = drawing.size();
        }
    out += shown;
    text.remove_prefix(bytes);
  }
  return out;
}

bool is_utf8_locale(const char* lc_all, const char* lc_ctype, const char* lang) {
  for (const char* name : {lc_all, lc_ctype, lang}) {
    if (name == nullptr || *name == '\0') continue;
    std::string lower(name);
    for (char& c : lower) c = static_cast<char>(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
    return lower.find("utf-8") != std::string::npos || lower.find("utf8") != std::string::npos;
  }
  return true;
}

}  // namespace hoodtrace
