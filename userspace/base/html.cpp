// SPDX-License-Identifier: GPL-2.0-or-later
#include "base/html.hpp"

#include "base/text.hpp"

namespace hoodtrace {

std::string html_escaped(std::string_view hostile) {
  std::string text;
  for (const char c : printable(hostile)) {
    switch (c) {
      case '&':
        text += "&amp;";
        break;
      case '<':
        text += "&lt;";
        break;
      case '>':
        text += "&gt;";
        break;
      case '"':
        text += "&quot;";
        break;
      case '\'':
        text += "&#39;";
        break;
      default:
        text += c;
    }
  }
  return text;
}

}  // namespace hoodtrace
