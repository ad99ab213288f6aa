// SPDX-License-Identifier: GPL-2.0-or-later
// The target in the kernel's terms; plain data.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace hoodtrace {

struct KernelFilter {
  std::uint32_t self_pid = 0;       // hoodtrace's own
  std::vector<std::uint32_t> pids;  // initial pid namespace, once OwnPids has translated them
  std::vector<std::uint32_t> tids;
  std::string comm_glob;
  std::uint64_t cgroup_id = 0;  // 0 = no cgroup asked for
  bool follow = false;
};

}  // namespace hoodtrace
