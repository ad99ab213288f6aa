// SPDX-License-Identifier: GPL-2.0-or-later
// What is done with any event, whatever its type.
#pragma once

#include "event/event.hpp"

namespace hoodtrace {

// Hands the event to a tracker that has an on() for its type.
template <class Tracker>
void feed(Tracker& tracker, const Event& event) {
  event.visit([&tracker](const auto& record) {
    if constexpr (requires { tracker.on(record); }) tracker.on(record);
  });
}

}  // namespace hoodtrace
