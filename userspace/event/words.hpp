// SPDX-License-Identifier: GPL-2.0-or-later
// The tail of a record as words, each ended by a NUL. The last NUL may be missing. Words are
// hostile, and live as long as the record.
#pragma once

#include <string_view>
#include <vector>

namespace hoodtrace {

// Removes the first word from `tail` and returns it; "" at the end.
inline std::string_view take_word(std::string_view& tail) {
  const std::size_t end = tail.find('\0');
  const std::string_view word = tail.substr(0, end);
  tail.remove_prefix(end == std::string_view::npos ? tail.size() : end + 1);
  return word;
}

inline std::vector<std::string_view> words_of(std::string_view tail) {
  std::vector<std::string_view> words;
  while (!tail.empty()) words.push_back(take_word(tail));
  return words;
}

// Calls take(key, value) for each pair of words.
template <class Take>
void for_each_pair(std::string_view tail, const Take& take) {
  while (!tail.empty()) {
    const std::string_view key = take_word(tail);
    const std::string_view value = take_word(tail);
    take(key, value);
  }
}

// The value of the first pair with that key; "" without one.
inline std::string_view word_value(std::string_view tail, std::string_view wanted) {
  while (!tail.empty()) {
    const std::string_view key = take_word(tail);
    const std::string_view value = take_word(tail);
    if (key == wanted) return value;
  }
  return {};
}

}  // namespace hoodtrace
