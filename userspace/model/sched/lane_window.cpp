// SPDX-License-Identifier: GPL-2.0-or-later
#include "model/sched/lane_window.hpp"

#include <algorithm>

namespace hoodtrace {
namespace {

// Where the CPU's records end that begin at `begin`, looked at in steps that double: not each of them.
std::size_t end_of_cpu(std::span<const RecordView> records, std::size_t begin) {
  const std::uint16_t cpu = records[begin].head->cpu;
  std::size_t step = 1;
  std::size_t end = begin + 1;
  while (end < records.size() && records[end].head->cpu == cpu) {
    begin = end;
    end += step;
    step *= 2;
  }
  end = std::min(end, records.size());
  const auto is_its = [cpu](const RecordView& record) { return record.head->cpu == cpu; };
  const auto at = std::partition_point(records.begin() + static_cast<std::ptrdiff_t>(begin),
                                       records.begin() + static_cast<std::ptrdiff_t>(end), is_its);
  return static_cast<std::size_t>(at - records.begin());
}

}  // namespace

void LaneWindow::find_lanes(std::span<const RecordView> records) {
  lanes.clear();
  std::fill(lane_of_.begin(), lane_of_.end(), kNoLane);
  for (std::size_t at = 0; at < records.size(); at = lanes.back().end) {
    const std::uint16_t cpu = records[at].head->cpu;
    if (lane_of_.size() <= cpu) lane_of_.resize(cpu + 1U, kNoLane);
    lane_of_[cpu] = static_cast<std::uint32_t>(lanes.size());
    lanes.push_back({cpu, at, end_of_cpu(records, at)});
  }
}

std::span<const CpuRun> LaneWindow::runs_before(std::size_t at, std::uint16_t cpu) const {
  if (cpu >= lane_of_.size() || lane_of_[cpu] == kNoLane) return {};
  const Lane& lane = lanes[lane_of_[cpu]];
  std::size_t end = at;
  if (at < lane.begin || at >= lane.end) {
    const std::uint64_t now_ns = switches[at].record->head.time_ns;
    const bool is_earlier_lane = lane.begin < at;
    const auto is_before = [&](const LaneSwitch& other) {
      const std::uint64_t time_ns = other.record->head.time_ns;
      return time_ns < now_ns || (time_ns == now_ns && is_earlier_lane);
    };
    const auto first = switches.begin();
    end = static_cast<std::size_t>(
        std::partition_point(first + static_cast<std::ptrdiff_t>(lane.begin),
                             first + static_cast<std::ptrdiff_t>(lane.end), is_before) -
        first);
  }
  return {runs.data() + lane.begin, end - lane.begin};
}

}  // namespace hoodtrace
