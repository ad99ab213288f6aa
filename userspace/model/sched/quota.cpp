// SPDX-License-Identifier: GPL-2.0-or-later
#include "model/sched/quota.hpp"

#include <algorithm>

#include "base/growth.hpp"

namespace hoodtrace {
void QuotaWaits::add(std::uint64_t wait_ns) {
  count++;
  ns += wait_ns;
  max_ns = std::max(max_ns, wait_ns);
}

void QuotaWaits::merge(const QuotaWaits& other) {
  count += other.count;
  ns += other.ns;
  max_ns = std::max(max_ns, other.max_ns);
}

void QuotaTracker::on(const ht_session& session) {
  exact_ = (session.flags & HT_SESSION_EXACT) != 0;
  pressures_.on(session);
}

// The programs of several CPUs look at one group: a record may be older than the one before.
void QuotaTracker::on(const ht_quota& record) {
  pressures_.on(record);
  Group& group = groups_[record.cgroup_id];
  if (!group.first) group.first = group.last = record;
  const std::uint64_t throttled_ns = std::max(group.last.throttled_ns, record.throttled_ns);
  if (record.periods >= group.last.periods) group.last = record;
  group.last.throttled_ns = throttled_ns;
}

void QuotaTracker::on(const ht_quota_wait& record) {
  const TaskId id = tasks_.find(record.head.tid);
  if (id == kNoTask || open_.contains(id)) return;
  open_[id] = {record.head.time_ns, record.cgroup_id, record.head.time_ns};
  group_of_[id] = record.cgroup_id;
  if (record.kind != HT_QUOTA_LEFT) return;
  std::deque<Throttle>& throttles = groups_[record.cgroup_id].throttles[record.head.cpu];
  if (!throttles.empty() && throttles.back().end_ns == 0) return;
  throttles.push_back({record.head.time_ns, 0});
  constexpr std::size_t kRemembered = 64;  // a wait seldom lasts for more periods
  if (throttles.size() > kRemembered) throttles.pop_front();
}

void QuotaTracker::end_throttle(Group& group, std::uint16_t cpu, std::uint64_t now_ns) {
  const auto found = group.throttles.find(cpu);
  if (found == group.throttles.end() || found->second.empty()) return;
  Throttle& last = found->second.back();
  if (last.end_ns != 0) return;
  last.end_ns = now_ns;
  group.queue_ns += growth(last.begin_ns, now_ns);
}

std::uint64_t QuotaTracker::throttled_in(const Group& group, std::uint16_t cpu,
                                         std::uint64_t begin_ns, std::uint64_t end_ns) {
  const auto found = group.throttles.find(cpu);
  if (found == group.throttles.end()) return 0;
  std::uint64_t ns = 0;
  for (const Throttle& one : found->second) {
    const std::uint64_t until_ns = one.end_ns == 0 ? end_ns : std::min(one.end_ns, end_ns);
    ns += growth(std::max(one.begin_ns, begin_ns), until_ns);
  }
  return ns;
}

// It waited on the queue already when that was throttled.
void QuotaTracker::count_queued(const ht_switch& record, TaskId task) {
  const auto of = group_of_.find(task);
  if (of == group_of_.end() || !exact_ || record.wait_ns == HT_UNKNOWN_NS) return;
  const std::uint64_t now_ns = record.head.time_ns;
  const std::uint64_t wait_ns = record.wait_ns + tasks_.clock_age_ns();
  const std::uint64_t begin_ns = std::max(now_ns - std::min(now_ns, wait_ns), from_ns_);
  const std::uint64_t ns = throttled_in(groups_[of->second], record.head.cpu, begin_ns, now_ns);
  if (ns > 0) waits_[{task, of->second}].add(ns);
}

void QuotaTracker::on(const ht_pressure& record) { pressures_.on(record); }

void QuotaTracker::end_wait(TaskId task, std::uint64_t now_ns) {
  const auto open = open_.find(task);
  if (open == open_.end()) return;
  QuotaWaits& waits = waits_[{task, open->second.cgroup_id}];
  const std::uint64_t whole_ns = growth(open->second.begin_ns, now_ns);
  waits.count++;
  waits.ns += growth(open->second.since_ns, now_ns);
  waits.max_ns = std::max(waits.max_ns, whole_ns);
  open_.erase(open);
}

void QuotaTracker::on(const ht_switch& record) {
  pressures_.on(record);
  const std::uint64_t now_ns = record.head.time_ns;
  if (record.head.tid == 0 || !(record.flags & HT_SWITCH_NEXT_TRACED)) return;
  const TaskId next = tasks_.find(record.head.tid);
  if (next == kNoTask) return;
  if (const auto of = group_of_.find(next); of != group_of_.end())
    end_throttle(groups_[of->second], record.head.cpu, now_ns);
  if (open_.contains(next))
    end_wait(next, now_ns);
  else
    count_queued(record, next);
}

void QuotaTracker::on(const ht_task_end& end) {
  const TaskId id = tasks_.find(end.task.head.tid);
  if (id != kNoTask) end_wait(id, end.task.head.time_ns);
  pressures_.on(end);
}

void QuotaTracker::on(const ht_lost& lost) {
  if (!may_miss(lost, HT_SWITCH) && !may_miss(lost, HT_QUOTA_WAIT)) return;
  pressures_.on_gap();
  open_.clear();
  for (auto& [id, group] : groups_) group.throttles.clear();
}

void QuotaTracker::settle(std::uint64_t now_ns) {
  pressures_.settle(now_ns);
  for (auto& [task, open] : open_) {
    QuotaWaits& waits = waits_[{task, open.cgroup_id}];
    waits.ns += growth(open.since_ns, now_ns);
    waits.max_ns = std::max(waits.max_ns, growth(open.begin_ns, now_ns));
    open.since_ns = std::max(open.since_ns, now_ns);
  }
}

void QuotaTracker::begin_interval(std::uint64_t now_ns) {
  waits_.clear();
  pressures_.begin_interval(now_ns);
  from_ns_ = now_ns;
  for (auto& [id, group] : groups_) {
    group.queue_ns = 0;
    if (group.first) group.first = group.last;
  }
}

void QuotaTracker::fold(TaskId task) {
  open_.erase(task);
  group_of_.erase(task);
  pressures_.fold(task);
  for (auto at = waits_.lower_bound({task, 0}); at != waits_.end() && at->first.task == task;) {
    waits_[{kNoTask, at->first.cgroup_id}].merge(at->second);
    at = waits_.erase(at);
  }
}

std::map<std::uint64_t, QuotaGroup> QuotaTracker::groups() const {
  std::map<std::uint64_t, QuotaGroup> list;
  for (const auto& [id, group] : groups_) {
    if (!group.first) continue;
    QuotaGroup& row = list[id];
    const ht_quota& now = group.last;
    row.quota_ns = now.quota_ns;
    row.period_ns = now.period_ns;
    row.burst_ns = now.burst_ns;
    row.has_bursts = (now.flags & HT_QUOTA_BURSTS) != 0;
    row.periods = growth(group.first->periods, now.periods);
    row.throttled_periods = growth(group.first->throttled, now.throttled);
    row.throttled_ns = growth(group.first->throttled_ns, now.throttled_ns);
    row.queue_ns = group.queue_ns;
    row.bursts = growth(group.first->bursts, now.bursts);
    row.burst_used_ns = growth(group.first->burst_used_ns, now.burst_used_ns);
    row.pressure = pressures_.growth_of(id);
  }
  for (const auto& [key, waits] : waits_) {
    const auto group = list.find(key.cgroup_id);
    if (group == list.end()) continue;
    group->second.waits.merge(waits);
    group->second.tasks++;
  }
  return list;
}

std::vector<QuotaTask> QuotaTracker::waits() const {
  std::vector<QuotaTask> list;
  for (const auto& [key, waits] : waits_) list.push_back({key.task, key.cgroup_id, waits});
  return list;
}

std::optional<std::uint64_t> QuotaTracker::system_some_ns() const {
  return pressures_.growth_of(0).kernel_some_ns;
}

}  // namespace hoodtrace
