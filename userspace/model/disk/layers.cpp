// SPDX-License-Identifier: GPL-2.0-or-later
// The disk tracker's devices on top of others: a request below is a part of one above, and counts for the
// tasks and files of that one only. Of dm, md and a loop device's direct I/O the record says so
// (ht_disk.upper); of what a loop device's worker reads and writes through the page cache, the places in the
// backing file do.

#include <algorithm>

#include "model/disk/tracker.hpp"

namespace hoodtrace {
namespace {

constexpr std::uint64_t kSector = 512;
constexpr std::uint64_t kUnclaimedNs = 1'000'000'000;

}  // namespace

// A loop device has answered a request.
void DiskTracker::claim_below(const ht_disk& request) {
  const LoopFiles::Loop* loop = loops_.of_device(request.dev);
  if (loop == nullptr || request.bytes == 0) return;
  const std::uint64_t first = loop->offset + request.sector * kSector;
  const std::uint64_t end = first + request.bytes;
  // Its file's pages are written later, by another kernel thread.
  if (request.op == HT_DISK_WRITE) below_.dirty(loop->dev, first, request.bytes, kNoTask);
  if (request.op != HT_DISK_READ) return;
  // What was read for it, or ahead of it.
  const auto is_for_it = [&](const HeldRead& held) {
    if (held.loop != loop->dev) return false;
    return std::any_of(held.pieces.begin(), held.pieces.end(), [&](const Piece& piece) {
      return piece.offset < end && piece.offset + piece.bytes > first;
    });
  };
  for (const HeldRead& held : held_)
    if (is_for_it(held)) devices_[held.request.dev].lower++;
  std::erase_if(held_, is_for_it);
}

// Is the request the work of a loop device? Takes what is from its pieces.
bool DiskTracker::is_below_loop(const ht_disk& request, TaskId submitter,
                                std::vector<Piece>& pieces) {
  if ((request.flags & HT_REQ_KTHREAD) == 0 || request.bytes == 0) return false;
  if (request.op != HT_DISK_READ && request.op != HT_DISK_WRITE) return false;
  std::uint64_t rest = 0;
  const LoopFiles::Loop* of = nullptr;
  for (Piece& piece : pieces) {
    const FileKey& key = files_[piece.file].key;
    const LoopFiles::Loop* loop = loops_.of_file(key.dev, key.inode);
    if (loop != nullptr && piece.offset != HT_UNKNOWN_NS) {
      of = loop;
      if (request.op == HT_DISK_WRITE)
        for (const DirtyPages::Share& share : below_.take(loop->dev, piece.offset, piece.bytes))
          piece.bytes -= static_cast<std::uint32_t>(share.bytes);
    }
    rest += piece.bytes;
  }
  if (of == nullptr) return false;
  if (request.op == HT_DISK_WRITE) return rest == 0;
  if (held_.size() >= kMostHeld) settle_held(request.head.time_ns);
  if (held_.size() >= kMostHeld) return false;
  held_.push_back({request, submitter, of->dev, pieces});
  return true;
}

// What no request of a loop device has covered since then stays with the kernel thread that read it.
void DiskTracker::settle_held(std::uint64_t until_ns) {
  std::vector<HeldRead> later;
  for (HeldRead& held : held_) {
    if (held.request.head.time_ns > until_ns) {
      later.push_back(std::move(held));
      continue;
    }
    share(held.request, held.submitter, held.pieces);
  }
  held_ = std::move(later);
}

void DiskTracker::on(const ht_tick& tick) {
  if (tick.kind == HT_TICK_END)
    settle_held(tick.head.time_ns);
  else if (tick.head.time_ns > kUnclaimedNs)
    settle_held(tick.head.time_ns - kUnclaimedNs);
}

}  // namespace hoodtrace
