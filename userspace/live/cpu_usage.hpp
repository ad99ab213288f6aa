// SPDX-License-Identifier: GPL-2.0-or-later
// CPU time by cgroup's cpu.stat: the kernel's count that serve compares its own with. Of the cgroup that
// is served, or, for the whole system, of those directly below the root.
#pragma once

#include <cstdint>
#include <map>
#include <string>

#include "probe/kernel_filter.hpp"

namespace hoodtrace {

class CpuUsage {
 public:
  explicit CpuUsage(const KernelFilter& filter);

  void look();
  // As of the last look(); HT_UNKNOWN_NS when cpu.stat cannot be read.
  [[nodiscard]] std::uint64_t since_begin_ns() const;

 private:
  struct Usage {
    std::uint64_t begin_us = 0;
    std::uint64_t now_us = 0;
  };
  void look_at(const std::string& folder);

  std::string root_;  // the v2 mount, or the folder of the target
  bool is_whole_ = false;
  std::map<std::string, Usage> usage_;
  std::uint64_t of_gone_us_ = 0;
};

}  // namespace hoodtrace
