// SPDX-License-Identifier: GPL-2.0-or-later
#include <cstddef>
#include <type_traits>

#include "event/event.hpp"

namespace hoodtrace {
namespace {

template <class Record>
constexpr bool kHasTail = requires(const Record& record) {
  record.tail_bytes;
};

constexpr std::uint32_t kMostFolioPages = 1 << 18;  // a huge page of 1 GiB
constexpr std::uint64_t kMostReadPages = 1 << 19;
constexpr std::uint64_t kMostFilePages = std::uint64_t{1} << 52;

template <class Record>
bool is_sound(const Record& record, std::uint32_t bytes) {
  if constexpr (kHasTail<Record>) {
    if (record.tail_bytes > bytes - sizeof(Record)) return false;
  }
  if constexpr (std::is_same_v<Record, ht_switch>) return record.prev_tid < HT_PID_LIMIT;
  if constexpr (std::is_same_v<Record, ht_behind>)
    return record.count <= HT_BEHIND_SEGMENTS &&
           record.count * sizeof(ht_segment) <= bytes - offsetof(ht_behind, segments);
  if constexpr (std::is_same_v<Record, ht_program>) return record.old_tid < HT_PID_LIMIT;
  if constexpr (std::is_same_v<Record, ht_exit>)
    return !(record.flags & HT_EXIT_COUNTERS) || bytes >= sizeof(ht_exit);
  if constexpr (std::is_same_v<Record, ht_argv>) return record.offset < HT_ARGV_LIMIT;
  if constexpr (std::is_same_v<Record, ht_task_exec>) return record.old_tid < HT_PID_LIMIT;
  if constexpr (std::is_same_v<Record, ht_pages>)
    return record.pages <= kMostFolioPages && record.index < kMostFilePages;
  // One read(2) moves at most INT_MAX bytes.
  if constexpr (std::is_same_v<Record, ht_access>)
    return record.first <= record.last && record.last < kMostFilePages &&
           (record.kind == HT_ACCESS_READAHEAD || record.last - record.first <= kMostReadPages);
  if constexpr (std::is_same_v<Record, ht_migrate>)
    return record.from_cpu < HT_CPU_LIMIT && record.to_cpu < HT_CPU_LIMIT;
  return true;
}

// What must be there to be looked at.
template <class Record>
constexpr std::uint32_t kLeastBytes = sizeof(Record);
template <>
constexpr std::uint32_t kLeastBytes<ht_behind> = offsetof(ht_behind, segments);
template <>
constexpr std::uint32_t kLeastBytes<ht_exit> = offsetof(ht_exit, exec_runtime_ns);

template <class Record>
std::optional<Event> view_as(RecordView record) {
  if (record.bytes < kLeastBytes<Record>) return std::nullopt;
  const auto* typed = reinterpret_cast<const Record*>(record.head);
  if (!is_sound(*typed, record.bytes)) return std::nullopt;
  return Event(typed);
}

}  // namespace

std::optional<Event> decode(RecordView record) {
  if (record.bytes < sizeof(ht_header)) return std::nullopt;
  const ht_header& head = *record.head;
  if (head.tid >= HT_PID_LIMIT) return std::nullopt;
  if (head.cpu >= HT_CPU_LIMIT && head.cpu != HT_NO_CPU) return std::nullopt;
  if (head.type < HT_KIND_LIMIT && head.cpu == HT_NO_CPU) return std::nullopt;
  switch (head.type) {
#define HT_EVENT_CASE(id, NAME, type) \
  case HT_##NAME:                     \
    return view_as<type>(record);
    HT_EVENTS(HT_EVENT_CASE)
#undef HT_EVENT_CASE
    default:
      return std::nullopt;
  }
}

std::string_view event_name(std::uint16_t type) {
  switch (type) {
#define HT_EVENT_NAME(id, NAME, type) \
  case HT_##NAME:                     \
    return #NAME;
    HT_EVENTS(HT_EVENT_NAME)
#undef HT_EVENT_NAME
    default:
      return "?";
  }
}

std::string_view trouble_key(std::uint32_t what) {
  switch (what) {
#define HT_TROUBLE_KEY(id, NAME, key) \
  case HT_TROUBLE_##NAME:             \
    return #key;
    HT_TROUBLES(HT_TROUBLE_KEY)
#undef HT_TROUBLE_KEY
    default:
      return "?";
  }
}

}  // namespace hoodtrace
