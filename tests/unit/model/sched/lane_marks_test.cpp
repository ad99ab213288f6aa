// SPDX-License-Identifier: GPL-2.0-or-later
#include "model/sched/lane_marks.hpp"

#include <gtest/gtest.h>

#include <thread>
#include <vector>

namespace hoodtrace {
namespace {

TEST(LaneMarks, ATaskIsInOneLaneOrInSeveral) {
  LaneMarks marks;
  marks.begin(10);
  marks.mark(1, 0);
  marks.mark(1, 0);
  marks.mark(2, 5);
  marks.mark(2, 0);
  marks.mark(2, 5);
  EXPECT_FALSE(marks.is_in_several(1));
  EXPECT_TRUE(marks.is_in_several(2));
}

TEST(LaneMarks, ANewWindowKnowsNothingOfTheOneBefore) {
  LaneMarks marks;
  marks.begin(10);
  marks.mark(1, 0);
  marks.mark(2, 0);
  marks.mark(2, 1);
  marks.begin(20);
  marks.mark(1, 3);
  marks.mark(2, 3);
  marks.mark(19, 3);
  for (const TaskId task : {1U, 2U, 19U}) EXPECT_FALSE(marks.is_in_several(task));
}

// Of two threads that mark a task at the same time one sees the other's lane.
TEST(LaneMarks, ThreadsCanMarkAtTheSameTime) {
  constexpr TaskId kTasks = 20'000;
  LaneMarks marks;
  for (int window = 0; window < 10; window++) {
    marks.begin(kTasks);
    const auto mark_each = [&marks](std::uint32_t lane, TaskId step) {
      for (TaskId task = 0; task < kTasks; task += step) marks.mark(task, lane);
    };
    std::thread other(mark_each, 1, 3);
    mark_each(0, 1);
    other.join();
    for (TaskId task = 0; task < kTasks; task++)
      ASSERT_EQ(marks.is_in_several(task), task % 3 == 0) << task;
  }
}

}  // namespace
}  // namespace hoodtrace
