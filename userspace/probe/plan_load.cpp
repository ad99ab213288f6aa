// SPDX-License-Identifier: GPL-2.0-or-later
#include "probe/plan.hpp"

namespace hoodtrace {

// Without the hooks only that cause of D is not known.
Result<std::string> plan_load(const TraceRequest&, const Features& features, Plan&) {
  if (features.has("contention_begin") && features.has("contention_end")) return std::string();
  return std::string(
      "waits for mmap_lock are part of other D sleep: this kernel has no contention_begin "
      "(5.19 and later have)");
}

}  // namespace hoodtrace
