// SPDX-License-Identifier: GPL-2.0-or-later
// The switches of a short time, CPU by CPU: a lane is those of one CPU.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "event/event.hpp"
#include "model/names/task_table.hpp"
#include "model/sched/run_sums.hpp"

namespace hoodtrace {

// kNoTask: it is not traced, or idle.
struct LaneSwitch {
  const ht_switch* record = nullptr;
  TaskId prev = kNoTask;
  TaskId next = kNoTask;
  std::uint32_t clock_age_ns = 0;
};

// The switches of one CPU from `begin` to before `end`, in order of time.
struct Lane {
  std::uint16_t cpu = 0;
  std::size_t begin = 0;
  std::size_t end = 0;
};

struct LaneWindow {
  std::vector<Lane> lanes;  // each CPU once
  std::vector<LaneSwitch> switches;
  std::vector<CpuRun> runs;  // by switch: the run that begins with it; without culprits of no use

  // The lanes of the records, which are CPU by CPU.
  void find_lanes(std::span<const RecordView> records);
  // The runs that began on a CPU in this window before the switch `at` of any CPU, oldest first. At the same time
  // those of the lower lane are the earlier ones.
  [[nodiscard]] std::span<const CpuRun> runs_before(std::size_t at, std::uint16_t cpu) const;

 private:
  static constexpr std::uint32_t kNoLane = 0xffffffff;
  std::vector<std::uint32_t> lane_of_;  // by CPU; kNoLane
};

}  // namespace hoodtrace
