// SPDX-License-Identifier: GPL-2.0-or-later
#include <fmt/format.h>

#include "probe/plan.hpp"

namespace hoodtrace {

Result<std::string> plan_irq(const TraceRequest&, const Features& features, Plan& plan) {
  if (!features.run_queue)
    return unsupported(
        fmt::format("this kernel ({}) has no way from a task to its run queue "
                    "(CONFIG_FAIR_GROUP_SCHED), which --irq needs; see: hoodtrace doctor",
                    features.kernel_release));
  plan.maps.push_back({"irq_cpus", features.cpus.possible});
  std::string how = "each interrupt from its entry and exit";
  if (!features.has("local_timer_entry"))
    how += "; the CPU's own interrupts (timer, IPI) are not seen on this kernel";
  if (!features.steal_time)
    how += "; this kernel does not count stolen time (CONFIG_PARAVIRT_TIME_ACCOUNTING)";
  return how;
}

}  // namespace hoodtrace
