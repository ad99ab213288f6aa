// SPDX-License-Identifier: GPL-2.0-or-later
// The Event variant: a decoded, checked view of one record of the stream.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <variant>

#include "events.h"

namespace hoodtrace {

// The raw bytes of one record; 8-byte aligned. Does not own them.
struct RecordView {
  const ht_header* head = nullptr;
  std::uint32_t bytes = 0;
};

// Points into the record, and lives as long. One alternative per line of HT_EVENTS.
using Event = std::variant<
#define HT_EVENT_POINTER(id, NAME, type) const type*,
    HT_EVENTS(HT_EVENT_POINTER)
#undef HT_EVENT_POINTER
        std::monostate>;

// Nothing when the record is too short for its type, has an unknown type, or has an impossible
// task, CPU or length. A record longer than its struct is from a newer version, and accepted.
std::optional<Event> decode(RecordView record);

// "SWITCH"; "?" for an unknown id.
std::string_view event_name(std::uint16_t type);

// The key under which a trouble is reported, such as "missed"; "?" for an unknown id.
std::string_view trouble_key(std::uint32_t what);

// Whether records of this type may be missing there.
inline bool may_miss(const ht_lost& lost, std::uint16_t type) {
  if (type < HT_KIND_LIMIT && lost.counts[type] > 0) return true;
  for (const std::uint32_t count : lost.counts)
    if (count > 0) return false;
  return true;  // of unknown types
}

// The tail of a record: the tail_bytes bytes after its struct.
template <class Record>
std::string_view tail_of(const Record& record) {
  return {reinterpret_cast<const char*>(&record + 1), record.tail_bytes};
}

}  // namespace hoodtrace
