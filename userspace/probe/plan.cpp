// SPDX-License-Identifier: GPL-2.0-or-later
#include "probe/plan.hpp"

#include <fmt/format.h>

#include "events.h"

namespace hoodtrace {
namespace {

std::string_view name_of(Family family) {
  switch (family) {
    case Family::kTasks:
      return "every view";
    case Family::kSched:
      return "sched";
    case Family::kLife:
      return "procs";
    case Family::kCache:
      return "cache";
    case Family::kFaults:
      return "faults";
  }
  return "?";
}

bool serves(const Probe& probe, const TraceRequest& request) {
  switch (probe.family) {
    case Family::kTasks:
      return true;
    case Family::kSched:
      return request.families.sched;
    case Family::kLife:
      return request.families.life;
    case Family::kCache:
      return request.families.cache;
    case Family::kFaults:
      return request.families.faults;
  }
  return false;
}

std::uint32_t cache_scope(const Features& features) {
  std::uint32_t scope = 0;
  if (features.tp_filemap_get_pages && features.tp_filemap_fault && features.tp_filemap_map_pages)
    scope |= HT_CACHE_ACCESSES;
  if (features.tp_readahead) scope |= HT_CACHE_READAHEAD;
  if (features.tp_dirty_folio) scope |= HT_CACHE_DIRTIED;
  if (features.tp_kswapd && features.tp_direct_reclaim) scope |= HT_CACHE_RECLAIM;
  if (features.tp_memcg_reclaim) scope |= HT_CACHE_MEMCG;
  return scope;
}

// What of the page cache is seen, and what cannot be.
std::string cache_how(std::uint32_t scope) {
  std::string seen = "page cache: pages added and evicted";
  std::string unseen;
  const auto say = [&](std::uint32_t flag, std::string_view text, std::string_view hooks) {
    if (scope & flag)
      seen += fmt::format(", {}", text);
    else
      unseen += fmt::format("{}{} (no {})", unseen.empty() ? "" : ", ", text, hooks);
  };
  say(HT_CACHE_ACCESSES, "hits and misses", "mm_filemap_get_pages, fault and map_pages");
  say(HT_CACHE_READAHEAD, "readahead", "page_cache_ra_unbounded");
  say(HT_CACHE_DIRTIED, "pages written to", "writeback_dirty_folio");
  say(HT_CACHE_RECLAIM, "reclaim", "mm_vmscan tracepoints");
  seen += " (tp_btf)";
  if (!unseen.empty()) seen += "; not measurable on this kernel: " + unseen;
  return seen;
}

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
  return features.tp_page_fault_user && features.tp_page_fault_kernel ? kTierBase : kTierEvents;
}

// What this way of seeing faults cannot tell apart; empty when it can all.
std::string folded_faults(unsigned tier, const Features& features, bool rss) {
  std::string text;
  const auto say = [&text](std::string_view what) {
    text += text.empty() ? "; " : ", ";
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

Result<Plan> make_plan(const TraceRequest& request, const Features& features) {
  if (features.lockdown == "confidentiality")
    return unsupported(
        "the kernel is locked down (confidentiality): BPF programs must not read its memory, so "
        "nothing can be traced; boot with lockdown=integrity, or with none");
  if (!features.btf)
    return unsupported(
        "this kernel has no BTF (/sys/kernel/btf/vmlinux), which hoodtrace needs to find the "
        "kernel's fields; give a file with --btf FILE, or boot a kernel built with "
        "CONFIG_DEBUG_INFO_BTF");
  if (!features.ringbuf)
    return unsupported("this kernel has no BPF ring buffer (5.8 and later have it)");
  if (!features.current_task || !features.bpf_loop)
    return unsupported(
        fmt::format("this kernel ({}) is too old: it lacks the BPF helper{} (5.17 and later have "
                    "what hoodtrace needs); hoodtrace is tested from 6.1 on",
                    features.kernel_release,
                    features.current_task ? " loop" : "s get_current_task_btf and loop"));

  Plan plan;
  plan.exact_wait = features.sched_info && features.run_queue && !request.force_fallback;
  plan.wakers = request.wakers || !plan.exact_wait;
  plan.life = request.families.life;
  plan.life_ends = request.families.life && !request.families.sched;
  plan.cache = request.families.cache;
  plan.cache_ends =
      plan.cache && !request.families.sched && !request.families.life && !request.families.faults;
  if (plan.cache) plan.cache_scope = cache_scope(features);
  if (plan.cache && !features.folio)
    return unsupported(fmt::format(
        "this kernel ({}) has no folios, by which hoodtrace follows the page cache (5.16 and later "
        "have them)",
        features.kernel_release));
  plan.switch_state_arg = features.switch_state_arg;
  plan.exit_last_arg = features.exit_last_arg;
  plan.failed_execs = request.families.life && request.failed_execs;
  plan.second_chance = features.preemptible_hooks;
  plan.functions = features.functions;
  plan.btrfs = features.btrfs;
  plan.all_switches = !plan.exact_wait;
  unsigned tier = kAnyTier;
  if (request.families.faults) {
    const Result<unsigned> chosen = fault_tier(request, features);
    if (!chosen) return chosen.error();
    tier = *chosen;
    plan.faults = true;
    plan.fault_ends = !request.families.sched && !request.families.life;
    // A hook at every fault of everybody's: only where something could not be told without.
    plan.fault_rss = features.rss_exact && (request.forks || features.swap || tier == kTierEvents);
    plan.fault_fentry = tier == kTierFentry;
    // How many pages a fault of several was given only the allocator tells.
    if (!features.large_anon && tier != kTierEvents) plan.pages = features.pages;
  }
  std::string hooks;
  for (const Probe& probe : kCatalog) {
    if (!serves(probe, request)) continue;
    if (probe.need == Need::kWakers && !plan.wakers) continue;
    if (probe.need == Need::kEnds && !plan.cache_ends) continue;
    if (probe.need == Need::kFailures && !request.failed_execs) continue;
    if (probe.need == Need::kCounters && !plan.fault_rss) continue;
    if (probe.need == Need::kForks && !request.forks) continue;
    if ((probe.tiers & tier) == 0) continue;
    if (probe.told_by_pages && plan.pages.direct_map != 0) continue;
    if (!(features.*probe.exists)) {
      if (probe.need == Need::kWanted) continue;
      return unsupported(
          fmt::format("this kernel ({}) lacks the hook {}, which {} needs; see: hoodtrace doctor",
                      features.kernel_release, probe.hook, name_of(probe.family)));
    }
    plan.probes.push_back(&probe);
    // Two families may share a hook.
    if (probe.family != Family::kTasks && probe.family != Family::kCache &&
        probe.hook != "iter/task" && hooks.find(probe.hook) == std::string::npos) {
      if (!hooks.empty()) hooks += ", ";
      hooks += probe.hook;
    }
  }
  std::string_view ways = "tp_btf";
  if (request.families.faults)
    ways = tier == kTierFentry ? "fentry and tp_btf" : "tp_btf and perf software events";
  plan.how = fmt::format("{} ({}){}", hooks, ways,
                         plan.pages.direct_map != 0 ? ", and the page tables" : "");
  if (request.families.sched)
    plan.how += plan.exact_wait ? "; waits from kernel accounting (sched_info)"
                                : "; waits from timestamps at wakeups and preemptions";
  if (request.families.faults) plan.how += folded_faults(tier, features, plan.fault_rss);
  if (plan.cache) plan.how = (hooks.empty() ? "" : plan.how + "; ") + cache_how(plan.cache_scope);
  return plan;
}

}  // namespace hoodtrace
