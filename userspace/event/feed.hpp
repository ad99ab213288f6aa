// SPDX-License-Identifier: GPL-2.0-or-later
// What is done with any event, whatever its type.
#pragma once

#include <cstdint>
#include <type_traits>
#include <variant>

#include "event/event.hpp"

namespace hoodtrace {

// Hands the event to a tracker that has an on() for its type.
template <class Tracker>
void feed(Tracker& tracker, const Event& event) {
  std::visit(
      [&tracker](auto pointer) {
        if constexpr (requires { tracker.on(*pointer); }) tracker.on(*pointer);
      },
      event);
}

// The header of its record; null without a record.
inline const ht_header* head_of(const Event& event) {
  return std::visit(
      [](auto pointer) -> const ht_header* {
        // Every record begins with its header.
        if constexpr (std::is_pointer_v<decltype(pointer)>)
          return reinterpret_cast<const ht_header*>(pointer);
        else
          return nullptr;
      },
      event);
}

// The time and the type of its record; 0 without a record.
inline std::uint64_t time_of(const Event& event) {
  const ht_header* head = head_of(event);
  return head == nullptr ? 0 : head->time_ns;
}
inline std::uint16_t type_of(const Event& event) {
  const ht_header* head = head_of(event);
  return head == nullptr ? std::uint16_t{0} : head->type;
}

}  // namespace hoodtrace
