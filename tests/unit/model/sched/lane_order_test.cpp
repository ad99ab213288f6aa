// SPDX-License-Identifier: GPL-2.0-or-later
#include "model/sched/lane_order.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <random>
#include <vector>

namespace hoodtrace {
namespace {

// Switches of some tasks on some CPUs, CPU by CPU.
struct Window {
  std::vector<ht_switch> records;
  std::vector<LaneSwitch> switches;
  std::vector<Lane> lanes;
};

Window make_window(std::uint32_t cpus, TaskId tasks, std::size_t per_cpu, std::mt19937& random) {
  Window window;
  window.records.resize(cpus * per_cpu);
  window.switches.resize(window.records.size());
  for (std::uint16_t cpu = 0; cpu < cpus; cpu++) {
    window.lanes.push_back({cpu, cpu * per_cpu, (cpu + 1) * per_cpu});
    std::uint64_t now_ns = 1;
    for (std::size_t i = cpu * per_cpu; i < (cpu + 1) * per_cpu; i++) {
      now_ns += random() % 4;
      window.records[i].head = {now_ns, 0, HT_SWITCH, cpu};
      window.records[i].prev_state = random() % 2;
      const TaskId prev = random() % (tasks + 1);
      const TaskId next = random() % (tasks + 1);
      window.switches[i] = {&window.records[i], prev, next, 0, 0};
    }
  }
  return window;
}

class Seen : public LaneOrder::Follower {
 public:
  explicit Seen(const Window& window) : window_(window) {}

  [[nodiscard]] std::uint16_t came_from(TaskId task, std::uint16_t cpu) const override {
    const auto other = static_cast<std::uint16_t>(task % window_.lanes.size());
    return other == cpu ? HT_NO_CPU : other;
  }
  void take(const LaneSwitch& one, std::uint32_t lane) override {
    const auto at = static_cast<std::size_t>(&one - window_.switches.data());
    taken.push_back(at);
    lane_of.push_back(lane);
  }

  std::vector<std::size_t> taken;  // indices of switches, in the order shown
  std::vector<std::uint32_t> lane_of;

 private:
  const Window& window_;
};

using Key = std::pair<std::uint64_t, std::uint16_t>;
Key key_of(const Window& window, std::size_t at) {
  return {window.records[at].head.time_ns, window.records[at].head.cpu};
}

TEST(LaneOrder, ShowsEachSwitchOnceInTheOrderOfItsCpuAndOfItsTasks) {
  std::mt19937 random(1);
  for (int round = 0; round < 200; round++) {
    const auto cpus = static_cast<std::uint32_t>(1 + random() % 9);
    const auto tasks = static_cast<TaskId>(1 + random() % 300);
    const std::size_t shards = 1 + random() % 3;
    std::vector<LaneOrder> orders;
    for (std::size_t i = 0; i < shards; i++) orders.emplace_back(i, shards);
    for (int again = 0; again < 2; again++) {
      const Window window = make_window(cpus, tasks, 1 + random() % 60, random);
      for (LaneOrder& order : orders) {
        Seen seen(window);
        order.follow(window.switches, window.lanes, seen);
        ASSERT_EQ(seen.taken.size(), window.switches.size());
        std::map<TaskId, Key> last_of_task;
        std::vector<std::size_t> next_of_lane;
        for (const Lane& lane : window.lanes) next_of_lane.push_back(lane.begin);
        for (std::size_t i = 0; i < seen.taken.size(); i++) {
          const std::size_t at = seen.taken[i];
          ASSERT_EQ(next_of_lane[seen.lane_of[i]]++, at);
          for (const TaskId task : {window.switches[at].prev, window.switches[at].next}) {
            if (!order.has(task)) continue;
            Key& last = last_of_task[task];
            ASSERT_LE(last, key_of(window, at));
            last = key_of(window, at);
          }
        }
      }
    }
  }
}

// A wait that began on another CPU's queue asks what ran there until now.
TEST(LaneOrder, TheOtherCpuStandsAtTheTimeOfAWaitThatBeganThere) {
  std::mt19937 random(2);
  std::size_t meetings = 0;
  for (int round = 0; round < 200; round++) {
    const Window window = make_window(6, 8, 40, random);
    LaneOrder order(0, 1);
    Seen seen(window);
    order.follow(window.switches, window.lanes, seen);
    std::vector<std::size_t> place(seen.taken.size());
    for (std::size_t i = 0; i < seen.taken.size(); i++) place[seen.taken[i]] = i;
    // In order of time: where a task was last taken off its CPU and could run on.
    std::vector<std::size_t> in_order = seen.taken;
    std::sort(in_order.begin(), in_order.end(), [&](std::size_t a, std::size_t b) {
      return std::pair(key_of(window, a), a) < std::pair(key_of(window, b), b);
    });
    std::map<TaskId, std::uint16_t> left;
    std::map<TaskId, bool> was_met;
    for (const std::size_t at : in_order) {
      const LaneSwitch& one = window.switches[at];
      const std::uint16_t cpu = window.records[at].head.cpu;
      if (one.prev == one.next) {  // it goes on
        left.erase(one.next);
        was_met[one.next] = true;
        continue;
      }
      if (one.next != kNoTask) {
        std::uint16_t from = HT_NO_CPU;
        if (!was_met[one.next]) from = seen.came_from(one.next, cpu);
        if (left.contains(one.next)) from = left[one.next];
        left.erase(one.next);
        was_met[one.next] = true;
        if (from != HT_NO_CPU && from != cpu) {
          meetings++;
          const Lane& other = window.lanes[from];
          for (std::size_t i = other.begin; i < other.end; i++)
            ASSERT_EQ(place[i] < place[at], key_of(window, i) < key_of(window, at));
        }
      }
      if (one.prev != kNoTask) {
        was_met[one.prev] = true;
        left.erase(one.prev);
        if (window.records[at].prev_state == 0) left[one.prev] = cpu;
      }
    }
  }
  EXPECT_GT(meetings, 1000U);
}

TEST(LaneOrder, GoesOnWithACpuAsLongAsItCan) {
  Window window;
  window.records.resize(8);
  window.switches.resize(8);
  for (std::uint16_t cpu = 0; cpu < 2; cpu++) {
    window.lanes.push_back({cpu, cpu * 4U, cpu * 4U + 4});
    for (std::size_t i = 0; i < 4; i++) {
      const std::size_t at = cpu * 4U + i;
      window.records[at].head = {10 * i + cpu, 0, HT_SWITCH, cpu};
      window.switches[at] = {&window.records[at], 1U + cpu, kNoTask, 0, 0};
    }
  }
  LaneOrder order(0, 1);
  Seen seen(window);
  order.follow(window.switches, window.lanes, seen);
  EXPECT_EQ(seen.taken, (std::vector<std::size_t>{0, 1, 2, 3, 4, 5, 6, 7}));
}

}  // namespace
}  // namespace hoodtrace
