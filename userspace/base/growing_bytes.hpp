// SPDX-License-Identifier: GPL-2.0-or-later
// Bytes that grow, and that are written without a check each, after room was made for them.
#pragma once

#include <cstddef>
#include <string_view>
#include <vector>

namespace hoodtrace {

class GrowingBytes {
 public:
  [[nodiscard]] std::size_t size() const { return size_; }
  [[nodiscard]] std::string_view view() const { return {room_.data(), size_}; }
  void clear() { size_ = 0; }
  void cut_to(std::size_t size) { size_ = size; }

  // Makes room for `bytes` more bytes.
  void reserve(std::size_t bytes) {
    if (room_.size() - size_ < bytes) room_.resize((size_ + bytes) * 2);
  }
  [[nodiscard]] char* begin() { return room_.data(); }
  // Where the next byte goes, and the end of what was written from there. A pointer, because the compiler
  // must take each byte that is written for one of this object's members.
  [[nodiscard]] char* end() { return room_.data() + size_; }
  void set_end(const char* end) { size_ = static_cast<std::size_t>(end - room_.data()); }

 private:
  std::vector<char> room_;
  std::size_t size_ = 0;
};

}  // namespace hoodtrace
