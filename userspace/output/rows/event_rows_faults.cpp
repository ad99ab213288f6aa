// SPDX-License-Identifier: GPL-2.0-or-later
// Rows of page faults and forks.

#include <array>

#include "base/units.hpp"
#include "model/faults/kind.hpp"
#include "model/names/file_table.hpp"
#include "output/rows/event_rows.hpp"

namespace hoodtrace {

void EventRows::row(const ht_fault& record) {
  static constexpr std::array<std::string_view, HT_PLACES> kPlaces = {
      "unknown", "anonymous", "heap", "stack", "file", "shmem", "hugetlb", "special"};
  const auto has = [&record](std::uint32_t fact) { return (record.facts & fact) != 0; };
  begin(record.head);
  row_.text(Field::kKind, key_of(kind_of(record)));
  row_.number(Field::kAddress, record.address);
  set_ns(Field::kTookNs, record.took_ns);
  if (record.place < kPlaces.size()) row_.text(Field::kPlace, kPlaces[record.place]);
  if (record.dev != 0) {
    row_.number(Field::kInode, record.inode);
    row_.text(Field::kDev, format_device(record.dev));
  }
  row_.number(Field::kAllocatedBytes, record.bytes);
  row_.truth(Field::kResolved, has(HT_FAULT_DONE));
  row_.truth(Field::kMajor, has(HT_FAULT_MAJOR));
  if (has(HT_FAULT_ACCESS)) row_.truth(Field::kWrite, has(HT_FAULT_WRITE));
  row_.truth(Field::kByKernel, has(HT_FAULT_KERNEL | HT_FAULT_GUP));
  if (record.signal != 0) row_.number(Field::kSignal, record.signal);
  finish_row();
}

void EventRows::row(const ht_fault_file& record) {
  begin(record.head);
  row_.number(Field::kInode, record.inode);
  row_.text(Field::kDev, format_device(record.dev));
  row_.text(Field::kFile, path_of(record));
  finish_row();
}

void EventRows::row(const ht_fork& record) {
  begin(record.head);
  set_pid(record.pid);
  row_.number(Field::kChildPid, record.child_pid);
  row_.number(Field::kCloneFlags, record.clone_flags);
  set_ns(Field::kForkNs, record.fork_ns);
  row_.number(Field::kAnonBytes, record.anon_bytes);
  finish_row();
}

void EventRows::row(const ht_fault_books& record) {
  begin(record.head);
  row_.number(Field::kMinorFaults, record.min_flt);
  row_.number(Field::kMajorFaults, record.maj_flt);
  if (record.flags & HT_FAULT_BOOKS_WPCOPY) row_.number(Field::kCopies, record.wpcopy_count);
  finish_row();
}

}  // namespace hoodtrace
