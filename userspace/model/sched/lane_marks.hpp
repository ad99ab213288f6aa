// SPDX-License-Identifier: GPL-2.0-or-later
// Which tasks are in one lane of a window, and which in several. Several threads can mark at the same time.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "model/names/task_table.hpp"

namespace hoodtrace {

class LaneMarks {
 public:
  // A window begins, with room for so many tasks.
  void begin(std::size_t tasks) {
    window_++;
    if (marks_.size() < tasks) marks_.resize(tasks);
  }

  void mark(TaskId task, std::uint32_t lane) {
    const std::atomic_ref<std::uint64_t> mark(marks_[task]);
    const std::uint64_t mine = of(lane);
    std::uint64_t was = mark.load(std::memory_order_relaxed);
    while (was != mine && was != of(kSeveral)) {
      const bool is_first = was >> kLaneBits != window_;
      if (mark.compare_exchange_weak(was, is_first ? mine : of(kSeveral),
                                     std::memory_order_relaxed))
        return;
    }
  }

  // When all have been marked. Of a task that was.
  [[nodiscard]] bool is_in_several(TaskId task) const { return marks_[task] == of(kSeveral); }

 private:
  static constexpr unsigned kLaneBits = 32;
  static constexpr std::uint32_t kSeveral = 0xffffffff;

  [[nodiscard]] std::uint64_t of(std::uint32_t lane) const { return window_ << kLaneBits | lane; }

  std::uint64_t window_ = 0;
  std::vector<std::uint64_t> marks_;  // by task: the window it was last seen in, and its lane
};

}  // namespace hoodtrace
