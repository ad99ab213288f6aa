// SPDX-License-Identifier: GPL-2.0-or-later
#include <algorithm>

#include "probe/plan.hpp"

namespace hoodtrace {

Result<std::string> plan_procs(const TraceRequest& request, const Features& features, Plan& plan) {
  plan.settings.life = HT_LIFE_LOADED;
  if (request.exec_who) plan.settings.life |= HT_LIFE_WHO;
  plan.settings.argv_bytes = std::min<std::uint32_t>(request.argv_bytes, HT_ARGV_LIMIT);
  plan.settings.group_dead_is_arg = features.exit_last_arg ? 1 : 0;
  plan.failed_execs = request.failed_execs;
  plan.maps.push_back({"life_bits", HT_PID_LIMIT / (64 / HT_LIFE_BITS)});
  return std::string();
}

}  // namespace hoodtrace
