// SPDX-License-Identifier: GPL-2.0-or-later
// Slices of the page cache and of the disk.

#include "view/diff/parts.hpp"
#include "view/file_text.hpp"

namespace hoodtrace {
namespace {

void add_cache(const CacheCounts& counts, DiffBy by, const std::string& key, DiffPiece& piece) {
  const auto add = [&](DiffMetric metric, std::uint64_t value) {
    piece.add({metric, by, key}, static_cast<double>(value));
  };
  add(DiffMetric::kAdded, counts.added);
  add(DiffMetric::kEvicted, counts.evicted);
  add(DiffMetric::kRefetched, counts.refetched);
  add(DiffMetric::kHits, counts.hits);
  add(DiffMetric::kMisses, counts.misses);
  add(DiffMetric::kDirtied, counts.dirtied);
}

void add_disk(const DiskCounts& counts, DiffBy by, const std::string& key, DiffPiece& piece) {
  const auto add = [&](DiffMetric metric, std::uint64_t value) {
    piece.add({metric, by, key}, static_cast<double>(value));
  };
  add(DiffMetric::kReads, counts.reads);
  add(DiffMetric::kReadBytes, counts.read_bytes);
  add(DiffMetric::kWrites, counts.writes);
  add(DiffMetric::kWriteBytes, counts.write_bytes);
  add(DiffMetric::kFlushes, counts.flushes);
}

}  // namespace

void collect_cache(const CacheTracker& tracker, const TaskTable& tasks, DiffPiece& piece) {
  for (FileId id = 1; id < tracker.files().size(); id++) {
    const CacheCounts& counts = tracker.file(id).counts;
    if (!counts.is_nothing())
      add_cache(counts, DiffBy::kFile, file_text(tracker.files(), id), piece);
  }
  add_cache(tracker.system().counts, DiffBy::kAll, "", piece);
  const auto add_task = [&piece](const TaskCache& cache, const std::string& comm) {
    if (!cache.counts.is_nothing()) add_cache(cache.counts, DiffBy::kComm, comm, piece);
    const auto ns = static_cast<double>(cache.direct.ns + cache.memcg.ns);
    piece.add({DiffMetric::kReclaimNs, DiffBy::kAll, ""}, ns);
    piece.add({DiffMetric::kReclaimNs, DiffBy::kComm, comm}, ns);
  };
  for (TaskId id = 1; id < tasks.size(); id++)
    if (tasks[id].in_use) add_task(tracker.task(id), diff_comm(tasks[id]));
  if (tracker.ended_others_count() > 0) add_task(tracker.ended_others(), "(ended tasks)");
}

void collect_disk(const DiskTracker& tracker, DiffPiece& piece) {
  for (const auto& [dev, device] : tracker.devices()) {
    if (device.counts.requests() == 0) continue;
    const std::string name = tracker.device_name(dev);
    add_disk(device.counts, DiffBy::kAll, "", piece);
    add_disk(device.counts, DiffBy::kDevice, name, piece);
    piece.add({DiffMetric::kService, DiffBy::kAll, ""}, device.times.service);
    piece.add({DiffMetric::kService, DiffBy::kDevice, name}, device.times.service);
    piece.add({DiffMetric::kQueue, DiffBy::kAll, ""}, device.times.queue);
    piece.add({DiffMetric::kQueue, DiffBy::kDevice, name}, device.times.queue);
  }
  for (FileId id = 1; id < tracker.files().size(); id++)
    if (tracker.file(id).counts.requests() > 0)
      add_disk(tracker.file(id).counts, DiffBy::kFile, file_text(tracker.files(), id), piece);
  const auto add_task = [&piece](const DiskTask& task, const std::string& comm) {
    if (task.counts.requests() > 0) add_disk(task.counts, DiffBy::kComm, comm, piece);
    const auto ns = static_cast<double>(task.waits.ns);
    piece.add({DiffMetric::kDiskWaitNs, DiffBy::kAll, ""}, ns);
    piece.add({DiffMetric::kDiskWaitNs, DiffBy::kComm, comm}, ns);
  };
  for (TaskId id = 1; id < tracker.tasks().size(); id++)
    if (tracker.tasks()[id].in_use) add_task(tracker.task(id), diff_comm(tracker.tasks()[id]));
  if (tracker.ended_others_count() > 0) add_task(tracker.ended_others(), "(ended tasks)");
}

}  // namespace hoodtrace
