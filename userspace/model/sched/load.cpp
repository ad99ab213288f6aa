// SPDX-License-Identifier: GPL-2.0-or-later
#include "model/sched/load.hpp"

#include <algorithm>
#include <cmath>

#include "event/task_state.hpp"

namespace hoodtrace {
namespace {

// include/linux/sched/loadavg.h
constexpr std::uint64_t kOne = 1U << 11;
constexpr std::array<std::uint32_t, 3> kDecay = {1884, 2014, 2037};
// 5 s and one tick of 1 to 10 ms (LOAD_FREQ): as good for all.
constexpr double kSampleNs = 5.004e9;

bool is_active(TaskState state) {
  return state == TaskState::kRunnable || state == TaskState::kUninterruptible;
}

std::uint64_t fixed(double value) {
  return static_cast<std::uint64_t>(std::llround(value * static_cast<double>(kOne)));
}

LoadAverageOf averages_of(const ht_load& load) {
  constexpr double kCenti = 100;
  return {load.centi_1 / kCenti, load.centi_5 / kCenti, load.centi_15 / kCenti};
}

}  // namespace

double load_after(double average, std::uint32_t decay, double active, std::uint64_t samples) {
  std::uint64_t load = fixed(average);
  const std::uint64_t sample = fixed(active);
  for (std::uint64_t i = 0; i < samples; i++) {
    std::uint64_t next = load * decay + sample * (kOne - decay);
    if (sample >= load) next += kOne - 1;
    load = next / kOne;
  }
  return static_cast<double>(load) / static_cast<double>(kOne);
}

LoadTracker::Activity& LoadTracker::of(TaskId task) {
  if (by_task_.size() <= task) by_task_.resize(std::max<std::size_t>(tasks_.size(), task + 1));
  return by_task_[task];
}

void LoadTracker::begin(TaskId task, std::uint64_t at_ns) {
  Activity& activity = of(task);
  if (!activity.is_active) activity = {true, at_ns};
}

void LoadTracker::end(TaskId task, std::uint64_t at_ns) {
  Activity& activity = of(task);
  if (activity.is_active) count(activity.since_ns, at_ns);
  activity = {};
}

// Waits are known when they have ended, so that a part of one can be of earlier windows.
void LoadTracker::count(std::uint64_t from_ns, std::uint64_t to_ns) {
  for (auto window = windows_.rbegin(); window != windows_.rend(); ++window) {
    const std::uint64_t until_ns = window->end_ns == 0 ? to_ns : std::min(to_ns, window->end_ns);
    const std::uint64_t since_ns = std::max(from_ns, window->begin_ns);
    if (until_ns > since_ns) window->active_ns += until_ns - since_ns;
    if (from_ns >= window->begin_ns) break;
  }
}

void LoadTracker::on(const ht_session& session) {
  whole_ = (session.flags & HT_SESSION_WHOLE) != 0;
  exact_ = (session.flags & HT_SESSION_EXACT) != 0;
}

void LoadTracker::on(const ht_task_seen& seen) {
  const TaskId id = tasks_.find(seen.task.head.tid);
  if (id == kNoTask || seen.task.head.tid == 0) return;
  const bool counts = (seen.task.flags & (HT_TASK_ON_CPU | HT_TASK_QUEUED)) != 0 ||
                      is_active(task_state(seen.task.state));
  if (counts) begin(id, seen.task.head.time_ns);
}

void LoadTracker::on(const ht_switch& record) {
  const std::uint64_t now_ns = record.head.time_ns;
  if (record.prev_tid != 0) {
    const TaskId prev = tasks_.find(record.prev_tid);
    if (prev != kNoTask && is_active(prev_state(record)))
      begin(prev, now_ns);
    else if (prev != kNoTask)
      end(prev, now_ns);
  }
  if (record.head.tid == 0) return;
  const TaskId next = tasks_.find(record.head.tid);
  const bool knows_wait = exact_ && record.wait_ns != HT_UNKNOWN_NS;
  if (next != kNoTask)
    begin(next, now_ns - (knows_wait ? std::min<std::uint64_t>(record.wait_ns, now_ns) : 0));
}

void LoadTracker::on(const ht_wakeup& wakeup) {
  const TaskId id = tasks_.find(wakeup.head.tid);
  if (id != kNoTask && wakeup.head.tid != 0) begin(id, wakeup.head.time_ns);
}

void LoadTracker::on(const ht_task_end& end) {
  const TaskId id = tasks_.find(end.task.head.tid);
  if (id != kNoTask) this->end(id, end.task.head.time_ns);
}

void LoadTracker::on(const ht_load& load) {
  const LoadAverageOf now = averages_of(load);
  const bool has_changed = last_ && now != *last_;
  last_ = now;
  if (!first_) first_ = last_;
  if (!windows_.empty()) {
    windows_.back().end_ns = load.head.time_ns;
    windows_.back().has_changed = has_changed;
  }
  windows_.push_back({load.head.time_ns});
}

void LoadTracker::on(const ht_lost& lost) {
  if (!may_miss(lost, HT_SWITCH)) return;
  has_gap_ = true;
  by_task_.clear();
}

void LoadTracker::begin_interval(std::uint64_t now_ns) {
  has_gap_ = false;
  first_ = last_;
  windows_.clear();
  if (last_) windows_.push_back({now_ns});
}

void LoadTracker::fold(TaskId task) {
  if (task < by_task_.size()) by_task_[task] = {};
}

void LoadTracker::settle(std::uint64_t now_ns) {
  for (Activity& activity : by_task_) {
    if (!activity.is_active || activity.since_ns >= now_ns) continue;
    count(activity.since_ns, now_ns);
    activity.since_ns = now_ns;
  }
}

double LoadTracker::mean(const Window& window) {
  return static_cast<double>(window.active_ns) /
         static_cast<double>(window.end_ns - window.begin_ns);
}

// Averages that do not change in two decimals were sampled all the same.
std::uint64_t LoadTracker::samples_in(const Window& window) {
  if (window.end_ns <= window.begin_ns) return 0;
  const double times = static_cast<double>(window.end_ns - window.begin_ns) / kSampleNs;
  if (!window.has_changed) return static_cast<std::uint64_t>(times);
  return std::max<std::uint64_t>(1, static_cast<std::uint64_t>(std::llround(times)));
}

std::uint64_t LoadTracker::samples() const {
  std::uint64_t samples = 0;
  for (const Window& window : windows_) samples += samples_in(window);
  return samples;
}

std::optional<LoadAverageOf> LoadTracker::recomputed() const {
  if (!whole_ || has_gap_ || !first_ || samples() == 0) return std::nullopt;
  LoadAverageOf averages = *first_;
  for (const Window& window : windows_) {
    if (samples_in(window) == 0) continue;
    for (std::size_t i = 0; i < averages.size(); i++)
      averages[i] = load_after(averages[i], kDecay[i], mean(window), samples_in(window));
  }
  return averages;
}

}  // namespace hoodtrace
