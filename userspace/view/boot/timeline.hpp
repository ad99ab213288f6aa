// SPDX-License-Identifier: GPL-2.0-or-later
// A boot over time: a lane per unit, its processes inside, phases and targets as marks. Plain
// values for whatever draws them.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "view/boot/view.hpp"

namespace hoodtrace {

enum class BarKind { kStarting, kUp, kProcess, kFailed };

struct TimelineBar {
  std::uint64_t from_ns = 0;
  std::uint64_t to_ns = 0;
  BarKind kind = BarKind::kProcess;
  std::string label;    // hostile words as they are
  std::string details;  // a line each
};

struct TimelineLane {
  std::string name;
  std::vector<TimelineBar> unit;                    // it comes up, and is up
  std::vector<std::vector<TimelineBar>> processes;  // rows without overlap
};

struct TimelineMark {
  std::uint64_t time_ns = 0;
  std::string label;
  bool is_phase = false;
};

struct Timeline {
  std::string title;
  std::uint64_t from_ns = 0;
  std::uint64_t to_ns = 0;
  std::vector<TimelineLane> lanes;  // in order of their beginning
  std::vector<TimelineMark> marks;  // in order of time
  std::vector<std::string> remarks;
};

Timeline boot_timeline(const BootInput& input);

}  // namespace hoodtrace
