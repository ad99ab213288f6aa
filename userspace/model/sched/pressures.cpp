// SPDX-License-Identifier: GPL-2.0-or-later
#include "model/sched/pressures.hpp"

#include <string_view>

#include "base/growth.hpp"
#include "event/task_state.hpp"

namespace hoodtrace {
namespace {

constexpr std::uint64_t kNsOfUs = 1000;

bool is_below(std::string_view path, std::string_view group) {
  if (group == "/") return true;
  return path == group || (path.starts_with(group) && path[group.size()] == '/');
}

// Of cgroup v1, and of the system: whose members they have is not known here.
bool has_members(std::uint64_t cgroup_id) {
  return cgroup_id != 0 && cgroup_id >> HT_QUOTA_HIERARCHY_SHIFT == 0;
}

}  // namespace

void PressureTracker::on(const ht_session& session) {
  exact_ = (session.flags & HT_SESSION_EXACT) != 0;
  from_ns_ = session.head.time_ns;
}

PressureTracker::Group& PressureTracker::group(std::uint64_t cgroup_id) {
  const auto [at, is_new] = groups_.try_emplace(cgroup_id);
  if (is_new) at->second.pressure.begin_interval(from_ns_);
  return at->second;
}

void PressureTracker::on(const ht_quota& record) { group(record.cgroup_id); }

void PressureTracker::on(const ht_pressure& record) {
  Group& group = this->group(record.cgroup_id);
  const std::uint64_t now_ns = record.head.time_ns;
  group.last = {now_ns, record.some_us, record.full_us, (record.flags & HT_PRESSURE_FULL) != 0};
  if (!group.first) {
    group.first = group.last;
    group.pressure.begin_interval(now_ns);
    return;
  }
  add_what_goes_on(record.cgroup_id, group, now_ns);
  group.some_ns = group.pressure.some_ns();
  group.full_ns = group.pressure.full_ns();
}

bool PressureTracker::has(std::uint64_t cgroup_id, TaskId task) const {
  if (!has_members(cgroup_id)) return false;
  const std::string_view path = tasks_.cgroup_path(tasks_[task].cgroup_id);
  const std::string_view name = tasks_.cgroup_path(cgroup_id);
  return !path.empty() && !name.empty() && is_below(path, name);
}

template <class Visit>
void PressureTracker::for_groups_of(TaskId task, Visit visit) {
  for (auto& [id, group] : groups_)
    if (has(id, task)) visit(group);
}

void PressureTracker::add_what_goes_on(std::uint64_t cgroup_id, Group& group,
                                       std::uint64_t now_ns) {
  for (std::size_t cpu = 0; cpu < runs_.size(); cpu++)
    if (runs_[cpu].task != kNoTask && has(cgroup_id, runs_[cpu].task))
      group.pressure.run(static_cast<std::uint32_t>(cpu), runs_[cpu].since_ns, now_ns);
  for (const auto& [task, wait] : waits_)
    if (has(cgroup_id, task)) group.pressure.wait(wait.cpu, wait.since_ns, now_ns);
}

// A wait after a run begins with the switch, as in psi_task_switch(); of others the run queue's clock is known.
void PressureTracker::end_wait(const ht_switch& record, TaskId task) {
  const std::uint64_t now_ns = record.head.time_ns;
  const auto left = waits_.find(task);
  const bool has_left = left != waits_.end();
  std::uint64_t begin_ns = now_ns;
  if (has_left && left->second.cpu == record.head.cpu)
    begin_ns = left->second.since_ns;
  else if (record.wait_ns != HT_UNKNOWN_NS)
    begin_ns = growth(record.wait_ns + tasks_.clock_age_ns(), now_ns);
  for_groups_of(task, [&](Group& group) {
    if (has_left) group.pressure.wait(left->second.cpu, left->second.since_ns, begin_ns);
    group.pressure.wait(record.head.cpu, begin_ns, now_ns);
  });
  if (has_left) waits_.erase(left);
}

void PressureTracker::on(const ht_switch& record) {
  const std::uint64_t now_ns = record.head.time_ns;
  const std::uint16_t cpu = record.head.cpu;
  if (runs_.size() <= cpu) runs_.resize(cpu + 1);
  Run& run = runs_[cpu];
  const TaskId prev = record.prev_tid == 0 ? kNoTask : tasks_.find(record.prev_tid);
  if (run.task != kNoTask && run.task == prev)
    for_groups_of(prev, [&](Group& group) { group.pressure.run(cpu, run.since_ns, now_ns); });
  run = {};
  if (prev != kNoTask && record.flags & HT_SWITCH_PREV_TRACED &&
      prev_state(record) == TaskState::kRunnable)
    waits_[prev] = {cpu, now_ns};
  if (record.head.tid == 0 || !(record.flags & HT_SWITCH_NEXT_TRACED)) return;
  const TaskId next = tasks_.find(record.head.tid);
  if (next == kNoTask) return;
  run = {next, now_ns};
  end_wait(record, next);
}

void PressureTracker::on(const ht_task_end& end) { waits_.erase(tasks_.find(end.task.head.tid)); }

void PressureTracker::on_gap() {
  has_gap_ = true;
  runs_.clear();
  waits_.clear();
}

void PressureTracker::settle(std::uint64_t now_ns) {
  for (auto& [id, group] : groups_)
    if (!group.first) add_what_goes_on(id, group, now_ns);
}

void PressureTracker::begin_interval(std::uint64_t now_ns) {
  has_gap_ = false;
  from_ns_ = now_ns;
  for (auto& [id, group] : groups_) {
    if (group.first) group.first = group.last;
    group.pressure.begin_interval(group.first ? group.last.at_ns : now_ns);
    group.some_ns = group.full_ns = 0;
  }
}

void PressureTracker::fold(TaskId task) {
  waits_.erase(task);
  for (Run& run : runs_)
    if (run.task == task) run = {};
}

PressureGrowth PressureTracker::growth_of(std::uint64_t cgroup_id) const {
  PressureGrowth grown;
  const auto found = groups_.find(cgroup_id);
  if (found == groups_.end()) return grown;
  const Group& group = found->second;
  if (group.first) {
    grown.kernel_some_ns = growth(group.first->some_us, group.last.some_us) * kNsOfUs;
    if (group.last.has_full)
      grown.kernel_full_ns = growth(group.first->full_us, group.last.full_us) * kNsOfUs;
  }
  if (!exact_ || has_gap_ || !has_members(cgroup_id) || tasks_.cgroup_path(cgroup_id).empty())
    return grown;
  grown.some_ns = group.first ? group.some_ns : group.pressure.some_ns();
  grown.full_ns = group.first ? group.full_ns : group.pressure.full_ns();
  return grown;
}

}  // namespace hoodtrace
