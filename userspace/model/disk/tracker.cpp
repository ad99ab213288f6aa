// SPDX-License-Identifier: GPL-2.0-or-later
#include "model/disk/tracker.hpp"

#include <algorithm>

#include "base/growth.hpp"
#include "base/units.hpp"

namespace hoodtrace {
namespace {

void add_to(DiskCounts& counts, std::uint8_t op, std::uint64_t bytes, bool is_request) {
  const std::uint64_t one = is_request ? 1 : 0;
  switch (op) {
    case HT_DISK_READ:
      counts.reads += one;
      counts.read_bytes += bytes;
      break;
    case HT_DISK_WRITE:
      counts.writes += one;
      counts.write_bytes += bytes;
      break;
    case HT_DISK_FLUSH:
      counts.flushes += one;
      break;
    case HT_DISK_DISCARD:
      counts.discards += one;
      counts.discard_bytes += bytes;
      break;
    default:
      counts.others += one;
      break;
  }
}

}  // namespace

DiskTask& DiskTracker::of(TaskId task) {
  if (by_task_.size() <= task) by_task_.resize(task + 1);
  return by_task_[task];
}

DiskFile& DiskTracker::of_file(FileId id) {
  if (by_file_.size() <= id) by_file_.resize(id + 1);
  return by_file_[id];
}

const DiskTask& DiskTracker::task(TaskId id) const {
  static const DiskTask kNothing;
  return id < by_task_.size() ? by_task_[id] : kNothing;
}

const DiskFile& DiskTracker::file(FileId id) const {
  static const DiskFile kNothing;
  return id < by_file_.size() ? by_file_[id] : kNothing;
}

// Requests without a file are kept by their device and by what they are (HT_DISK_OF_*, as the
// generation): no inode has the number 0.
FileId DiskTracker::file_of(const ht_file_key& key, std::uint8_t kind, std::uint32_t dev) {
  if (key.inode != 0) return files_.at(key);
  return files_.at(ht_file_key{0, dev, kind});
}

std::string DiskTracker::device_name(std::uint32_t dev) const { return files_.device_name(dev); }

std::string DiskTracker::device_text(std::uint32_t dev) const {
  const std::string_view behind = files_.behind_device(dev);
  return behind.empty() ? device_name(dev)
                        : device_name(dev).append(" (").append(behind).append(")");
}

void DiskTracker::on(const ht_disk_scope& scope) {
  scope_ = scope.flags;
  page_bytes_ = scope.page_bytes;
}

void DiskTracker::on(const ht_disk_device& books) { devices_[books.dev].count(books); }

void DiskTracker::on(const ht_file& record) {
  files_.at(record.file);
  files_.on(record);
}

void DiskTracker::on(const ht_task_new& born) {
  // A new task has caused nothing (task_io_accounting_init(), kernel/fork.c).
  of(tasks_.at(born.task.head.tid)).books.begin_at_0(born.task.head.time_ns);
}

void DiskTracker::on(const ht_disk_books& books) {
  of(tasks_.at(books.head.tid)).books.count(books);
}

void DiskTracker::on(const ht_pages& record) {
  if (record.kind != HT_PAGES_DIRTIED || !(record.flags & HT_PAGES_TRACED)) return;
  const TaskId task = tasks_.at(record.head.tid);
  if (tasks_[task].kthread) return;
  const std::uint64_t bytes = std::uint64_t{record.pages} * page_bytes_;
  dirty_.dirty(files_.at(record.file), record.index * page_bytes_, bytes, task);
  of(task).dirtied_bytes += bytes;
  of(task).books.write(bytes, record.head.time_ns);
}

void DiskTracker::on(const ht_disk_part& part) {
  if (parts_.size() >= kMostSleeps) parts_.clear();
  parts_[part.serial].push_back({file_of(part.file, part.kind, 0), part.offset, part.bytes});
}

// Divides a request among the files and tasks that it is for.
void DiskTracker::share(const ht_disk& request, TaskId submitter,
                        const std::vector<Piece>& pieces) {
  std::vector<FileId> files;  // that have this request already
  std::vector<std::pair<TaskId, std::uint64_t>> owners;
  const auto give = [&owners](TaskId task, std::uint64_t bytes) {
    for (auto& [owner, sum] : owners)
      if (owner == task) {
        sum += bytes;
        return;
      }
    owners.emplace_back(task, bytes);
  };
  const bool is_writeback = request.op == HT_DISK_WRITE && !(request.flags & HT_REQ_DIRECT);
  for (const Piece& piece : pieces) {
    const bool is_new = std::find(files.begin(), files.end(), piece.file) == files.end();
    if (is_new) files.push_back(piece.file);
    add_to(of_file(piece.file).counts, request.op, piece.bytes, is_new);
    of_file(piece.file).dev = request.dev;
    std::uint64_t rest = piece.bytes;
    if (is_writeback && piece.offset != HT_UNKNOWN_NS && rest != 0) {
      for (const DirtyPages::Share& owner : dirty_.take(piece.file, piece.offset, rest)) {
        give(owner.task, owner.bytes);
        rest -= owner.bytes;
      }
    }
    if (rest != 0 || piece.bytes == 0) give(submitter, rest);
  }
  if (owners.size() > 1) devices_[request.dev].shared++;
  for (const auto& [task, bytes] : owners)
    if (task != kNoTask) add_to(of(task).counts, request.op, bytes, true);
}

void DiskTracker::on(const ht_disk& request) {
  const TaskId submitter = tasks_.at(request.head.tid);
  // The kernel counts for a task what it asked of the topmost device.
  const bool own = (request.flags & HT_REQ_TRACED) != 0 && request.upper == 0;
  if (own && request.op == HT_DISK_READ) of(submitter).books.read(request.bytes, request.start_ns);
  if (own && request.op == HT_DISK_WRITE && (request.flags & HT_REQ_DIRECT))
    of(submitter).books.write(request.bytes, request.start_ns);
  if (request.flags & HT_REQ_OPEN) {
    open_++;
    return;
  }
  std::vector<Piece> pieces = {
      {file_of(request.file, request.kind, request.dev), request.offset, request.bytes}};
  if (const auto parts = parts_.find(request.serial); parts != parts_.end()) {
    for (Piece piece : parts->second) {
      piece.bytes = std::min(piece.bytes, pieces[0].bytes);
      pieces[0].bytes -= piece.bytes;
      pieces.push_back(piece);
    }
    parts_.erase(parts);
  }
  devices_[request.dev].add(request);
  if (request.part != request.dev && request.part != 0) {
    DiskPartition& partition = partitions_[request.part];
    partition.disk = request.dev;
    partition.requests.add(request);
  }
  const FileId file = pieces[0].file;
  const std::uint64_t latency_ns = growth(request.start_ns, request.head.time_ns);
  if (request.upper != 0) {
    devices_[request.dev].lower++;
  } else if (is_below_loop(request, submitter, pieces)) {
    if (request.op == HT_DISK_WRITE) devices_[request.dev].lower++;
  } else {
    share(request, submitter, pieces);
    if (submitter != kNoTask) of(submitter).latency_ns += latency_ns;
  }
  claim_below(request);
  LongRequest is_long{request, file, submitter, kNoTask, 0};
  add_sleeps(request, file, is_long);
  if (settings_.threshold_ns != 0 && latency_ns >= settings_.threshold_ns) long_.push_back(is_long);
  if (files_.in_use() > settings_.most_files) make_room();
}

// The half of the files with the least traffic becomes "other". Those that are still in use by what comes
// later stay.
void DiskTracker::make_room() {
  std::vector<bool> gone(files_.size(), true);
  gone[kOtherFiles] = false;
  const auto stay = [&gone](FileId id) {
    if (id < gone.size()) gone[id] = false;
  };
  for (const auto& [serial, done] : done_) stay(done.file);
  for (const auto& [serial, pieces] : parts_)
    for (const Piece& piece : pieces) stay(piece.file);
  for (const HeldRead& held : held_)
    for (const Piece& piece : held.pieces) stay(piece.file);
  for (const LongRequest& one : long_) stay(one.file);
  dirty_.each_file(stay);
  std::vector<FileId> ids;
  for (FileId id = 1; id < files_.size(); id++)
    if (gone[id] && files_[id].in_use) ids.push_back(id);
  const auto middle = ids.begin() + static_cast<std::ptrdiff_t>(ids.size() / 2);
  std::nth_element(ids.begin(), middle, ids.end(), [this](FileId a, FileId b) {
    const std::uint64_t x = file(a).counts.bytes() + file(a).waited_ns;
    const std::uint64_t y = file(b).counts.bytes() + file(b).waited_ns;
    return x != y ? x < y : a < b;
  });
  for (auto it = middle; it != ids.end(); ++it) gone[*it] = false;
  for (auto it = ids.begin(); it != middle; ++it) {
    if (*it >= by_file_.size()) continue;
    DiskFile& other = by_file_[kOtherFiles];
    DiskFile& file = by_file_[*it];
    if (file.counts.requests() > 0 || file.waits > 0) forgotten_files_++;
    other.counts.merge(file.counts);
    other.waited_ns += file.waited_ns;
    other.waits += file.waits;
    file = {};
  }
  files_.forget(gone);
}

std::vector<LongRequest> DiskTracker::take_long_requests() {
  std::vector<LongRequest> taken;
  taken.swap(long_);
  return taken;
}

void DiskTracker::on(const ht_lost& lost) {
  has_losses_ = has_losses_ || may_miss(lost, HT_DISK) || may_miss(lost, HT_PAGES);
  if (may_miss(lost, HT_PAGES)) dirty_.forget_all();
  if (may_miss(lost, HT_DISK)) below_.forget_all();
  if (may_miss(lost, HT_DISK) || may_miss(lost, HT_DISK_WAIT)) sleeps_.clear();
  if (may_miss(lost, HT_DISK) || may_miss(lost, HT_DISK_PART)) parts_.clear();
  if (may_miss(lost, HT_DISK_WAIT) || may_miss(lost, HT_DISK_SYNC)) sync_sleeps_.clear();
}

void DiskTracker::begin_interval(std::uint64_t now_ns) {
  for (auto& [dev, device] : devices_) device.begin_interval(now_ns);
  for (auto& [dev, partition] : partitions_) partition.requests.begin_interval(now_ns);
  for (DiskFile& file : by_file_) file = {};
  for (DiskTask& task : by_task_) {
    TaskBooks books = task.books;
    books.begin_interval();
    task = {};
    task.books = books;
  }
  ended_ = {};
  ended_count_ = 0;
  forgotten_files_ = 0;
}

void DiskTracker::fold(TaskId task) {
  if (task >= by_task_.size()) return;
  const DiskTask& folded = by_task_[task];
  if (folded.dirtied_bytes > 0) dirty_.forget(task);
  ended_.counts.merge(folded.counts);
  ended_.waits.merge(folded.waits);
  ended_.syncs.merge(folded.syncs);
  ended_.latency_ns += folded.latency_ns;
  if (folded.counts.requests() > 0 || folded.waits.count > 0) ended_count_++;
  sync_sleeps_.erase(task);
  by_task_[task] = {};
}

DiskTaskAudit DiskTracker::audit() const {
  DiskTaskAudit audit;
  for (TaskId id = 1; id < by_task_.size(); id++) {
    if (!tasks_[id].in_use || !tasks_[id].traced || tasks_[id].kthread) continue;
    const std::optional<TaskBooks::Audit> one = by_task_[id].books.audit();
    if (!one) continue;
    audit.tasks++;
    audit.read_bytes += one->ours.read;
    audit.kernel_read_bytes += one->kernel.read;
    audit.write_bytes += one->ours.written;
    audit.kernel_write_bytes += one->kernel.written;
  }
  return audit;
}

}  // namespace hoodtrace
