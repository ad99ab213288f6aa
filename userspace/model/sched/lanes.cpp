// SPDX-License-Identifier: GPL-2.0-or-later
// SchedTracker: switches CPU by CPU.

#include "model/sched/tracker.hpp"

namespace hoodtrace {

void SchedTracker::split(std::size_t shards) {
  shards_.resize(shards);
  for (Shard& shard : shards_) shard.on_cpu.resize(cpus_.size());
}

void SchedTracker::begin_window(const LaneWindow& window, bool has_lag, bool has_runtimes) {
  has_lag_ = has_lag_ || has_lag;
  has_runtimes_ = has_runtimes_ || has_runtimes;
  if (by_task_.size() < tasks_.size()) by_task_.resize(tasks_.size());
  window_ = &window;
}

void SchedTracker::advance_cpu(std::size_t shard, std::size_t at) {
  advance_cpu(shards_[shard], *window_->switches[at].record);
}

void SchedTracker::leave(std::size_t shard, std::size_t at) {
  const LaneSwitch& one = window_->switches[at];
  shards_[shard].at = at;
  leave_cpu(shards_[shard], *one.record, one.clock_age_ns, by_task_[one.prev]);
}

void SchedTracker::come(std::size_t shard, std::size_t at, const ht_switch& record) {
  const LaneSwitch& one = window_->switches[at];
  shards_[shard].at = at;
  enter_cpu(shards_[shard], record, one.clock_age_ns, one.next, by_task_[one.next]);
}

void SchedTracker::keep_runs(const Lane& lane) {
  if (!options_.culprits) return;
  for (std::size_t at = lane.begin; at < lane.end; at++)
    histories_[lane.cpu].begin(window_->runs[at]);
}

// Those that are not in the histories yet.
std::span<const CpuRun> SchedTracker::new_runs(const Shard& shard, std::uint16_t cpu) const {
  return window_ == nullptr ? std::span<const CpuRun>() : window_->runs_before(shard.at, cpu);
}

}  // namespace hoodtrace
