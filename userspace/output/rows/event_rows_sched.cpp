// SPDX-License-Identifier: GPL-2.0-or-later
// The rows of quotas, interrupts, real-time tasks and queues by class.

#include "base/text.hpp"
#include "event/irq_words.hpp"
#include "output/rows/event_rows.hpp"

namespace hoodtrace {

void EventRows::row(const ht_quota& record) {
  begin(record.head);
  row_.number(Field::kCgroupId, record.cgroup_id);
  if (const std::string_view path = tasks_.cgroup_path(record.cgroup_id); !path.empty())
    row_.text(Field::kCgroup, path);
  row_.number(Field::kQuotaNs, record.quota_ns);
  row_.number(Field::kPeriodNs, record.period_ns);
  row_.number(Field::kPeriods, record.periods);
  row_.number(Field::kThrottledPeriods, record.throttled);
  row_.number(Field::kThrottledNs, record.throttled_ns);
  if (record.flags & HT_QUOTA_BURSTS) {
    row_.number(Field::kBurstNs, record.burst_ns);
    row_.number(Field::kBursts, record.bursts);
    row_.number(Field::kBurstUsedNs, record.burst_used_ns);
  }
  finish_row();
}

void EventRows::row(const ht_quota_wait& record) {
  begin(record.head);
  row_.number(Field::kCgroupId, record.cgroup_id);
  row_.text(Field::kKind, record.kind == HT_QUOTA_WOKE ? "woke" : "left");
  finish_row();
}

void EventRows::row(const ht_pressure& record) {
  begin(record.head);
  row_.number(Field::kCgroupId, record.cgroup_id);
  row_.number(Field::kSomeUs, record.some_us);
  if (record.flags & HT_PRESSURE_FULL) row_.number(Field::kFullUs, record.full_us);
  finish_row();
}

void EventRows::row(const ht_irq& record) {
  begin(record.head);
  row_.text(Field::kKind, irq_kind_word(record.kind));
  row_.number(Field::kVector, record.vector);
  row_.text(Field::kName, irq_name(record));
  row_.number(Field::kIrqNs, record.ns);
  finish_row();
}

void EventRows::row(const ht_stolen& record) {
  begin(record.head);
  if (record.flags & HT_STOLEN_STEAL) row_.number(Field::kStealNs, record.steal_ns);
  if (record.flags & HT_STOLEN_IRQ) row_.number(Field::kIrqNs, record.irq_ns);
  finish_row();
}

void EventRows::row(const ht_realtime& record) {
  begin(record.head);
  row_.number(Field::kPolicy, record.policy);
  row_.truth(Field::kRunnable, (record.flags & HT_REALTIME_RUNNABLE) != 0);
  if (record.flags & HT_REALTIME_DEADLINE) {
    row_.number(Field::kDlRuntimeNs, record.dl_runtime_ns);
    row_.number(Field::kDlDeadlineNs, record.dl_deadline_ns);
    row_.number(Field::kPeriodNs, record.dl_period_ns);
    row_.negative(Field::kDlLeftNs, record.dl_left_ns);
    row_.negative(Field::kLateNs, record.late_ns);
    row_.truth(Field::kOwnThrottled, (record.flags & HT_REALTIME_DL_THROTTLED) != 0);
  }
  if (record.flags & HT_REALTIME_SHARE)
    row_.truth(Field::kRtThrottled, (record.flags & HT_REALTIME_RT_THROTTLED) != 0);
  row_.truth(Field::kServer, (record.flags & HT_REALTIME_SERVER) != 0);
  finish_row();
}

void EventRows::row(const ht_queue& record) {
  begin(record.head);
  row_.number(Field::kFairTasks, record.fair);
  row_.number(Field::kDelayedTasks, record.delayed);
  row_.number(Field::kRealTimeTasks, record.real_time);
  row_.number(Field::kDeadlineTasks, record.deadline);
  row_.number(Field::kOtherTasks, record.other);
  finish_row();
}

void EventRows::row(const ht_mmap_wait& record) {
  begin(record.head);
  row_.text(Field::kKind, record.kind == HT_MMAP_WAIT_BEGINS ? "begins" : "ends");
  finish_row();
}

}  // namespace hoodtrace
