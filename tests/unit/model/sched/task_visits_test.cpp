// SPDX-License-Identifier: GPL-2.0-or-later
#include "model/sched/task_visits.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <random>
#include <tuple>
#include <vector>

namespace hoodtrace {
namespace {

std::vector<std::tuple<TaskId, std::uint64_t, std::uint32_t>> listed(
    std::span<const TaskVisit> visits) {
  std::vector<std::tuple<TaskId, std::uint64_t, std::uint32_t>> list;
  for (const TaskVisit& visit : visits) list.emplace_back(visit.task, visit.time_ns, visit.place);
  return list;
}

TEST(TaskVisits, ComeTaskByTaskEachInOrderOfTime) {
  std::mt19937 random(1);
  TaskVisits visits;
  for (int round = 0; round < 100; round++) {
    constexpr TaskId kTasks = 30;
    std::vector<std::vector<TaskVisit>> lists(1 + random() % 4);
    std::uint32_t place = 0;
    std::size_t count = 0;
    for (std::vector<TaskVisit>& list : lists) {
      std::uint64_t now_ns = 0;
      for (std::size_t i = random() % 200; i > 0; i--, count++) {
        if (random() % 50 == 0) now_ns = 0;  // the next lane
        list.push_back({now_ns += random() % 3, static_cast<TaskId>(random() % kTasks), place++});
      }
    }
    std::vector<const std::vector<TaskVisit>*> pointers;
    std::vector<std::tuple<TaskId, std::uint64_t, std::uint32_t>> expected;
    for (const std::vector<TaskVisit>& list : lists) {
      pointers.push_back(&list);
      for (const auto& one : listed(list)) expected.push_back(one);
    }
    const auto got = listed(visits.in_order(pointers, kTasks));
    ASSERT_EQ(got.size(), count);
    // A task's visits are neighbours, and in order.
    std::map<TaskId, std::size_t> last;
    for (std::size_t i = 0; i < got.size(); i++) {
      const TaskId task = std::get<0>(got[i]);
      if (last.contains(task)) {
        ASSERT_EQ(last[task] + 1, i);
        ASSERT_LT(got[i - 1], got[i]);
      }
      last[task] = i;
    }
    // And no other ones.
    auto sorted = got;
    std::sort(sorted.begin(), sorted.end());
    std::sort(expected.begin(), expected.end());
    ASSERT_EQ(sorted, expected);
  }
}

TEST(TaskVisits, OnOneSwitchWhoLeavesIsBeforeWhoComes) {
  const std::vector<TaskVisit> list{{5, 1, 2 * 7 + 1}, {5, 1, 2 * 7}};
  TaskVisits visits;
  const std::vector<TaskVisit>* const lists[] = {&list};
  const std::span<const TaskVisit> got = visits.in_order(lists, 2);
  ASSERT_EQ(got.size(), 2U);
  EXPECT_FALSE(got[0].comes());
  EXPECT_TRUE(got[1].comes());
  EXPECT_EQ(got[1].at(), 7U);
}

TEST(TaskVisits, NoneAreNone) {
  TaskVisits visits;
  EXPECT_TRUE(visits.in_order({}, 0).empty());
}

}  // namespace
}  // namespace hoodtrace
