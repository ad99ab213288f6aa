// SPDX-License-Identifier: GPL-2.0-or-later
#include "output/rows/event_row.hpp"

#include <charconv>

namespace hoodtrace {

void append_plain(std::string& out, const EventRow::Value& value) {
  if (value.type == EventRow::Type::kTruth) {
    out += value.number != 0 ? "true" : "false";
    return;
  }
  char digits[24];
  const auto end =
      value.type == EventRow::Type::kSigned
          ? std::to_chars(digits, digits + sizeof(digits), static_cast<std::int64_t>(value.number))
          : std::to_chars(digits, digits + sizeof(digits), value.number);
  out.append(digits, end.ptr);
}

}  // namespace hoodtrace
