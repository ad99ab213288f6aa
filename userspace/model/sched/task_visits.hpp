// SPDX-License-Identifier: GPL-2.0-or-later
// Puts the switches of tasks that are in several lanes in order: task by task, each in order of time.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "model/names/task_table.hpp"

namespace hoodtrace {

// A task comes to a CPU, or leaves it.
struct TaskVisit {
  std::uint64_t time_ns = 0;
  TaskId task = kNoTask;
  std::uint32_t place = 0;  // twice the number of the switch, and one more for who comes

  [[nodiscard]] std::size_t at() const { return place / 2; }
  [[nodiscard]] bool comes() const { return place % 2 != 0; }
};

class TaskVisits {
 public:
  // Of tasks below the limit. Valid until the next call. Of those at the same time the lower place is the earlier one.
  std::span<const TaskVisit> in_order(std::span<const std::vector<TaskVisit>* const> lists,
                                      std::size_t tasks);

 private:
  std::vector<std::uint32_t> ends_;  // by task: how many, then where they end; 0 between the calls
  std::vector<TaskId> tasks_;        // that have visits
  std::vector<TaskVisit> visits_;
};

}  // namespace hoodtrace
