// SPDX-License-Identifier: GPL-2.0-or-later
#include "probe/plan.hpp"
#include "probe/ring_sizes.hpp"

namespace hoodtrace {

Result<std::string> plan_sched(const TraceRequest& request, const Features& features, Plan& plan) {
  plan.settings.switch_groups = groups_in<ht_switch_group>(plan.ring_bytes);
  plan.maps.push_back({"switch_rings", features.cpus.possible});
  plan.maps.push_back({"switch_slots", plan.settings.slot_cpus * plan.settings.switch_groups});
  if (plan.has_wakings()) {
    // At most one for each switch, but for tasks that are woken before they sleep.
    plan.settings.waking_groups = plan.settings.switch_groups;
    plan.maps.push_back({"waking_rings", features.cpus.possible});
    plan.maps.push_back({"waking_slots", plan.settings.slot_cpus * plan.settings.waking_groups});
  }
  plan.settings.culprits = request.culprits ? 1 : 0;
  if (request.culprits) plan.maps_of_target.push_back({"history_of_cpu", plan.settings.slot_cpus});
  return std::string(plan.settings.exact_wait != 0
                         ? "waits from kernel accounting (sched_info)"
                         : "waits from timestamps at wakeups and preemptions");
}

}  // namespace hoodtrace
