// SPDX-License-Identifier: GPL-2.0-or-later
#include "model/sched/lane_window.hpp"

#include <gtest/gtest.h>

#include <random>
#include <vector>

namespace hoodtrace {
namespace {

struct Machine {
  std::vector<ht_switch> records;  // CPU by CPU
  std::vector<RecordView> views;
  LaneWindow window;

  void add(std::uint16_t cpu, std::uint64_t time_ns) {
    ht_switch record{};
    record.head = {time_ns, 0, HT_SWITCH, cpu};
    records.push_back(record);
  }
  void finish() {
    for (const ht_switch& record : records) {
      views.push_back({&record.head, sizeof(record)});
      window.switches.push_back({&record, kNoTask, kNoTask, 0});
      window.runs.push_back({record.head.time_ns, static_cast<WhoId>(window.runs.size())});
    }
    window.find_lanes(views);
  }
};

TEST(LaneWindow, ALaneIsTheRecordsOfOneCpu) {
  std::mt19937 random(3);
  for (int round = 0; round < 100; round++) {
    Machine machine;
    std::vector<std::size_t> sizes;
    for (std::uint16_t cpu = 0; cpu < 5; cpu++) {
      sizes.push_back(1 + random() % 70);
      for (std::size_t i = 0; i < sizes.back(); i++) machine.add(cpu * 3U, i);
    }
    machine.finish();
    ASSERT_EQ(machine.window.lanes.size(), sizes.size());
    std::size_t begin = 0;
    for (std::size_t i = 0; i < sizes.size(); i++) {
      EXPECT_EQ(machine.window.lanes[i].cpu, i * 3);
      EXPECT_EQ(machine.window.lanes[i].begin, begin);
      EXPECT_EQ(machine.window.lanes[i].end, begin += sizes[i]);
    }
  }
}

// By a count of those before it.
TEST(LaneWindow, KnowsWhatBeganOnACpuBeforeASwitchOfAnyCpu) {
  std::mt19937 random(4);
  Machine machine;
  for (std::uint16_t cpu = 0; cpu < 4; cpu++) {
    std::uint64_t now_ns = 10;
    for (std::size_t i = 0; i < 100; i++) machine.add(cpu, now_ns += random() % 3);
  }
  machine.finish();
  for (std::size_t at = 0; at < machine.records.size(); at++)
    for (std::uint16_t cpu = 0; cpu < 4; cpu++) {
      std::vector<WhoId> expected;
      for (std::size_t i = 0; i < machine.records.size(); i++) {
        const ht_header& other = machine.records[i].head;
        const std::uint64_t now_ns = machine.records[at].head.time_ns;
        if (other.cpu == cpu && (other.time_ns < now_ns || (other.time_ns == now_ns && i < at)))
          expected.push_back(static_cast<WhoId>(i));
        else if (other.cpu == cpu && cpu == machine.records[at].head.cpu && i < at)
          expected.push_back(static_cast<WhoId>(i));
      }
      std::vector<WhoId> got;
      for (const CpuRun& run : machine.window.runs_before(at, cpu)) got.push_back(run.who);
      ASSERT_EQ(got, expected) << at << " on " << cpu;
    }
  EXPECT_TRUE(machine.window.runs_before(0, 4).empty());
  EXPECT_TRUE(machine.window.runs_before(0, 60'000).empty());
}

}  // namespace
}  // namespace hoodtrace
