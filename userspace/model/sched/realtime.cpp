// SPDX-License-Identifier: GPL-2.0-or-later
#include "model/sched/realtime.hpp"

#include <algorithm>

#include "base/growth.hpp"

namespace hoodtrace {
namespace {

constexpr std::uint8_t kFirstFair = 100;  // MAX_RT_PRIO, include/linux/sched/prio.h
constexpr std::size_t kRuns = 4096;

// Deadline's priority is -1, a byte.
bool is_fair(const ht_switch& record) {
  return record.next_prio >= kFirstFair && record.next_prio != 0xff;
}

}  // namespace

void RealtimeStats::merge(const RealtimeStats& other) {
  runs += other.runs;
  ran_ns += other.ran_ns;
  longest_run_ns = std::max(longest_run_ns, other.longest_run_ns);
  took_ns += other.took_ns;
  overruns += other.overruns;
  own_throttled_ns += other.own_throttled_ns;
  late += other.late;
  latest_ns = std::max(latest_ns, other.latest_ns);
  limited += other.limited;
  limited_ns += other.limited_ns;
}

void RealtimeTracker::end_off(TaskId task, std::uint64_t now_ns, bool goes_on) {
  const auto off = off_.find(task);
  if (off == off_.end()) return;
  const std::uint64_t ns = growth(off->second.since_ns, now_ns);
  RealtimeStats& stats = stats_[task];
  (off->second.reason == OffReason::kOwn ? stats.own_throttled_ns : stats.limited_ns) += ns;
  off->second.since_ns = now_ns;
  if (!goes_on) off_.erase(off);
}

void RealtimeTracker::count_victim(const ht_switch& record, TaskId task, std::int64_t clock_ns) {
  if (record.wait_ns == HT_UNKNOWN_NS || throttled_.erase(task) > 0) return;
  const auto add = [&](TaskId by, std::uint64_t ns) {
    stats_[by].took_ns += ns;
    victims_[task] += ns;
  };
  const std::int64_t begin_ns = clock_ns - static_cast<std::int64_t>(record.wait_ns);
  const Cpu& cpu = cpus_[record.head.cpu];
  for (auto run = cpu.runs.rbegin(); run != cpu.runs.rend() && run->end_ns > begin_ns; ++run)
    add(run->task, static_cast<std::uint64_t>(run->end_ns - std::max(run->begin_ns, begin_ns)));
  // The rest of the wait, in which the CPU was on its way from the task before.
  const std::uint64_t age_ns = tasks_.clock_age_ns();
  if (cpu.last != kNoTask && age_ns > 0) add(cpu.last, age_ns);
}

void RealtimeTracker::end_run(Cpu& cpu, std::int64_t clock_ns, std::uint64_t left_ns) {
  Run run = cpu.current;
  run.end_ns = std::max(run.begin_ns, clock_ns);
  const auto whole_ns = static_cast<std::uint64_t>(run.end_ns - run.begin_ns);
  RealtimeStats& stats = stats_[run.task];
  stats.runs++;
  stats.ran_ns += cpu.since_ns >= from_ns_ ? whole_ns : growth(from_ns_, left_ns);
  stats.longest_run_ns = std::max(stats.longest_run_ns, whole_ns);
  cpu.runs.push_back(run);
  if (cpu.runs.size() > kRuns) cpu.runs.pop_front();
  cpu.last = run.task;
  cpu.left_ns = left_ns;
  if (const auto off = off_.find(run.task); off != off_.end()) off->second.since_ns = left_ns;
}

void RealtimeTracker::on(const ht_switch& record) {
  const std::uint64_t now_ns = record.head.time_ns;
  if (cpus_.size() <= record.head.cpu) cpus_.resize(record.head.cpu + 1);
  Cpu& cpu = cpus_[record.head.cpu];
  if (record.clock_lag != 0) {
    const auto step = static_cast<std::int32_t>(record.clock_lag - cpu.clock_lag);
    cpu.clock_lag = record.clock_lag;
    cpu.lag_ns += static_cast<std::int64_t>(step) * (1 << HT_LAG_SHIFT);
  }
  const std::int64_t clock_ns = static_cast<std::int64_t>(now_ns) - cpu.lag_ns;
  const std::uint64_t clock_time_ns = growth(tasks_.clock_age_ns(), now_ns);
  cpu.last = kNoTask;
  if (cpu.current.task != kNoTask && cpu.current.task == tasks_.find(record.prev_tid))
    end_run(cpu, clock_ns, clock_time_ns);
  cpu.current = {};
  if (record.flags & HT_SWITCH_PREV_TRACED && record.flags & HT_SWITCH_PREV_THROTTLED)
    if (const TaskId prev = tasks_.find(record.prev_tid); prev != kNoTask) throttled_[prev] = true;
  if (record.head.tid == 0) return;
  const TaskId next = tasks_.find(record.head.tid);
  if (next == kNoTask) return;
  if (is_fair(record)) {
    if (record.flags & HT_SWITCH_NEXT_TRACED) count_victim(record, next, clock_ns);
    return;
  }
  end_off(next, now_ns, false);
  cpu.current = {next, clock_ns, 0};
  cpu.since_ns = clock_time_ns;
}

// Before the switch nothing is known of its clock: then the switch itself corrects the time.
std::uint64_t RealtimeTracker::left_ns(const ht_realtime& record, TaskId task) const {
  if (record.head.cpu >= cpus_.size() || cpus_[record.head.cpu].last != task)
    return record.head.time_ns;
  return cpus_[record.head.cpu].left_ns;
}

// Comes right after the switch, or right before it.
void RealtimeTracker::on(const ht_realtime& record) {
  const TaskId task = tasks_.find(record.head.tid);
  if (task == kNoTask) return;
  RealtimeState& state = states_[task];
  state.policy = record.policy;
  state.prio = record.prio;
  state.is_deadline = (record.flags & HT_REALTIME_DEADLINE) != 0;
  // The kernel may have cleared them when a task that ends leaves its CPU (task_non_contending(),
  // kernel/sched/deadline.c).
  if (record.dl_runtime_ns != 0 || !state.is_deadline) {
    state.dl_runtime_ns = record.dl_runtime_ns;
    state.dl_deadline_ns = record.dl_deadline_ns;
    state.dl_period_ns = record.dl_period_ns;
  }
  if (record.flags & HT_REALTIME_SHARE) rt_runtime_ns_ = record.rt_runtime_ns;
  RealtimeStats& stats = stats_[task];
  if (record.flags & HT_REALTIME_LATE) {
    stats.late++;
    stats.latest_ns = std::max(stats.latest_ns, static_cast<std::uint64_t>(record.late_ns));
  }
  if ((record.flags & HT_REALTIME_RUNNABLE) == 0) return;
  if (record.flags & HT_REALTIME_DL_THROTTLED) {
    stats.overruns++;
    off_[task] = {OffReason::kOwn, left_ns(record, task)};
    return;
  }
  const RealtimeLimit limit = record.flags & HT_REALTIME_RT_THROTTLED ? RealtimeLimit::kThrottled
                              : record.flags & HT_REALTIME_SERVER     ? RealtimeLimit::kServer
                                                                      : RealtimeLimit::kNone;
  if (limit == RealtimeLimit::kNone) return;
  limited_[static_cast<std::size_t>(limit)]++;
  stats.limited++;
  off_[task] = {OffReason::kLimit, left_ns(record, task)};
}

void RealtimeTracker::on(const ht_lost& lost) {
  if (!may_miss(lost, HT_SWITCH) && !may_miss(lost, HT_REALTIME)) return;
  off_.clear();
  for (Cpu& cpu : cpus_) cpu = {};
}

void RealtimeTracker::settle(std::uint64_t now_ns) {
  std::vector<TaskId> all;
  for (const auto& [task, off] : off_) all.push_back(task);
  for (const TaskId task : all) end_off(task, now_ns, true);
}

void RealtimeTracker::begin_interval(std::uint64_t now_ns) {
  from_ns_ = now_ns;
  stats_.clear();
  victims_.clear();
  limited_ = {};
  for (auto& [task, off] : off_) off.since_ns = std::max(off.since_ns, now_ns);
}

void RealtimeTracker::fold(TaskId task) {
  if (const auto found = stats_.find(task); found != stats_.end()) {
    const RealtimeStats stats = found->second;
    stats_.erase(found);
    stats_[kNoTask].merge(stats);
  }
  if (const auto found = victims_.find(task); found != victims_.end()) {
    const std::uint64_t ns = found->second;
    victims_.erase(found);
    victims_[kNoTask] += ns;
  }
  states_.erase(task);
  off_.erase(task);
  throttled_.erase(task);
  for (Cpu& cpu : cpus_) {
    if (cpu.current.task == task) cpu.current = {};
    if (cpu.last == task) cpu.last = kNoTask;
    for (Run& run : cpu.runs)
      if (run.task == task) run.task = kNoTask;
  }
}

const RealtimeState* RealtimeTracker::state(TaskId task) const {
  const auto found = states_.find(task);
  return found == states_.end() ? nullptr : &found->second;
}

}  // namespace hoodtrace
