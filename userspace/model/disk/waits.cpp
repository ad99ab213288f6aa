// SPDX-License-Identifier: GPL-2.0-or-later
// The disk tracker's sleeps: for which request and file a thread slept, and in which fsync.

#include <algorithm>

#include "base/growth.hpp"
#include "model/disk/tracker.hpp"

namespace hoodtrace {
const DiskTracker::Done* DiskTracker::find_done(std::uint64_t serial) const {
  const auto found = done_.find(serial);
  return found == done_.end() ? nullptr : &found->second;
}

void DiskTracker::count_sleep(const Sleep& sleep, const Done& done) {
  DiskFile& file = of_file(done.file);
  file.waited_ns += sleep.ns;
  file.waits++;
}

// The sleep was ended by this request, whose record may come later. Who waits for a part of a request of a
// device above waits for that.
void DiskTracker::give_sleep(std::uint64_t serial, const Sleep& sleep) {
  const Done* done = find_done(serial);
  if (done != nullptr && done->upper != 0) {
    serial = done->upper;
    done = find_done(serial);
  }
  if (done != nullptr) {
    count_sleep(sleep, *done);
    DiskDevice& device = devices_[done->dev];
    if (device.unawaited > 0) device.unawaited--;
    return;
  }
  if (sleeps_.size() >= kMostSleeps) sleeps_.clear();
  sleeps_[serial].push_back(sleep);
}

// The request is done: those who slept for it are known, unless their records come later.
void DiskTracker::add_sleeps(const ht_disk& request, FileId file, LongRequest& is_long) {
  if (request.serial == 0) return;
  const Done done{file, op_of(request), request.dev, request.upper};
  std::vector<Sleep> slept;
  if (const auto found = sleeps_.find(request.serial); found != sleeps_.end()) {
    slept = std::move(found->second);
    sleeps_.erase(found);
  }
  for (const Sleep& sleep : slept) {
    if (request.upper == 0) count_sleep(sleep, done);
    if (sleep.ns < is_long.slept_ns) continue;
    is_long.slept_ns = sleep.ns;
    is_long.sleeper = sleep.task;
  }
  if (slept.empty() && request.upper == 0) devices_[request.dev].unawaited++;
  if (done_order_.size() >= kMostDone) {
    done_.erase(done_order_.front());
    done_order_.pop_front();
  }
  if (done_.insert_or_assign(request.serial, done).second) done_order_.push_back(request.serial);
  if (request.upper == 0) return;
  for (const Sleep& sleep : slept) give_sleep(request.upper, sleep);
}

void DiskTracker::on(const ht_disk_wait& wait) {
  const TaskId id = tasks_.at(wait.head.tid);
  const std::uint64_t ns = growth(wait.since_ns, wait.head.time_ns);
  DiskWaits& waits = of(id).waits;
  waits.count++;
  waits.ns += ns;
  if (wait.flags & HT_WAIT_IOWAIT) {
    waits.iowait_count++;
    waits.iowait_ns += ns;
  }
  const bool by_request = (wait.flags & HT_WAIT_REQUEST) != 0;
  if (by_request && wait.serial != 0)
    waits.request_ns += ns;
  else if (by_request)
    waits.foreign_ns += ns;
  else if (wait.flags & HT_WAIT_KTHREAD)
    waits.kthread_ns += ns;
  else
    waits.other_ns += ns;
  if ((wait.flags & HT_WAIT_SYNC) && can_report(HT_DISK_SYNCS)) {
    std::vector<SyncSleep>& list = sync_sleeps_[id];
    if (list.size() < kMostSleeps)
      list.push_back({ns, wait.serial, by_request, (wait.flags & HT_WAIT_KTHREAD) != 0});
  }
  if (wait.serial != 0) give_sleep(wait.serial, Sleep{id, ns, (wait.flags & HT_WAIT_SYNC) != 0});
}

void DiskTracker::on(const ht_disk_sync& sync) {
  const TaskId id = tasks_.at(sync.head.tid);
  DiskSyncs& syncs = of(id).syncs;
  const std::uint64_t ns = growth(sync.since_ns, sync.head.time_ns);
  syncs.count++;
  syncs.ns += ns;
  syncs.max_ns = std::max(syncs.max_ns, ns);
  const auto found = sync_sleeps_.find(id);
  if (found == sync_sleeps_.end()) return;
  const FileId own = sync.file.inode != 0 ? files_.at(sync.file) : kOtherFiles;
  for (const SyncSleep& sleep : found->second) {
    const Done* done = sleep.serial != 0 ? find_done(sleep.serial) : nullptr;
    if (done != nullptr && done->op == DiskOp::kFlush)
      syncs.flush_ns += sleep.ns;
    else if (done != nullptr && done->op == DiskOp::kMetadata)
      syncs.metadata_ns += sleep.ns;
    else if (done != nullptr && own != kOtherFiles && done->file == own)
      syncs.own_ns += sleep.ns;
    else if (done != nullptr)
      syncs.others_ns += sleep.ns;
    else if (sleep.by_kthread)
      syncs.journal_ns += sleep.ns;
    else
      syncs.other_ns += sleep.ns;
  }
  sync_sleeps_.erase(found);
}

}  // namespace hoodtrace
