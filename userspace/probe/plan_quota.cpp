// SPDX-License-Identifier: GPL-2.0-or-later
#include <fmt/format.h>

#include "probe/plan.hpp"

namespace hoodtrace {

Result<std::string> plan_quota(const TraceRequest&, const Features& features, Plan& plan) {
  if (!features.quotas)
    return unsupported(
        fmt::format("this kernel ({}) has no CPU quotas of cgroups (CONFIG_CFS_BANDWIDTH), which "
                    "--quota is about; see: hoodtrace doctor",
                    features.kernel_release));
  plan.maps.push_back({"quota_groups", HT_QUOTA_GROUPS});
  std::string how = "quotas from the counters of the groups at each switch";
  if (!features.bursts) how += "; this kernel does not count bursts (5.16 and later do)";
  return how;
}

}  // namespace hoodtrace
