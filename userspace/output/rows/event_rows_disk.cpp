// SPDX-License-Identifier: GPL-2.0-or-later
// The rows of block requests and of who slept for them.

#include <fmt/format.h>

#include "base/growth.hpp"
#include "base/units.hpp"
#include "model/disk/device.hpp"
#include "output/rows/event_rows.hpp"
#include "view/disk/rows.hpp"

namespace hoodtrace {
namespace {

std::string_view file_kind(std::uint8_t kind) {
  switch (kind) {
    case HT_DISK_OF_FILE:
      return "file";
    case HT_DISK_OF_DEVICE:
      return "device";
    case HT_DISK_OF_SWAP:
      return "swap";
    default:
      return "none";
  }
}

std::string_view wait_cause(std::uint8_t flags) {
  if (flags & HT_WAIT_REQUEST) return "request";
  return flags & HT_WAIT_KTHREAD ? "kthread" : "other";
}

}  // namespace

void EventRows::row(const ht_disk& record) {
  begin(record.head);
  row_.text(Field::kKind, disk_op_word(op_of(record)));
  row_.truth(Field::kTraced, (record.flags & HT_REQ_TRACED) != 0);
  row_.text(Field::kDiskDev, format_device(record.dev));
  if (record.file.inode != 0) set_file(record.file);
  row_.text(Field::kPlace, file_kind(record.kind));
  if (record.offset != HT_UNKNOWN_NS) row_.number(Field::kOffset, record.offset);
  row_.number(Field::kSector, record.sector);
  row_.number(Field::kBytes, record.bytes);
  row_.number(Field::kSerial, record.serial);
  row_.number(Field::kStartNs, record.start_ns);
  if (record.issue_ns != 0) row_.number(Field::kQueueNs, growth(record.start_ns, record.issue_ns));
  if (record.issue_ns != 0 && record.complete_ns != 0)
    row_.number(Field::kServiceNs, growth(record.issue_ns, record.complete_ns));
  row_.number(Field::kMerges, record.merges);
  row_.truth(Field::kWrite, record.op == HT_DISK_WRITE);
  row_.truth(Field::kDirect, (record.flags & HT_REQ_DIRECT) != 0);
  if (record.cgroup_id != 0) row_.number(Field::kCgroupId, record.cgroup_id);
  if (record.status != 0) row_.number(Field::kStatus, record.status);
  if (record.upper != 0) row_.number(Field::kUpper, record.upper);
  finish_row();
}

void EventRows::row(const ht_disk_part& record) {
  begin(record.head);
  row_.text(Field::kPlace, file_kind(record.kind));
  if (record.file.inode != 0) set_file(record.file);
  if (record.offset != HT_UNKNOWN_NS) row_.number(Field::kOffset, record.offset);
  row_.number(Field::kBytes, record.bytes);
  row_.number(Field::kSerial, record.serial);
  finish_row();
}

void EventRows::row(const ht_disk_wait& record) {
  begin(record.head);
  set_who(record.waker_tid, Field::kWakerTid, Field::kWakerPid, Field::kWakerComm);
  row_.text(Field::kCause, wait_cause(record.flags));
  row_.number(Field::kStartNs, record.since_ns);
  row_.number(Field::kTookNs, growth(record.since_ns, record.head.time_ns));
  if (record.serial != 0) row_.number(Field::kSerial, record.serial);
  if (record.call != 0) {
    const std::string_view name = call_name(static_cast<int>(record.call) - 1, false);
    if (!name.empty()) row_.text(Field::kCall, name);
  }
  row_.truth(Field::kIowait, (record.flags & HT_WAIT_IOWAIT) != 0);
  finish_row();
}

void EventRows::row(const ht_disk_sync& record) {
  begin(record.head);
  if (record.file.inode != 0) set_file(record.file);
  row_.number(Field::kStartNs, record.since_ns);
  row_.number(Field::kTookNs, growth(record.since_ns, record.head.time_ns));
  const std::string_view name = call_name(static_cast<int>(record.call) - 1, false);
  if (!name.empty()) row_.text(Field::kCall, name);
  if (record.result < 0) row_.number(Field::kErrno, static_cast<std::uint64_t>(-record.result));
  finish_row();
}

void EventRows::row(const ht_disk_books& record) {
  const auto tell = [&](std::string_view key, std::uint64_t count) {
    begin(record.head);
    row_.text(Field::kKey, key);
    row_.number(Field::kCount, count);
    finish_row();
  };
  tell("read_bytes", record.read_bytes);
  tell("write_bytes", record.write_bytes);
  tell("cancelled_write_bytes", record.cancelled_bytes);
}

void EventRows::row(const ht_disk_scope& record) {
  begin(record.head);
  row_.text(Field::kKey, "page_bytes");
  row_.number(Field::kCount, record.page_bytes);
  finish_row();
}

void EventRows::row(const ht_disk_device& record) {
  const auto tell = [&](std::string_view key, std::uint64_t count) {
    begin(record.head);
    row_.text(Field::kDiskDev, format_device(record.dev));
    row_.text(Field::kKey, key);
    row_.number(Field::kCount, count);
    finish_row();
  };
  tell("reads", record.reads);
  tell("read_merges", record.read_merges);
  tell("read_sectors", record.read_sectors);
  tell("writes", record.writes);
  tell("write_merges", record.write_merges);
  tell("write_sectors", record.write_sectors);
  tell("discards", record.discards);
  tell("discard_sectors", record.discard_sectors);
  tell("flushes", record.flushes);
}

void EventRows::row(const ht_disk_backing& record) {
  begin(record.head);
  row_.text(Field::kDiskDev, format_device(record.dev));
  set_file(ht_file_key{record.inode, record.file_dev, 0});
  row_.number(Field::kOffset, record.offset);
  finish_row();
}

}  // namespace hoodtrace
