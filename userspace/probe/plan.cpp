// SPDX-License-Identifier: GPL-2.0-or-later
#include "probe/plan.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <string_view>

#include "probe/ring_sizes.hpp"

namespace hoodtrace {
namespace {

// Births and names are few. Where the only other records are switches, which have rings of their
// own, the ring buffers get a quarter of the size.
constexpr std::uint64_t kFewShare = 4;

const FamilyRow* row_of(Family family) {
  const auto* row = std::find_if(kAllFamilies.begin(), kAllFamilies.end(),
                                 [&](const FamilyRow& one) { return one.family == family; });
  return row == kAllFamilies.end() ? nullptr : row;
}

std::string_view name_of(Family family) {
  const FamilyRow* row = row_of(family);
  return row == nullptr ? "every view" : row->name;
}

bool names_hooks(Family family) {
  const FamilyRow* row = row_of(family);
  return row != nullptr && row->names_hooks;
}

// What every family needs.
Result<void> check_kernel(const Features& features) {
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
  if (features.cpus.possible == 0 || features.cpus.possible > HT_CPU_LIMIT)
    return unsupported(fmt::format("{} possible CPUs; hoodtrace handles up to {}",
                                   features.cpus.possible, HT_CPU_LIMIT));
  return {};
}

bool is_wanted(const Probe& probe, const TraceRequest& request, const Features& features,
               const Plan& plan) {
  const ht_settings& settings = plan.settings;
  const bool is_totals = plan.families.has(Family::kTotals);
  if (probe.family != Family::kTasks && !plan.families.has(probe.family)) return false;
  if (probe.family == Family::kTasks && is_totals && probe.need != Need::kNames) return false;
  if ((probe.tiers & plan.fault_tier) == 0) return false;
  if (probe.shown_by_pages && settings.direct_map != 0 &&
      !(request.forks && probe.shows_own_copies))
    return false;
  switch (probe.need) {
    case Need::kAlways:
    case Need::kWanted:
    case Need::kNames:
      return true;
    case Need::kRecords:
      return !is_totals;
    case Need::kWakers:
      return plan.wakers;
    case Need::kWaking:
      return plan.has_wakings();
    case Need::kMoves:
      return plan.has_moves();
    case Need::kDelayed:
      return features.delayed_dequeue && settings.exact_wait != 0 && !plan.has_moves();
    case Need::kFailures:
      return request.failed_execs;
    case Need::kEnds:
      return settings.task_ends == HT_ENDS_EXIT;
    case Need::kCounters:
      return settings.fault_rss != 0;
    case Need::kForks:
      return request.forks;
    case Need::kStacks:
      return request.stacks_ns != 0;
    case Need::kCycles:
      return request.cycles;
    case Need::kDirties:
      return plan.disk_scope & HT_DISK_DIRTIES && !plan.families.has(Family::kCache);
    case Need::kOldBegin:
      return settings.disk_io_start == 0;
    case Need::kSyncs:
      return request.syncs;
    case Need::kBios:
      return (plan.disk_scope & HT_DISK_BIOS) != 0;
    case Need::kLives:
      return request.totals.lives;
    case Need::kPages:
      return request.totals.pages && features.folio;
  }
  return false;
}

constexpr bool is_dispensable(Need need) {
  return need == Need::kWanted || need == Need::kNames || need == Need::kPages;
}

// What all families share.
void begin_settings(const TraceRequest& request, const Features& features, Plan& plan) {
  ht_settings& settings = plan.settings;
  settings.exact_wait =
      features.sched_info && features.run_queue && !request.force_fallback ? 1 : 0;
  settings.all_switches = settings.exact_wait == 0 ? 1 : 0;
  settings.state_is_arg = features.switch_state_arg ? 1 : 0;
  if (features.preemptible_hooks) settings.second_chance |= HT_CHANCE_TRACEPOINTS;
  if (features.preemptible_functions) settings.second_chance |= HT_CHANCE_FUNCTIONS;
  settings.rdonly_cast = features.functions.rdonly_cast != 0 ? 1 : 0;
  settings.page_shift = static_cast<std::uint32_t>(std::countr_zero(features.page_bytes));
  settings.btrfs_root = features.btrfs.root;
  settings.btrfs_anon_dev = features.btrfs.anon_dev;
  // A CPU that comes online later has no slots: its records go to a shared ring buffer.
  settings.slot_cpus = std::min(features.cpus.end, features.cpus.possible);
  plan.wakers = request.wakers || settings.exact_wait == 0;
  plan.families = with_needed(request.families);
  plan.functions = features.functions;
  plan.ring_bytes = ring_size(request.ring_bytes, features);
  plan.maps = {{"rings", features.cpus.possible}, {"cpu_states", features.cpus.possible}};
  if (settings.second_chance != 0) plan.maps.push_back({"first_did", HT_PID_LIMIT / 64});
  if (!plan.families.has(Family::kFaults)) plan.unused_maps.push_back("fault_states");
  if (!request.cycles)
    for (const char* map : {"user_cycles", "kernel_cycles", "cycle_readings"})
      plan.unused_maps.push_back(map);
}

// "; " between what is not empty.
std::string joined(const std::string& first, const std::string& second) {
  return first + (first.empty() || second.empty() ? "" : "; ") + second;
}

}  // namespace

Result<Plan> make_plan(const TraceRequest& request, const Features& features) {
  RETURN_IF_ERROR(check_kernel(features));
  Plan plan;
  begin_settings(request, features, plan);
  std::string families_how;
  const auto add_family = [&](const FamilyRow& row) -> Result<void> {
    if (!plan.families.has(row.family)) return {};
    if (plan.settings.task_ends == 0) plan.settings.task_ends = row.ends;
    Result<std::string> how = row.plan(request, features, plan);
    if (!how) return how.error();
    families_how = joined(families_how, *how);
    return {};
  };
  for (const FamilyRow& row : kAllFamilies) RETURN_IF_ERROR(add_family(row));

  std::string hooks;
  for (const Probe& probe : kCatalog) {
    if (!is_wanted(probe, request, features, plan)) continue;
    if (!features.has(probe)) {
      if (is_dispensable(probe.need)) continue;
      return unsupported(
          fmt::format("this kernel ({}) lacks the hook {}, which {} needs; see: hoodtrace doctor",
                      features.kernel_release, probe.hook, name_of(probe.family)));
    }
    plan.probes.push_back(&probe);
    // Two families may share a hook.
    if (names_hooks(probe.family) && probe.attach != Attach::kIterator &&
        hooks.find(probe.hook) == std::string::npos)
      hooks += fmt::format("{}{}", hooks.empty() ? "" : ", ", probe.hook);
  }
  std::string_view ways = "tp_btf";
  if (plan.families.has(Family::kFaults))
    ways = plan.fault_tier == kTierFentry ? "fentry and tp_btf" : "tp_btf and perf software events";
  if (!hooks.empty())
    plan.how = fmt::format("{} ({}){}", hooks, ways,
                           plan.settings.direct_map != 0 ? ", and the page tables" : "");
  plan.how = joined(plan.how, families_how);

  if (plan.settings.exact_wait != 0 && !plan.wakers && plan.families == Families{Family::kSched} &&
      request.target.is_whole_system())
    plan.ring_bytes = ring_size(plan.ring_bytes / kFewShare, features);
  plan.settings.wake_bytes = static_cast<std::uint32_t>(plan.ring_bytes / HT_WAKE_SHARE);
  return plan;
}

}  // namespace hoodtrace
