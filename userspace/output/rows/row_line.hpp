// SPDX-License-Identifier: GPL-2.0-or-later
// One line of text that grows: characters are put at its end without a check each, after room was
// made for them.
#pragma once

#include <charconv>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>

#include "base/growing_bytes.hpp"
#include "base/short_copy.hpp"
#include "output/rows/row_block.hpp"

namespace hoodtrace {

// A short constant text, copied as one piece of a fixed size.
struct ShortText {
  static constexpr std::size_t kRoom = 40;
  char text[kRoom] = {};
  std::size_t bytes = 0;
};

class RowLine : public GrowingBytes {
 public:
  void put(char c) {
    char* const at = end();
    *at = c;
    set_end(at + 1);
  }
  void put(std::string_view text) {
    short_copy(end(), text.data(), text.size());
    set_end(end() + text.size());
  }
  // Needs ShortText::kRoom of room, whatever its length.
  void put(const ShortText& word) {
    std::memcpy(end(), word.text, ShortText::kRoom);
    set_end(end() + word.bytes);
  }
  // Needs kLeastFill of room, whatever the count.
  static constexpr std::size_t kLeastFill = 32;
  void fill(std::size_t count, char c) {
    char* const at = end();
    std::memset(at, c, kLeastFill);
    if (count > kLeastFill) std::memset(at + kLeastFill, c, count - kLeastFill);
    set_end(at + count);
  }
  // The value of a number or a truth, as JSON and CSV both have it; at most kMostPlain characters.
  static constexpr std::size_t kMostPlain = 24;
  void put_plain(const RowValue& value) {
    char* const at = end();
    if (value.type == FieldType::kTruth) {
      const std::string_view word = value.number != 0 ? "true" : "false";
      set_end(at + word.copy(at, word.size()));
      return;
    }
    const std::to_chars_result written =
        value.type == FieldType::kSigned
            ? std::to_chars(at, at + kMostPlain, static_cast<std::int64_t>(value.number))
            : std::to_chars(at, at + kMostPlain, value.number);
    set_end(written.ptr);
  }
};

}  // namespace hoodtrace
