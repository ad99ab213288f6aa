#include "event/session_text.hpp"

namespace hoodtrace {

SessionText read_session(const ht_session& session) {
  SessionText text;
  std::string_view tail = tail_of(session);
  const auto next = [&tail] {
    const std::size_t end = tail.find('\0');
    const std::string_view word = tail.substr(0, end);
    tail.remove_prefix(end == std::string_view::npos ? tail.size() : end + 1);
    return word;
  };
  while (!tail.empty()) {
    const std::string_view key = next();
    const std::string_view value = next();
    if (key == "target") text.target = value;
    if (key == "how") text.how = value;
  }
  return text;
}

}  // namespace hoodtrace
