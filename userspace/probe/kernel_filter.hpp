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
  std::string cgroup_path;      // its path below the v2 mount; empty when it cannot be read
  bool follow = false;
};

}  // namespace hoodtrace
