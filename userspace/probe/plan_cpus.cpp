// SPDX-License-Identifier: GPL-2.0-or-later
#include "probe/plan.hpp"

namespace hoodtrace {

// Without a way to the run queue migrations are all that there is.
Result<std::string> plan_cpus(const TraceRequest&, const Features& features, Plan& plan) {
  plan.maps.push_back({"queue_cpus", features.cpus.possible});
  return std::string();
}

}  // namespace hoodtrace
