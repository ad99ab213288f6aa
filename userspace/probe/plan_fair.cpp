// SPDX-License-Identifier: GPL-2.0-or-later
#include <fmt/format.h>

#include "probe/plan.hpp"

namespace hoodtrace {

Result<std::string> plan_fair(const TraceRequest&, const Features& features, Plan& plan) {
  if (!features.run_queue || !features.fair_groups)
    return unsupported(
        fmt::format("this kernel ({}) has no way from a task to the weights of its queue "
                    "(CONFIG_FAIR_GROUP_SCHED), which --fair needs; see: hoodtrace doctor",
                    features.kernel_release));
  plan.maps.push_back({"fair_cpus", features.cpus.possible});
  plan.maps.push_back({"fair_queues", HT_FAIR_QUEUES});
  std::string how = "shares from the weights of the queues at each switch and wake-up";
  if (!features.slices)
    how += "; this kernel has no slices, lag and virtual deadlines (6.6 and later have)";
  else if (!features.custom_slices)
    how += "; this kernel has no slices set by sched_setattr (6.12 and later have)";
  return how;
}

}  // namespace hoodtrace
