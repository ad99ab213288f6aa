// SPDX-License-Identifier: GPL-2.0-or-later
#include "model/why/process_causes.hpp"

#include <algorithm>

#include "event/feed.hpp"

namespace hoodtrace {

ProcessCauses::Process& ProcessCauses::of(std::uint32_t pid) {
  const auto start = starts_.find(pid);
  return processes_[{pid, start == starts_.end() ? 0 : start->second}];
}

void ProcessCauses::see(const ht_task& task) {
  if (task.head.tid == task.pid) starts_[task.pid] = task.start_boottime_ns;
}

void ProcessCauses::on_event(const Event& event) {
  if (const auto* seen = event.as<ht_task_seen>()) see(seen->task);
  if (const auto* born = event.as<ht_task_new>()) see(born->task);
  has_causes_ = has_causes_ || event.as<ht_sleep>() != nullptr;
  feed(tracker_, event);
  for (const LongSleep& sleep : tracker_.take_long_sleeps()) {
    std::vector<Sleep>& longest = of(tasks_[sleep.task].pid).longest;
    longest.push_back({sleep.time_ns - sleep.ns, sleep.time_ns, sleep.cause});
    if (longest.size() < 2 * kSleeps) continue;
    const auto middle = longest.begin() + kSleeps;
    std::nth_element(longest.begin(), middle, longest.end(), [](const Sleep& a, const Sleep& b) {
      return a.to_ns - a.from_ns > b.to_ns - b.from_ns;
    });
    longest.erase(middle, longest.end());
  }
}

void ProcessCauses::fold(TaskId task) {
  const WhySums& sums = tracker_.sums(task);
  if (tasks_[task].traced && sums.total_ns() > 0) of(tasks_[task].pid).sums.merge(sums);
  tracker_.fold(task);
}

// The sums move from the tracker to their processes.
void ProcessCauses::settle(std::uint64_t now_ns) {
  tracker_.settle(now_ns);
  for (TaskId task = 1; task < tasks_.size(); task++)
    if (tasks_[task].in_use && tasks_[task].traced && tracker_.sums(task).total_ns() > 0)
      of(tasks_[task].pid).sums.merge(tracker_.sums(task));
  tracker_.begin_interval(now_ns);
}

const ProcessCauses::Process* ProcessCauses::find(std::uint32_t pid,
                                                  std::uint64_t start_boottime_ns) const {
  if (!has_causes_) return nullptr;
  const auto at = processes_.find({pid, start_boottime_ns});
  return at == processes_.end() ? nullptr : &at->second;
}

}  // namespace hoodtrace
