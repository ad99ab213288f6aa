#include "output/json_text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

#include "base/text.hpp"

namespace hoodtrace {
namespace {

// What a terminal would obey: C0, DEL, C1, line separators, bidirectional controls. Of the text
// that begins here: the character's code, and how many bytes it has; no bytes when it is harmless.
struct Obeyed {
  unsigned code = 0;
  std::size_t bytes = 0;
};

Obeyed obeyed_at(std::string_view text) {
  const auto byte = [&text](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  if (byte(0) < 0x20 || byte(0) == 0x7f) return {byte(0), 1};
  if (byte(0) == 0xc2 && byte(1) < 0xa0) return {byte(1), 2};
  if (byte(0) == 0xd8 && byte(1) == 0x9c) return {0x61c, 2};
  if (byte(0) != 0xe2 || (byte(1) != 0x80 && byte(1) != 0x81)) return {};
  const unsigned code = 0x2000U + ((byte(1) & 1U) << 6) + (byte(2) & 0x3fU);
  const bool is_obeyed = code == 0x200e || code == 0x200f || (code >= 0x2028 && code <= 0x202e) ||
                         (code >= 0x2066 && code <= 0x2069);
  return {code, is_obeyed ? 3U : 0U};
}

}  // namespace

void append_json_text(std::string& out, std::string_view hostile) {
  const auto is_plain = [](char c) { return c >= ' ' && c != '"' && c != '\\' && c != 0x7f; };
  out += '"';
  // Nearly every text is plain ASCII (char is signed here: what is not is below ' ').
  if (std::all_of(hostile.begin(), hostile.end(), is_plain)) {
    out += hostile;
  } else {
    const std::string valid = valid_utf8(hostile);
    for (std::size_t i = 0; i < valid.size();) {
      const Obeyed obeyed = obeyed_at(std::string_view(valid).substr(i));
      if (obeyed.bytes > 0)
        fmt::format_to(std::back_inserter(out), "\\u{:04x}", obeyed.code);
      else if (valid[i] == '"' || valid[i] == '\\')
        (out += '\\') += valid[i];
      else
        out += valid[i];
      i += std::max<std::size_t>(obeyed.bytes, 1);
    }
  }
  out += '"';
}

}  // namespace hoodtrace
