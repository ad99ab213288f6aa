// SPDX-License-Identifier: GPL-2.0-or-later
#include "model/faults/tracker.hpp"

namespace hoodtrace {
namespace {

const FaultStats kNothing;

std::uint32_t flt_of(const ht_task& task) {
  return static_cast<std::uint32_t>(task.min_flt + task.maj_flt);
}

}  // namespace

MappingKey mapping_key(std::uint32_t pid, const ht_fault& fault) {
  if ((fault.facts & HT_FAULT_REMOTE) != 0)
    return {.pid = pid, .place = HT_PLACE_UNKNOWN, .file = {}};
  return {.pid = pid, .place = fault.place, .file = FileKey(fault)};
}

FaultTracker::TaskFaults& FaultTracker::at(TaskId id) {
  if (by_task_.size() <= id) by_task_.resize(id + 1);
  return by_task_[id];
}

// The kernel's count is now `flt`: faults that no record shows were taken by the kernel itself
// (gup).
void FaultTracker::count_to(TaskFaults& task, std::uint32_t flt) {
  const auto gained = static_cast<std::int32_t>(flt - task.last_flt);
  if (gained <= 0) return;  // a snapshot that was overtaken
  task.gup += static_cast<std::uint64_t>(gained);
  task.last_flt = flt;
}

void FaultTracker::begin(std::uint32_t tid, const ht_task& counters) {
  const TaskId id = tasks_.find(tid);
  if (id == kNoTask) return;
  TaskFaults& task = at(id);
  // Faults that came before the scan have begun its span.
  if (task.known) return;
  task.known = true;
  task.base_flt = task.last_flt = flt_of(counters);
}

void FaultTracker::on(const ht_task_seen& seen) {
  if ((seen.task.flags & HT_TASK_TRACED) != 0) begin(seen.task.head.tid, seen.task);
}

void FaultTracker::on(const ht_task_new& born) {
  const TaskId id = tasks_.find(born.task.head.tid);
  if (id == kNoTask) return;
  at(id) = {};
  if ((born.task.flags & HT_TASK_TRACED) != 0) begin(born.task.head.tid, born.task);
}

void FaultTracker::on(const ht_task_end& end) {
  const TaskId id = tasks_.find(end.task.head.tid);
  if (id != kNoTask && at(id).known) count_to(at(id), flt_of(end.task));
}

void FaultTracker::on(const ht_task_books& counters) {
  const TaskId id = tasks_.find(counters);
  if (id == kNoTask) return;
  if (at(id).known)
    count_to(at(id), flt_of(counters.task));
  else
    begin(counters.task.head.tid, counters.task);
}

void FaultTracker::on(const ht_fault& fault) {
  const TaskId id = tasks_.find(fault.head.tid);
  if (id == kNoTask) return;
  TaskFaults& task = at(id);
  const bool done = (fault.facts & HT_FAULT_DONE) != 0;
  if (!task.known) {
    task.known = true;
    task.base_flt = task.last_flt = fault.flt - (done ? 1 : 0);
  }
  if (!done) {
    count_to(task, fault.flt);
  } else if (static_cast<std::int32_t>(fault.flt - task.last_flt) > 0) {
    count_to(task, fault.flt - 1);
    task.last_flt = fault.flt;
  } else if (task.gup > 0) {
    task.gup--;  // a snapshot of the counters included it
  }
  const FaultKind kind = kind_of(fault);
  task.stats.add(fault, kind);
  if (is_counted_copy(fault)) task.copies++;
  mapping(task, id, fault).stats.add(fault, kind);
}

MappingFaults& FaultTracker::mapping(TaskFaults& task, TaskId id, const ht_fault& fault) {
  MappingKey key = mapping_key(tasks_[id].pid, fault);
  if (task.last_mapping != nullptr && key == task.last_key) return *task.last_mapping;
  // Too many mappings: the rest becomes one sum without a name.
  if (mappings_.size() >= kMaxMappings && !mappings_.contains(key)) key = {};
  MappingFaults& found = mappings_[key];
  found.task = id;
  task.last_key = key;
  task.last_mapping = &found;
  return found;
}

void FaultTracker::on(const ht_fault_books& counters) {
  const TaskId id = tasks_.find(counters.head.tid);
  if (id == kNoTask) return;
  TaskFaults& task = at(id);
  const bool first = (counters.flags & HT_FAULT_BOOKS_FIRST) != 0;
  if (task.known && !first)
    count_to(task, static_cast<std::uint32_t>(counters.min_flt + counters.maj_flt));
  if ((counters.flags & HT_FAULT_BOOKS_WPCOPY) == 0) return;
  if (first) {
    task.base_copies = counters.wpcopy_count;
    task.copies = 0;
  } else if (task.base_copies) {
    task.kernel_copies = counters.wpcopy_count - *task.base_copies;
  }
}

void FaultTracker::on(const ht_lost& lost) { lost_ += lost.counts[HT_FAULT]; }

const FaultStats& FaultTracker::stats(TaskId task) const {
  return task < by_task_.size() ? by_task_[task].stats : kNothing;
}

void FaultTracker::add_to(FaultAudit& audit, const TaskFaults& task) {
  if (!task.known) {
    if (!task.stats.is_empty()) audit.without_counters++;
    return;
  }
  audit.tasks++;
  audit.seen += task.stats.minor + task.stats.major;
  audit.gup += task.gup + task.stats.count(FaultKind::kGup);
  audit.kernel += static_cast<std::uint32_t>(task.last_flt - task.base_flt);
  if (!task.kernel_copies) return;
  audit.copies_known = true;
  audit.copies += task.copies;
  audit.kernel_copies += *task.kernel_copies;
}

FaultAudit FaultTracker::audit() const {
  FaultAudit audit = folded_audit_;
  for (const TaskFaults& task : by_task_) add_to(audit, task);
  audit.lost = lost_;
  return audit;
}

void FaultTracker::fold(TaskId id) {
  if (id >= by_task_.size()) return;
  TaskFaults& task = by_task_[id];
  folded_.merge(task.stats);
  folded_.add_untimed(FaultKind::kGup, task.gup);
  add_to(folded_audit_, task);
  folded_count_++;
  task = {};
}

void FaultTracker::begin_interval() {
  for (TaskId id = 0; id < by_task_.size(); id++) {
    TaskFaults& task = by_task_[id];
    const bool alive = id < tasks_.size() && tasks_[id].alive;
    TaskFaults next;
    if (alive) {
      next.known = task.known;
      next.base_flt = next.last_flt = task.last_flt;
    }
    task = std::move(next);
  }
  mappings_.clear();
  folded_ = {};
  folded_audit_ = {};
  folded_count_ = 0;
  lost_ = 0;
}

}  // namespace hoodtrace
