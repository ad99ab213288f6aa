// SPDX-License-Identifier: GPL-2.0-or-later
#include "event/session_words.hpp"

namespace hoodtrace {

std::vector<std::pair<std::string_view, std::string_view>> session_words(
    const ht_session& session) {
  std::vector<std::pair<std::string_view, std::string_view>> words;
  std::string_view tail = tail_of(session);
  const auto next = [&tail] {
    const std::size_t end = tail.find('\0');
    const std::string_view word = tail.substr(0, end);
    tail.remove_prefix(end == std::string_view::npos ? tail.size() : end + 1);
    return word;
  };
  while (!tail.empty()) {
    const std::string_view key = next();
    words.emplace_back(key, next());
  }
  return words;
}

SessionText read_session(const ht_session& session) {
  SessionText text;
  for (const auto& [key, value] : session_words(session)) {
    if (key == "target") text.target = value;
    if (key == "how") text.how = value;
  }
  return text;
}

}  // namespace hoodtrace
