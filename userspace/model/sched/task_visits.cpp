// SPDX-License-Identifier: GPL-2.0-or-later
#include "model/sched/task_visits.hpp"

#include <algorithm>
#include <utility>

namespace hoodtrace {

// Counted by task, then each to its place: a task's visits come as a few runs that are in order.
std::span<const TaskVisit> TaskVisits::in_order(
    std::span<const std::vector<TaskVisit>* const> lists, std::size_t tasks) {
  if (ends_.size() < tasks) ends_.resize(tasks);
  tasks_.clear();
  std::size_t count = 0;
  for (const std::vector<TaskVisit>* list : lists) {
    count += list->size();
    for (const TaskVisit& visit : *list)
      if (ends_[visit.task]++ == 0) tasks_.push_back(visit.task);
  }
  if (visits_.size() < count) visits_.resize(count);
  std::uint32_t begin = 0;
  for (const TaskId task : tasks_) begin += std::exchange(ends_[task], begin);
  for (const std::vector<TaskVisit>* list : lists)
    for (const TaskVisit& visit : *list) visits_[ends_[visit.task]++] = visit;
  const auto is_earlier = [](const TaskVisit& a, const TaskVisit& b) {
    return a.time_ns != b.time_ns ? a.time_ns < b.time_ns : a.place < b.place;
  };
  auto first = visits_.begin();
  for (const TaskId task : tasks_) {
    const auto last = visits_.begin() + std::exchange(ends_[task], 0);
    if (!std::is_sorted(first, last, is_earlier)) std::sort(first, last, is_earlier);
    first = last;
  }
  return {visits_.data(), count};
}

}  // namespace hoodtrace
