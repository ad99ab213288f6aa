// SPDX-License-Identifier: GPL-2.0-or-later
#include "probe/plan.hpp"

namespace hoodtrace {

// Without the hooks the load is not less known, but for that cause of D.
Result<std::string> plan_load(const TraceRequest&, const Features& features, Plan&) {
  if (features.has("contention_begin") && features.has("contention_end")) return std::string();
  return std::string(
      "waits for mmap_lock are not told from other D sleep: this kernel has no contention_begin "
      "(5.19 and later have)");
}

}  // namespace hoodtrace
