// SPDX-License-Identifier: GPL-2.0-or-later
// Event: a decoded, checked view of one record of the stream.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "events.h"

namespace hoodtrace {

// The raw bytes of one record; 8-byte aligned. Does not own them.
struct RecordView {
  const ht_header* head = nullptr;
  std::uint32_t bytes = 0;
};

// The type number of a record struct: HT_SWITCH for ht_switch.
template <class Record>
inline constexpr std::uint16_t kTypeOf = 0;
#define HT_EVENT_TYPE(id, NAME, type) \
  template <>                         \
  inline constexpr std::uint16_t kTypeOf<type> = HT_##NAME;
HT_EVENTS(HT_EVENT_TYPE)
#undef HT_EVENT_TYPE

// Points to a record that decode() has checked, and lives as long. A std::variant of these seventy
// pointers would do, but each std::visit of it costs the compiler a second.
class Event {
 public:
  template <class Record>
  requires(kTypeOf<Record> != 0) explicit Event(const Record* record)
      : head_(reinterpret_cast<const ht_header*>(record)) {}

  // Every record begins with its header.
  const ht_header& head() const { return *head_; }

  // Null when it is a record of another type.
  template <class Record>
  requires(kTypeOf<Record> != 0) const Record* as() const {
    return head_->type == kTypeOf<Record> ? reinterpret_cast<const Record*>(head_) : nullptr;
  }

  // Calls the visitor with the record, of its own type.
  template <class Visitor>
  void visit(Visitor&& visitor) const {
    switch (head_->type) {
#define HT_EVENT_VISIT(id, NAME, type)              \
  case HT_##NAME:                                   \
    visitor(*reinterpret_cast<const type*>(head_)); \
    break;
      HT_EVENTS(HT_EVENT_VISIT)
#undef HT_EVENT_VISIT
      default:
        break;
    }
  }

 private:
  const ht_header* head_;
};

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
