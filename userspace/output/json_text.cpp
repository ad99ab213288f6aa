#include "output/json_text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

#include "base/text.hpp"

namespace hoodtrace {

void append_json_text(std::string& out, std::string_view hostile) {
  const auto is_plain = [](char c) { return c >= ' ' && c != '"' && c != '\\' && c != 0x7f; };
  out += '"';
  // Nearly every text is plain ASCII (char is signed here: what is not is below ' ').
  if (std::all_of(hostile.begin(), hostile.end(), is_plain)) {
    out += hostile;
  } else {
    for (const char c : valid_utf8(hostile)) {
      const auto byte = static_cast<unsigned char>(c);
      if (c == '"' || c == '\\')
        (out += '\\') += c;
      else if (byte < ' ' || byte == 0x7f)
        fmt::format_to(std::back_inserter(out), "\\u{:04x}", byte);
      else
        out += c;
    }
  }
  out += '"';
}

}  // namespace hoodtrace
