// SPDX-License-Identifier: GPL-2.0-or-later
#include "event/session_words.hpp"

#include <algorithm>

#include "event/words.hpp"

namespace hoodtrace {

std::vector<std::pair<std::string_view, std::string_view>> session_words(
    const ht_session& session) {
  std::vector<std::pair<std::string_view, std::string_view>> words;
  for_each_pair(tail_of(session), [&words](std::string_view key, std::string_view value) {
    words.emplace_back(key, value);
  });
  return words;
}

SessionText read_session(const ht_session& session) {
  SessionText text;
  for (const auto& [key, value] : session_words(session)) {
    if (key == "target") text.target = value;
    if (key == "how") text.how = value;
    if (key == "families") text.families = value;
  }
  return text;
}

bool has_family(const SessionText& session, std::string_view family) {
  std::string_view rest = session.families;
  while (!rest.empty()) {
    const std::string_view name = rest.substr(0, rest.find(','));
    if (name == family) return true;
    rest.remove_prefix(std::min(rest.size(), name.size() + 1));
  }
  return false;
}

}  // namespace hoodtrace
