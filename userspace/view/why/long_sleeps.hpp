// SPDX-License-Identifier: GPL-2.0-or-later
// Sleeps that reached the threshold, one by one, with their stacks.
#pragma once

#include <cstdint>
#include <string>

#include "model/why/tracker.hpp"
#include "view/report.hpp"

namespace hoodtrace {

// It was not for want of work.
bool is_worth_a_line(const LongSleep& sleep, const WhyTracker& tracker);

// A line, and one for each frame of its stacks; printable.
std::string long_sleep_text(const LongSleep& sleep, const WhyTracker& tracker,
                            std::uint64_t started_ns);

// Those of one report in JSON: the first kMost, and how many there were.
class LongSleepList {
 public:
  void add(const LongSleep& sleep, const WhyTracker& tracker);
  void clear();
  void add_to(Report& report) const;

 private:
  static constexpr std::size_t kMost = 10'000;

  Json list_ = Json::array();
  std::uint64_t count_ = 0;
};

}  // namespace hoodtrace
