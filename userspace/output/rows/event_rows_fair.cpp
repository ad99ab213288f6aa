// SPDX-License-Identifier: GPL-2.0-or-later
// The rows of what the fair class gave a task.

#include "output/rows/event_rows.hpp"

namespace hoodtrace {

void EventRows::row(const ht_fair& record) {
  begin(record.head);
  row_.text(Field::kKind, record.kind == HT_FAIR_WAKE ? "wake" : "run");
  row_.number(Field::kPolicy, record.policy);
  row_.negative(Field::kNice, record.nice);
  row_.number(Field::kWeight, record.weight);
  row_.number(Field::kGroupShares, record.group_shares);
  if (record.queue != 0) {
    row_.number(Field::kQueue, record.queue);
    row_.number(Field::kVirtual, record.virtual_now);
  }
  if (record.flags & HT_FAIR_WHOLE) {
    row_.number(Field::kQueueIn, record.queue_in);
    row_.number(Field::kVirtualIn, record.virtual_in);
    row_.number(Field::kRanNs, record.exec_ns);
    row_.number(Field::kVruntimeNs, record.vruntime_ns);
  }
  if (record.flags & HT_FAIR_EEVDF) {
    row_.number(Field::kSliceNs, record.slice_ns);
    row_.negative(Field::kDeadlineNs, record.deadline_ns);
    if (record.kind == HT_FAIR_WAKE) row_.negative(Field::kLagNs, record.lag_ns);
  }
  if (record.flags & HT_FAIR_OWED) row_.negative(Field::kOwedNs, record.owed_ns);
  if (record.kind == HT_FAIR_RUN) {
    row_.truth(Field::kRunnable, (record.flags & HT_FAIR_RUNNABLE) != 0);
    row_.truth(Field::kDelayed, (record.flags & HT_FAIR_DELAYED) != 0);
  }
  finish_row();
}

}  // namespace hoodtrace
