// SPDX-License-Identifier: GPL-2.0-or-later
#include <fmt/format.h>

#include "probe/plan.hpp"

namespace hoodtrace {

Result<std::string> plan_realtime(const TraceRequest&, const Features& features, Plan&) {
  if (!features.run_queue)
    return unsupported(
        fmt::format("this kernel ({}) has no way from a task to its run queue "
                    "(CONFIG_FAIR_GROUP_SCHED), which --realtime needs; see: hoodtrace doctor",
                    features.kernel_release));
  if (features.rt_share) return std::string("real-time throttling from rt_rq");
  if (features.fair_server)
    return std::string(
        "this kernel does not throttle real-time tasks: a fair server gives other tasks their "
        "part");
  return std::string();
}

}  // namespace hoodtrace
