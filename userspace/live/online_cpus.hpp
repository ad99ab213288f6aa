// SPDX-License-Identifier: GPL-2.0-or-later
// Which CPUs are online, and what changes there while tracing (hotplug).
#pragma once

#include <cstdint>
#include <set>
#include <vector>

#include "base/fd.hpp"

namespace hoodtrace {

class OnlineCpus {
 public:
  struct Change {
    std::uint32_t cpu = 0;
    bool online = false;
  };

  // Opens the kernel's list, which is readable from then on whatever privileges are dropped. Where
  // there is none, nothing ever changes.
  OnlineCpus();

  // As of the last reading. Not always 0 to n - 1: with SMT off it can be every other one.
  [[nodiscard]] const std::set<std::uint32_t>& online() const { return online_; }

  // Since the last look, or since the start. One read of a line of sysfs.
  std::vector<Change> look();

 private:
  [[nodiscard]] std::set<std::uint32_t> read() const;

  Fd list_;
  std::set<std::uint32_t> online_;
};

}  // namespace hoodtrace
