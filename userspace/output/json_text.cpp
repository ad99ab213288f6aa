// SPDX-License-Identifier: GPL-2.0-or-later
#include "output/json_text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <utility>

#include "base/text.hpp"

namespace hoodtrace {

bool is_plain_json(std::string_view hostile) {
  // Of no other char is the value from ' ' to '~', whether char is signed or not.
  return std::all_of(hostile.begin(), hostile.end(),
                     [](char c) { return c >= ' ' && c <= '~' && c != '"' && c != '\\'; });
}

void append_json_text(std::string& out, std::string_view hostile) {
  out += '"';
  if (is_plain_json(hostile)) {
    out += hostile;
  } else {
    std::string escaped;
    for (const char c : valid_utf8(hostile)) {
      if (static_cast<unsigned char>(c) < ' ')
        fmt::format_to(std::back_inserter(escaped), "\\u{:04x}", static_cast<unsigned>(c));
      else if (c == '"' || c == '\\')
        (escaped += '\\') += c;
      else
        escaped += c;
    }
    out += printable_json(std::move(escaped));
  }
  out += '"';
}

}  // namespace hoodtrace
