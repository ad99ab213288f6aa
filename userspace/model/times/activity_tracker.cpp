// SPDX-License-Identifier: GPL-2.0-or-later
#include "model/times/activity_tracker.hpp"

namespace hoodtrace {

void ActivityTracker::add(TaskSpans::Ended spans) {
  for (const TaskSpan& span : spans)
    if (span.to_ns > span.from_ns)
      spans_[static_cast<std::uint32_t>(span.owner)].push_back(
          {span.from_ns, span.to_ns, span.time});
}

void ActivityTracker::on(const ht_task_seen& seen) {
  threads_.see(tasks_.find(seen.task.head.tid), seen.task, seen.task.pid);
}

void ActivityTracker::on(const ht_task_new& born) {
  threads_.bear(tasks_.find(born.task.head.tid), born.task, born.task.pid);
}

void ActivityTracker::on(const ht_wakeup& wakeup) {
  threads_.wake(tasks_.find(wakeup.head.tid), wakeup);
}

void ActivityTracker::on(const ht_switch& record) {
  has_spans_ = true;
  add(threads_.leave(tasks_.find(record.prev_tid), record, TaskSpans::kNobody,
                     tasks_.clock_age_ns()));
  add(threads_.come(tasks_.find(record.head.tid), record, record.next_pid, tasks_.clock_age_ns()));
}

void ActivityTracker::on(const ht_lost& lost) {
  if (may_miss(lost, HT_SWITCH)) add(threads_.forget_all(lost.head.time_ns));
}

const std::vector<ActivitySpan>& ActivityTracker::spans_of(std::uint32_t pid) const {
  static const std::vector<ActivitySpan> kNone;
  const auto found = spans_.find(pid);
  return found == spans_.end() ? kNone : found->second;
}

}  // namespace hoodtrace
