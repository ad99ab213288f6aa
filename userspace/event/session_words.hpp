// SPDX-License-Identifier: GPL-2.0-or-later
// The words of a session record.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "event/event.hpp"

namespace hoodtrace {

// Keys and values in order; they live as long as the record. Hostile.
std::vector<std::pair<std::string_view, std::string_view>> session_words(const ht_session& session);

// Those that every report begins with. Hostile.
struct SessionText {
  std::string target;
  std::string how;
  std::string families;  // "sched,procs"; empty in older recordings
};
SessionText read_session(const ht_session& session);

}  // namespace hoodtrace
