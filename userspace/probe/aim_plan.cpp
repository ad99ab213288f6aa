// SPDX-License-Identifier: GPL-2.0-or-later
#include <fmt/format.h>

#include <algorithm>
#include <cstring>

#include "probe/plan.hpp"

namespace hoodtrace {

Result<void> aim_plan(const KernelFilter& filter, const Features&, Plan& plan) {
  ht_settings& settings = plan.settings;
  settings.self_pid = filter.self_pid;
  settings.follow = filter.follow ? 1 : 0;
  settings.cgroup_id = filter.cgroup_id;
  if (!filter.pids.empty() || !filter.tids.empty()) settings.filter |= HT_FILTER_PID;
  if (!filter.comm_glob.empty()) settings.filter |= HT_FILTER_COMM;
  if (filter.cgroup_id != 0) settings.filter |= HT_FILTER_CGROUP;
  if (filter.comm_glob.size() >= HT_GLOB_LEN)
    return usage(fmt::format("--comm takes a pattern of at most {} characters", HT_GLOB_LEN - 1));
  std::memcpy(settings.comm_glob, filter.comm_glob.data(), filter.comm_glob.size());
  if (settings.filter == 0) return {};

  plan.maps.insert(plan.maps.end(), plan.maps_of_target.begin(), plan.maps_of_target.end());
  plan.maps.push_back({"traced_tids", HT_PID_LIMIT / 64});
  const std::size_t named = filter.pids.size() + filter.tids.size();
  plan.maps.push_back({"target_pids", static_cast<std::uint32_t>(std::max<std::size_t>(named, 1))});
  return {};
}

}  // namespace hoodtrace
