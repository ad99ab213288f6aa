// The session record's words for a person.
#pragma once

#include <string>

#include "event/event.hpp"

namespace hoodtrace {

struct SessionText {
  std::string target;
  std::string how;
};

// Not yet made safe for a terminal.
SessionText read_session(const ht_session& session);

}  // namespace hoodtrace
