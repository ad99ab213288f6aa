// SPDX-License-Identifier: GPL-2.0-or-later
#include "model/disk/device.hpp"

#include <algorithm>

#include "base/growth.hpp"

namespace hoodtrace {
namespace {

constexpr std::uint64_t kSector = 512;

void count_request(const ht_disk& request, DiskCounts& counts) {
  switch (request.op) {
    case HT_DISK_READ:
      counts.reads++;
      counts.read_bytes += request.bytes;
      break;
    case HT_DISK_WRITE:
      counts.writes++;
      counts.write_bytes += request.bytes;
      break;
    case HT_DISK_FLUSH:
      counts.flushes++;
      break;
    case HT_DISK_DISCARD:
      counts.discards++;
      counts.discard_bytes += request.bytes;
      break;
    default:
      counts.others++;
      break;
  }
}

void keep_books(const ht_disk& request, DiskBooks& books) {
  const std::uint64_t sectors = request.bytes / kSector;
  switch (request.op) {
    case HT_DISK_READ:
      books.reads++;
      books.read_merges += request.merges;
      books.read_sectors += sectors;
      break;
    case HT_DISK_DISCARD:
      books.discards++;
      books.discard_sectors += sectors;
      break;
    case HT_DISK_FLUSH:
      break;
    default:  // op_stat_group(): all that write
      books.writes++;
      books.write_merges += request.merges;
      books.write_sectors += sectors;
      break;
  }
}

DiskBooks growth_of(const DiskBooks& a, const DiskBooks& b) {
  return {growth(a.reads, b.reads),
          growth(a.read_merges, b.read_merges),
          growth(a.read_sectors, b.read_sectors),
          growth(a.writes, b.writes),
          growth(a.write_merges, b.write_merges),
          growth(a.write_sectors, b.write_sectors),
          growth(a.discards, b.discards),
          growth(a.discard_sectors, b.discard_sectors),
          growth(a.flushes, b.flushes)};
}

}  // namespace

DiskOp op_of(const ht_disk& request) {
  if (request.op == HT_DISK_FLUSH) return DiskOp::kFlush;
  if (request.op == HT_DISK_DISCARD) return DiskOp::kDiscard;
  if (request.op == HT_DISK_OTHER) return DiskOp::kOther;
  // An empty write asks for nothing but the flush.
  if (request.op == HT_DISK_WRITE && request.bytes == 0) return DiskOp::kFlush;
  if (request.kind == HT_DISK_OF_SWAP || (request.flags & HT_REQ_SWAP)) return DiskOp::kSwap;
  if (request.flags & HT_REQ_META) return DiskOp::kMetadata;
  if (request.kind == HT_DISK_OF_DEVICE && !(request.flags & HT_REQ_DIRECT) &&
      (request.op == HT_DISK_READ || (request.flags & HT_REQ_KTHREAD)))
    return DiskOp::kMetadata;
  if (request.op == HT_DISK_READ)
    return request.flags & HT_REQ_AHEAD ? DiskOp::kReadahead : DiskOp::kRead;
  return request.flags & HT_REQ_SYNC ? DiskOp::kSyncWrite : DiskOp::kWrite;
}

bool DiskDevice::continues(const ht_disk& request) {
  const auto sector = request.sector;
  const auto found = std::find(ends_.begin(), ends_.end(), sector);
  const bool is_next = found != ends_.end() && sector != 0;
  std::uint64_t& end = is_next ? *found : ends_[next_end_++ % kStreams];
  end = sector + request.bytes / kSector;
  return is_next;
}

void DiskDevice::add_busy(std::uint64_t from_ns, std::uint64_t to_ns) {
  constexpr std::size_t kMostSpans = 4096;
  std::uint64_t from = std::max(from_ns, from_ns_);
  std::uint64_t to = to_ns;
  if (to <= from) return;
  // Requests end nearly in order, so it touches the last spans or comes soon before them.
  auto after = busy_.end();
  while (after != busy_.begin() && std::prev(after)->first > to) --after;
  auto first = after;
  while (first != busy_.begin() && std::prev(first)->second >= from) {
    --first;
    from = std::min(from, first->first);
    to = std::max(to, first->second);
    busy_ns_ -= first->second - first->first;
  }
  busy_.insert(busy_.erase(first, after), {from, to});
  busy_ns_ += to - from;
  if (busy_.size() > kMostSpans) busy_.erase(busy_.begin(), busy_.begin() + kMostSpans / 2);
}

void DiskDevice::add(const ht_disk& request) {
  const auto op = static_cast<std::size_t>(op_of(request));
  count_request(request, counts);
  count_request(request, counts_of_op[op]);
  if (request.flags & HT_REQ_BIO) makes_no_requests_ = true;
  merges += request.merges;
  requeues += request.requeues;
  if (request.status != 0) errors++;
  if (request.issue_ns != 0 && request.complete_ns != 0) {
    const std::uint64_t queued = growth(request.start_ns, request.issue_ns);
    const std::uint64_t served = growth(request.issue_ns, request.complete_ns);
    times.add(queued, served);
    times_of_op[op].add(queued, served);
    add_busy(request.issue_ns, request.complete_ns);
  }
  if (request.bytes != 0 && continues(request)) sequential++;
  // The kernel counts a flush where it ends, whatever RQF_IO_STAT says (blk_account_io_flush()).
  if (request.op == HT_DISK_FLUSH)
    ours_.flushes++;
  else if (request.flags & HT_REQ_COUNTED)
    keep_books(request, ours_);
}

void DiskDevice::count(const ht_disk_device& books) {
  const DiskBooks now{books.reads,    books.read_merges,     books.read_sectors,
                      books.writes,   books.write_merges,    books.write_sectors,
                      books.discards, books.discard_sectors, books.flushes};
  if (!first_) {
    // What ended before it is in the kernel's counts already: tracing had begun.
    first_ = now;
    ours_ = {};
    return;
  }
  last_ = now;
  ours_at_last_ = ours_;
}

std::optional<DiskDevice::Audit> DiskDevice::audit() const {
  if (!first_ || !last_) return std::nullopt;
  Audit audit{ours_at_last_, growth_of(*first_, *last_), false};
  const auto& [ours, kernel, is_equal] = audit;
  audit.is_equal = makes_no_requests_ ? ours.read_sectors == kernel.read_sectors &&
                                            ours.write_sectors == kernel.write_sectors &&
                                            ours.discard_sectors == kernel.discard_sectors
                                      : ours == kernel;
  return audit;
}

void DiskDevice::begin_interval(std::uint64_t now_ns) {
  const auto ends = ends_;
  std::optional<DiskBooks> first = first_;
  DiskBooks ours = ours_;
  if (last_) {
    first = last_;
    ours = growth_of(ours_at_last_, ours_);
  }
  *this = {};
  ends_ = ends;
  first_ = first;
  ours_ = ours;
  from_ns_ = now_ns;
}

}  // namespace hoodtrace
