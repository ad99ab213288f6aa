// SPDX-License-Identifier: GPL-2.0-or-later
#include "model/times/activity_tracker.hpp"

#include <algorithm>

namespace hoodtrace {
namespace {

// include/linux/sched.h
constexpr unsigned kUninterruptible = 0x2;
constexpr unsigned kDead = 0x80;
constexpr unsigned kNoLoad = 0x400;  // with kUninterruptible: an idle kernel thread

Activity sleep_of(unsigned state) {
  if ((state & kUninterruptible) != 0 && (state & kNoLoad) == 0) return Activity::kDisk;
  return Activity::kSleeping;
}

}  // namespace

void ActivityTracker::add(std::uint32_t tid, const State& state, std::uint64_t to_ns,
                          Activity activity) {
  if (state.pid == 0 || to_ns <= state.since_ns) return;
  spans_[state.pid].push_back({state.since_ns, to_ns, tid, activity});
}

void ActivityTracker::on(const ht_task_seen& seen) {
  const ht_task& task = seen.task;
  if (task.head.tid == 0 || states_.contains(task.head.tid)) return;
  Activity activity = sleep_of(task.state);
  if (task.flags & HT_TASK_ON_CPU) activity = Activity::kRunning;
  if (task.flags & HT_TASK_QUEUED) activity = Activity::kWaiting;
  states_[task.head.tid] = {task.pid, task.head.time_ns, activity};
}

void ActivityTracker::on(const ht_task_new& born) {
  states_[born.task.head.tid] = {born.task.pid, born.task.head.time_ns, Activity::kWaiting};
}

void ActivityTracker::on(const ht_switch& record) {
  has_spans_ = true;
  const std::uint64_t now_ns = record.head.time_ns;
  if (record.prev_tid != 0) {
    const auto found = states_.find(record.prev_tid);
    if (found != states_.end()) {
      State& state = found->second;
      add(record.prev_tid, state, now_ns, Activity::kRunning);
      if (record.prev_state & kDead) {
        states_.erase(found);
      } else {
        const bool is_runnable = (record.flags & HT_SWITCH_PREEMPT) != 0 || record.prev_state == 0;
        state.since_ns = now_ns;
        state.activity = is_runnable ? Activity::kWaiting : sleep_of(record.prev_state);
      }
    }
  }
  if (record.head.tid == 0) return;
  const auto [found, is_new] = states_.try_emplace(record.head.tid);
  State& state = found->second;
  state.pid = record.next_pid;
  if (!is_new) {
    // A sleeper woke when its wait began; one that lost the CPU waited all the while.
    if (state.activity != Activity::kWaiting && record.wait_ns != HT_UNKNOWN_NS) {
      const std::uint64_t woke_ns =
          std::max(state.since_ns, now_ns - std::min<std::uint64_t>(now_ns, record.wait_ns));
      add(record.head.tid, state, woke_ns, state.activity);
      state.since_ns = woke_ns;
      state.activity = Activity::kWaiting;
    }
    add(record.head.tid, state, now_ns, state.activity);
  }
  state.since_ns = now_ns;
  state.activity = Activity::kRunning;
}

void ActivityTracker::on(const ht_lost& lost) {
  // Whatever was going on is not known any more.
  if (may_miss(lost, HT_SWITCH)) states_.clear();
}

void ActivityTracker::settle(std::uint64_t now_ns) {
  for (const auto& [tid, state] : states_) add(tid, state, now_ns, state.activity);
  states_.clear();
}

const std::vector<ActivitySpan>& ActivityTracker::spans_of(std::uint32_t pid) const {
  static const std::vector<ActivitySpan> kNone;
  const auto found = spans_.find(pid);
  return found == spans_.end() ? kNone : found->second;
}

}  // namespace hoodtrace
