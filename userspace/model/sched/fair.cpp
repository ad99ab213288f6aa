// SPDX-License-Identifier: GPL-2.0-or-later
#include "model/sched/fair.hpp"

#include <algorithm>

namespace hoodtrace {
namespace {

constexpr unsigned kWeightShift = 10;           // SCHED_FIXEDPOINT_SHIFT, include/linux/sched.h
constexpr std::int64_t kNiceZeroWeight = 1024;  // sched_prio_to_weight, kernel/sched/core.c

// The kernel's is a few slices (update_entity_lag()); a damaged file's may be anything.
constexpr std::int64_t kMostLagNs = std::int64_t{1} << 40;

// What this weight was due while a queue's virtual time went from one value to another. The product
// needs more than 64 bits; virtual times may wrap around.
std::uint64_t due_ns(std::uint32_t weight, std::uint64_t from, std::uint64_t to) {
  __extension__ using Wide = unsigned __int128;
  return static_cast<std::uint64_t>(Wide{weight} * (to - from) >> HT_FAIR_SHIFT);
}

std::int64_t bounded_lag(std::int64_t lag_ns) {
  return std::clamp(lag_ns, -kMostLagNs, kMostLagNs);
}

std::optional<std::int64_t> owed_ns(const ht_fair& record) {
  if (!(record.flags & HT_FAIR_OWED)) return {};
  return bounded_lag(record.owed_ns);
}

// Sums of a damaged file's may be anything.
std::int64_t wrapping_add(std::int64_t a, std::int64_t b) {
  return static_cast<std::int64_t>(static_cast<std::uint64_t>(a) + static_cast<std::uint64_t>(b));
}

}  // namespace

void FairStats::merge(const FairStats& other) {
  due_ns += other.due_ns;
  got_ns += other.got_ns;
  owed_growth_ns = wrapping_add(owed_growth_ns, other.owed_growth_ns);
  owed_unknown += other.owed_unknown;
  vruntime_ns += other.vruntime_ns;
  vruntime_ran_ns += other.vruntime_ran_ns;
  runs += other.runs;
  runs_slept += other.runs_slept;
  runs_before_slice += other.runs_before_slice;
  runs_at_slice += other.runs_at_slice;
  runs_unmeasured += other.runs_unmeasured;
  unplaced_ns += other.unplaced_ns;
  wakes += other.wakes;
  delayed_sleeps += other.delayed_sleeps;
  run_ns.merge(other.run_ns);
  behind_ns.merge(other.behind_ns);
  ahead_ns.merge(other.ahead_ns);
}

std::optional<std::int64_t> FairStats::lag_p50_ns() const {
  const std::uint64_t below = ahead_ns.count();
  const std::uint64_t above = behind_ns.count();
  const std::uint64_t all = below + above;
  if (all == 0) return {};
  const std::uint64_t rank = (all + 1) / 2;  // from the smallest, 1 on
  // The smallest lags are the largest leads.
  if (rank <= below)
    return -static_cast<std::int64_t>(
        ahead_ns.quantile(static_cast<double>(below - rank + 1) / static_cast<double>(below)));
  return static_cast<std::int64_t>(
      behind_ns.quantile(static_cast<double>(rank - below) / static_cast<double>(above)));
}

std::optional<std::int64_t> FairStats::shifted_ns() const {
  if (due_ns == 0 || owed_unknown > 0) return {};
  return wrapping_add(static_cast<std::int64_t>(got_ns - due_ns), owed_growth_ns);
}

FairTracker::TaskFair* FairTracker::of(const ht_fair& record) {
  const TaskId id = tasks_.find(record.head.tid);
  if (id == kNoTask) return nullptr;
  if (by_task_.size() <= id) by_task_.resize(std::max<std::size_t>(tasks_.size(), id + 1));
  return &by_task_[id];
}

void FairTracker::on(const ht_task_new& born) {
  const TaskId id = tasks_.find(born.task.head.tid);
  if (id < by_task_.size()) by_task_[id] = {};
}

void FairTracker::on(const ht_fair& record) {
  TaskFair* task = of(record);
  if (task == nullptr) return;
  FairState& state = task->state;
  state.policy = record.policy;
  state.nice = record.nice;
  state.custom_slice = (record.flags & HT_FAIR_CUSTOM) != 0;
  state.weight = record.weight >> kWeightShift;
  state.group_shares = record.group_shares >> kWeightShift;
  if (record.flags & HT_FAIR_EEVDF) {
    state.slice_ns = record.slice_ns;
    state.deadline_ns = record.deadline_ns;
  }
  if (record.kind == HT_FAIR_RUN) end_run(record, *task);
  if (record.kind == HT_FAIR_WAKE) count_lag(record, *task);
  const bool is_queued = record.kind == HT_FAIR_WAKE || record.flags & HT_FAIR_RUNNABLE;
  task->slept_delayed = (record.flags & HT_FAIR_DELAYED) != 0;
  task->queued = is_queued
                     ? Queued{record.queue, record.virtual_now, record.weight, owed_ns(record)}
                     : Queued{};
}

void FairTracker::end_run(const ht_fair& record, TaskFair& task) {
  FairStats& stats = task.stats;
  stats.runs++;
  if (record.flags & HT_FAIR_DELAYED) stats.delayed_sleeps++;
  if (!(record.flags & HT_FAIR_WHOLE)) {
    stats.runs_unmeasured++;
    return;
  }
  stats.run_ns.add(record.exec_ns);
  // Each queue has a vruntime of its own. 0 = not known, which is no queue.
  const bool stayed = record.queue != 0 && record.queue_in == record.queue;
  if (stayed) {
    stats.vruntime_ns += record.vruntime_ns;
    stats.vruntime_ran_ns += record.exec_ns;
  }
  if (!(record.flags & HT_FAIR_RUNNABLE))
    stats.runs_slept++;
  else if (record.flags & HT_FAIR_EEVDF)
    (record.exec_ns < record.slice_ns ? stats.runs_before_slice : stats.runs_at_slice)++;
  // Due and got are of the same waits and runs: where one is not known, neither counts.
  if (!stayed || task.queued.queue != record.queue || task.queued.weight != record.weight) {
    stats.unplaced_ns += record.exec_ns;
    return;
  }
  stats.got_ns += record.exec_ns;
  stats.due_ns += due_ns(record.weight, task.queued.at, record.virtual_now);
  const std::optional<std::int64_t> owed = owed_ns(record);
  if (owed && task.queued.owed_ns)
    stats.owed_growth_ns = wrapping_add(stats.owed_growth_ns, *owed - *task.queued.owed_ns);
  else
    stats.owed_unknown++;
}

// vlag is in virtual time; a task's lag is that times its weight (EEVDF: lag_i = w_i (V - v_i)). After
// a delayed dequeue it was not set anew.
void FairTracker::count_lag(const ht_fair& record, TaskFair& task) {
  task.stats.wakes++;
  if (!(record.flags & HT_FAIR_EEVDF) || task.slept_delayed) return;
  const std::int64_t lag_ns =
      bounded_lag(record.lag_ns) * (record.weight >> kWeightShift) / kNiceZeroWeight;
  if (lag_ns < 0)
    task.stats.ahead_ns.add(static_cast<std::uint64_t>(-lag_ns));
  else
    task.stats.behind_ns.add(static_cast<std::uint64_t>(lag_ns));
}

// A record that was lost may have been the end of a wait, or of the task.
void FairTracker::on(const ht_lost& lost) {
  if (!may_miss(lost, HT_FAIR)) return;
  for (TaskFair& task : by_task_) task.queued = {};
}

void FairTracker::begin_interval() {
  for (TaskFair& task : by_task_) task.stats = {};
  folded_ = {};
  folded_count_ = 0;
}

void FairTracker::fold(TaskId task) {
  const FairStats* of_task = stats(task);
  if (of_task != nullptr) {
    folded_.merge(*of_task);
    folded_count_++;
  }
  if (task < by_task_.size()) by_task_[task] = {};
}

const FairStats* FairTracker::stats(TaskId task) const {
  if (task >= by_task_.size()) return nullptr;
  const FairStats& stats = by_task_[task].stats;
  return stats.runs == 0 && stats.wakes == 0 ? nullptr : &stats;
}

}  // namespace hoodtrace
