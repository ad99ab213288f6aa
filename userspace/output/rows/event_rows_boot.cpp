// SPDX-License-Identifier: GPL-2.0-or-later
// The records of a boot's capture: a row per thing that happened, at its own time.

#include <fmt/format.h>

#include "base/text.hpp"
#include "event/words.hpp"
#include "output/rows/event_rows.hpp"

namespace hoodtrace {
void EventRows::fact(const ht_header& head, std::uint64_t time_ns, std::string_view key,
                     std::string_view value) {
  if (time_ns == 0) return;
  begin(head);
  row_.number(Field::kTimeNs, time_ns);
  row_.text(Field::kKey, key);
  row_.text(Field::kValue, value);
  finish_row();
}

void EventRows::row(const ht_boot_phases& record) {
  if (record.firmware_ns != 0)
    fact(record.head, record.head.time_ns, "firmware_ns", fmt::format("{}", record.firmware_ns));
  if (record.loader_ns != 0)
    fact(record.head, record.head.time_ns, "loader_ns", fmt::format("{}", record.loader_ns));
  fact(record.head, record.initrd_ns, "began", "initrd");
  fact(record.head, record.userspace_ns, "began", "userspace");
  fact(record.head, record.finish_ns, "began", "start finished");
}

void EventRows::row(const ht_boot_unit& record) {
  const std::string_view name = word_value(tail_of(record), "id");
  fact(record.head, record.activating_ns, "activating", name);
  fact(record.head, record.active_ns, "active", name);
  fact(record.head, record.deactivating_ns, "deactivating", name);
  fact(record.head, record.inactive_ns, "inactive", name);
}

void EventRows::row(const ht_boot_mark& record) {
  const std::string_view tail = tail_of(record);
  static constexpr std::string_view kKinds[] = {"?", "kmsg", "switch_root", "local_fs"};
  fact(record.head, record.head.time_ns,
       kKinds[record.kind <= HT_BOOT_MARK_LOCAL_FS ? record.kind : 0],
       tail.substr(0, tail.find('\0')));
}

void EventRows::row(const ht_boot_forks& record) {
  begin(record.head);
  row_.number(Field::kCount, record.forks);
  row_.number(Field::kUntilNs, record.until_ns);
  finish_row();
}

void EventRows::row(const ht_boot_end& record) {
  begin(record.head);
  row_.number(Field::kCount, record.reason);
  row_.text(Field::kKey, "until");
  row_.text(Field::kValue, word_value(tail_of(record), "until"));
  finish_row();
}

}  // namespace hoodtrace
