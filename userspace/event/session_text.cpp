#include "event/session_text.hpp"

#include "event/session_words.hpp"

namespace hoodtrace {

SessionText read_session(const ht_session& session) {
  SessionText text;
  for (const auto& [key, value] : session_words(session)) {
    if (key == "target") text.target = value;
    if (key == "how") text.how = value;
  }
  return text;
}

}  // namespace hoodtrace
