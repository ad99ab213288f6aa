// SPDX-License-Identifier: GPL-2.0-or-later
// One sleep that reached the threshold, with its stacks where they were recorded.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "event/event.hpp"
#include "model/names/task_table.hpp"
#include "model/why/sums.hpp"

namespace hoodtrace {

// All text of it is of the traced process: hostile.
struct UserFrame {
  std::uint64_t address = 0;
  std::string function;  // "" = not known
  std::string file;      // "" = not known
};

// Innermost first.
struct SleepStack {
  std::uint64_t kernel = 0;  // ht_stack.stack; 0 = not recorded
  std::vector<UserFrame> user;
};

// As much of it as the record has.
SleepStack read_sleep_stack(const ht_sleep_stack& record);

struct LongSleep {
  std::uint64_t time_ns = 0;  // when it ended
  TaskId task = kNoTask;
  std::uint64_t ns = 0;
  WhyCauseId cause = 0;
  std::optional<SleepStack> stack;
};

}  // namespace hoodtrace
