// SPDX-License-Identifier: GPL-2.0-or-later
#include "view/cell_json.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.hpp"

namespace hoodtrace {

Json to_json(const Cell& cell) {
  struct Convert {
    Json operator()(std::monostate) const { return nullptr; }
    Json operator()(const std::string& text) const { return valid_utf8(text); }
    Json operator()(std::uint64_t value) const { return value; }
    Json operator()(std::int64_t value) const { return value; }
    Json operator()(double value) const { return value; }
  };
  return std::visit(Convert{}, cell);
}

void append_json(std::string& out, const Json& value) {
  out += printable_json(value.dump(-1, ' ', false, Json::error_handler_t::replace));
}

void append_json_string(std::string& out, std::string_view hostile) {
  const auto is_plain = [](char c) { return c >= ' ' && c != '"' && c != '\\' && c != 0x7f; };
  // Nearly every text is plain ASCII (char is signed here: what is not is below ' ').
  if (!std::all_of(hostile.begin(), hostile.end(), is_plain))
    return append_json(out, Json(valid_utf8(hostile)));
  out += '"';
  out += hostile;
  out += '"';
}

void append_json_number(std::string& out, std::uint64_t value) {
  const fmt::format_int digits(value);
  out.append(digits.data(), digits.size());
}

void append_json(std::string& out, const Cell& cell) {
  struct Append {
    std::string& out;
    void operator()(std::monostate) const { out += "null"; }
    void operator()(const std::string& text) const { append_json_string(out, text); }
    void operator()(std::uint64_t value) const { append_json_number(out, value); }
    void operator()(std::int64_t value) const {
      const fmt::format_int digits(value);
      out.append(digits.data(), digits.size());
    }
    void operator()(double value) const { append_json(out, Json(value)); }
  };
  std::visit(Append{out}, cell);
}

}  // namespace hoodtrace
