// SPDX-License-Identifier: GPL-2.0-or-later
#include <fmt/format.h>

#include <algorithm>
#include <bit>

#include "probe/plan.hpp"
#include "probe/ring_sizes.hpp"

namespace hoodtrace {
namespace {

// Names of cgroups, and their ends, are all that the rings hold.
constexpr std::uint64_t kTotalsRingBytes = 256 << 10;
constexpr std::uint32_t kSlotsOfCpu = 4096;

}  // namespace

Result<std::string> plan_totals(const TraceRequest& request, const Features& features, Plan& plan) {
  if (!features.sched_info || !features.run_queue)
    return unsupported(fmt::format(
        "this kernel ({}) keeps no sched_info, or its run queues cannot be reached "
        "(CONFIG_SCHED_INFO, CONFIG_FAIR_GROUP_SCHED): serve needs both; see: hoodtrace doctor",
        features.kernel_release));
  const std::uint32_t cpus = features.cpus.possible;
  const std::uint32_t slots = std::min<std::uint32_t>(HT_TOTALS_SLOTS, kSlotsOfCpu * cpus);
  const std::uint32_t tasks =
      std::bit_ceil(std::clamp<std::uint32_t>(features.pid_max, 1024, HT_TOTALS_TASKS));
  plan.settings.totals = 1;
  plan.settings.totals_set_mask = tasks / HT_TOTALS_WAYS - 1;
  plan.maps.push_back({"totals_slots", cpus + slots});
  plan.maps.push_back({"totals_slot_of", slots});
  plan.maps.push_back({"totals_free", slots});
  plan.maps.push_back({"totals_cpus", cpus});
  plan.maps.push_back({"totals_tasks", tasks / HT_TOTALS_WAYS});
  plan.settings.group_dead_is_arg = features.exit_last_arg ? 1 : 0;
  plan.settings.totals_pairs = request.totals.pairs ? 1 : 0;
  if (request.totals.pairs) {
    plan.maps.push_back({"totals_pairs", cpus * HT_PAIRS_OF_CPU});
    plan.maps.push_back({"totals_history", cpus});
  }
  plan.ring_bytes =
      ring_size(request.ring_bytes != 0 ? request.ring_bytes : kTotalsRingBytes, features);
  return std::string("sums by cgroup in the kernel, from sched_switch (tp_btf)");
}

}  // namespace hoodtrace
