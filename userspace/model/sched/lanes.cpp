// SPDX-License-Identifier: GPL-2.0-or-later
// SchedTracker: switches CPU by CPU.

#include <algorithm>

#include "model/sched/tracker.hpp"

namespace hoodtrace {

void SchedTracker::split(std::size_t shards) {
  Shard fresh;
  fresh.histories = shards_.front().histories;
  fresh.on_cpu.resize(cpus_.size());
  shards_.resize(shards, fresh);
}

std::uint16_t SchedTracker::came_from(TaskId id, std::uint16_t cpu) const {
  if (id >= by_task_.size()) return HT_NO_CPU;
  const TaskSched& task = by_task_[id];
  return task.state == State::kQueued && task.cpu != cpu ? task.cpu : HT_NO_CPU;
}

void SchedTracker::begin_lanes(bool has_lag, bool has_runtimes) {
  has_lag_ = has_lag_ || has_lag;
  has_runtimes_ = has_runtimes_ || has_runtimes;
  if (by_task_.size() < tasks_.size()) by_task_.resize(tasks_.size());
}

void SchedTracker::advance_cpu(std::size_t shard, const ht_switch& record) {
  advance_cpu(shards_[shard], record);
}

void SchedTracker::leave(std::size_t shard, const LaneSwitch& one) {
  leave_cpu(shards_[shard], *one.record, one.clock_age_ns, by_task_[one.prev]);
}

void SchedTracker::come(std::size_t shard, const LaneSwitch& one, const ht_switch& corrected) {
  enter_cpu(shards_[shard], corrected, one.clock_age_ns, one.next, by_task_[one.next]);
}

void SchedTracker::begin_run(std::size_t shard, const LaneSwitch& one) {
  const ht_switch& record = *one.record;
  const std::uint64_t now_ns = record.head.time_ns;
  shards_[shard].histories[record.head.cpu].begin(
      now_ns - std::min<std::uint64_t>(now_ns, one.clock_age_ns), one.next_who);
}

}  // namespace hoodtrace
