// SPDX-License-Identifier: GPL-2.0-or-later
#include <fmt/format.h>

#include <string_view>

#include "probe/plan.hpp"
#include "probe/ring_sizes.hpp"

namespace hoodtrace {
namespace {

Result<unsigned> fault_tier(const TraceRequest& request, const Features& features) {
  if (!features.find_vma || !features.task_storage)
    return unsupported(
        fmt::format("this kernel ({}) is too old for faults: it lacks the BPF helper find_vma or "
                    "task storage (5.17 and later have both); hoodtrace is tested from 6.1 on",
                    features.kernel_release));
  switch (request.fault_tier) {
    case FaultTier::kBase:
      return kTierBase;
    case FaultTier::kEvents:
      return kTierEvents;
    case FaultTier::kFentry:
      return kTierFentry;
    case FaultTier::kAuto:
      break;
  }
  if (features.fentry_faults) return kTierFentry;
  return features.has("page_fault_user") && features.has("page_fault_kernel") ? kTierBase
                                                                              : kTierEvents;
}

// The kinds that this tier cannot distinguish; empty when it distinguishes all.
std::string folded_faults(unsigned tier, const Features& features, bool rss) {
  std::string text;
  const auto say = [&text](std::string_view what) {
    text += text.empty() ? "" : ", ";
    text += what;
  };
  if (!rss)
    say(features.rss_exact
            ? "every copy in a private file mapping counts as file_cow (use --cow to separate them)"
            : "every copy in a private file mapping counts as file_cow");
  if (!rss && features.swap) say("swap_minor counts as zero_page_read or other");
  if (tier == kTierFentry) say("kernel accesses that fail are not reported");
  if (tier == kTierEvents)
    say("zero_page_upgrade counts as demand_zero, cow_reuse and zero_page_read as other, "
        "shared_write as file_minor");
  return text;
}

}  // namespace

Result<std::string> plan_faults(const TraceRequest& request, const Features& features, Plan& plan) {
  const Result<unsigned> chosen = fault_tier(request, features);
  if (!chosen) return chosen.error();
  const unsigned tier = plan.fault_tier = *chosen;
  ht_settings& settings = plan.settings;
  const bool fentry = tier == kTierFentry;
  // A hook at every fault of every task: only where some kind could not be distinguished without
  // it.
  const bool rss = features.rss_exact && (request.forks || features.swap || tier == kTierEvents);
  settings.fault_fentry = fentry ? 1 : 0;
  settings.fault_rss = rss ? 1 : 0;
  settings.fault_forks = request.forks ? 1 : 0;
  // When one fault maps several pages, only the allocator reports how many.
  if (!features.large_anon && tier != kTierEvents) {
    settings.direct_map = features.pages.direct_map;
    settings.vmemmap = features.pages.vmemmap;
    settings.frame_mask = features.pages.frame_mask;
    settings.five_levels = features.pages.five_levels ? 1 : 0;
  }
  // Sums by cgroup have neither records nor names.
  if (settings.totals != 0) return folded_faults(tier, features, rss);
  // One writer: fentry's programs must be able to turn preemption off.
  if (!fentry || features.functions.preempt_disable != 0) {
    settings.fault_groups = groups_in<ht_fault_group>(plan.ring_bytes);
    plan.maps.push_back({"fault_rings", features.cpus.possible});
    plan.maps.push_back({"fault_slots", settings.slot_cpus * settings.fault_groups});
  }
  plan.maps.push_back({"named_files", HT_NAMED_SETS});
  return folded_faults(tier, features, rss);
}

}  // namespace hoodtrace
