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
#include <vector>

#include "base/short_copy.hpp"
#include "output/rows/row_block.hpp"

namespace hoodtrace {

// A short constant text, copied as one piece of a fixed size.
struct ShortText {
  static constexpr std::size_t kRoom = 40;
  char text[kRoom] = {};
  std::size_t bytes = 0;
};

class RowLine {
 public:
  void clear() { bytes_ = 0; }
  [[nodiscard]] std::string_view text() const { return {room_.data(), bytes_}; }

  // Makes room for `bytes` more characters.
  void reserve(std::size_t bytes) {
    if (room_.size() - bytes_ < bytes) room_.resize((bytes_ + bytes) * 2);
  }

  void put(char c) { room_[bytes_++] = c; }
  void put(std::string_view text) {
    short_copy(room_.data() + bytes_, text.data(), text.size());
    bytes_ += text.size();
  }
  // Needs ShortText::kRoom of room, whatever its length.
  void put(const ShortText& word) {
    std::memcpy(room_.data() + bytes_, word.text, ShortText::kRoom);
    bytes_ += word.bytes;
  }
  // Needs kLeastFill of room, whatever the count.
  static constexpr std::size_t kLeastFill = 32;
  void fill(std::size_t count, char c) {
    char* const at = room_.data() + bytes_;
    std::memset(at, c, kLeastFill);
    if (count > kLeastFill) std::memset(at + kLeastFill, c, count - kLeastFill);
    bytes_ += count;
  }
  // The value of a number or a truth, as JSON and CSV both have it; at most kMostPlain characters.
  static constexpr std::size_t kMostPlain = 24;
  void put_plain(const RowValue& value) {
    char* const at = room_.data() + bytes_;
    if (value.type == FieldType::kTruth) {
      const std::string_view word = value.number != 0 ? "true" : "false";
      bytes_ += word.copy(at, word.size());
      return;
    }
    const std::to_chars_result end =
        value.type == FieldType::kSigned
            ? std::to_chars(at, at + kMostPlain, static_cast<std::int64_t>(value.number))
            : std::to_chars(at, at + kMostPlain, value.number);
    bytes_ = static_cast<std::size_t>(end.ptr - room_.data());
  }

 private:
  std::vector<char> room_;
  std::size_t bytes_ = 0;
};

}  // namespace hoodtrace
