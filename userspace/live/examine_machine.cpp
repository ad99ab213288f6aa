// SPDX-License-Identifier: GPL-2.0-or-later
#include "live/examine_machine.hpp"

#include <sys/resource.h>
#include <unistd.h>

#include <filesystem>

#include "live/bpf_object.hpp"
#include "live/capabilities.hpp"
#include "live/cycle_counters.hpp"
#include "live/detect_features.hpp"
#include "live/seccomp_filter.hpp"
#include "probe/family_table.hpp"
#include "probe/plan.hpp"
#include "probe/ring_sizes.hpp"

namespace hoodtrace {
namespace {

// Loads, attaches and detaches a family's programs.
FamilyFact try_family(const FamilyRow& family, const Features& features,
                      const std::string& btf_path) {
  FamilyFact fact;
  fact.name = family.name;
  TraceRequest request;
  request.families.add(family.family);
  request.ring_bytes = 64 * 1024;
  Result<Plan> plan = make_plan(request, features);
  if (!plan) {
    fact.error = plan.error().message;
    return fact;
  }
  fact.how = plan->how;
  // A target that matches no task: the trial records nothing.
  KernelFilter nobody;
  nobody.pids.push_back(static_cast<std::uint32_t>(::getpid()));
  if (const Result<void> aimed = aim_plan(nobody, features, *plan); !aimed) {
    fact.error = aimed.error().message;
    return fact;
  }
  const Result<std::unique_ptr<BpfObject>> object = BpfObject::load(*plan, nobody, btf_path);
  if (!object) {
    fact.error = object.error().message;
    return fact;
  }
  if (const Result<void> attached = (*object)->attach(); !attached)
    fact.error = attached.error().message;
  return fact;
}

std::uint64_t all_rings_bytes(const Features& features) {
  TraceRequest request;
  for (const FamilyRow& family : kFamilies) request.families.add(family.family);
  const Result<Plan> plan = make_plan(request, features);
  if (!plan) return 0;
  const ht_settings& settings = plan->settings;
  const std::uint64_t of_cpu = settings.switch_groups * sizeof(ht_switch_group) +
                               settings.fault_groups * sizeof(ht_fault_group) +
                               settings.waking_groups * sizeof(ht_waking_group);
  return plan->ring_bytes * features.cpus.online + of_cpu * settings.slot_cpus;
}

// As `cmake --install` places them: PREFIX/bin/hoodtrace, PREFIX/libexec/hoodtrace/grant-group.
void find_installed(MachineFacts& facts) {
  std::error_code error;
  const std::filesystem::path program = std::filesystem::read_symlink("/proc/self/exe", error);
  if (error) return;
  facts.program = program;
  const std::filesystem::path script =
      program.parent_path().parent_path() / "libexec/hoodtrace/grant-group";
  if (std::filesystem::exists(script, error)) facts.grant_group = script;
}

}  // namespace

Result<MachineFacts> examine_machine(const std::string& btf_path) {
  MachineFacts facts;
  Result<Features> features = detect_features(btf_path, {Family::kFaults, Family::kDisk});
  if (!features) return features.error();
  facts.features = *features;
  facts.features.cycles = try_cycle_counters() == 0;
  facts.btf_source = btf_path.empty() ? "/sys/kernel/btf/vmlinux" : btf_path;
  for (const NeededCapability& needed : needed_capabilities())
    facts.capabilities.push_back(
        {needed.name, needed.purpose, needed.required, has_capability(needed.number)});
  facts.is_root = ::geteuid() == 0;
  facts.is_in_user_namespace = !is_in_initial_user_namespace();
  facts.seccomp_refuses_bpf = seccomp_refuses_bpf();
  facts.lockdown = facts.features.lockdown;
  rlimit limit{};
  if (::getrlimit(RLIMIT_MEMLOCK, &limit) == 0) facts.memlock_bytes = limit.rlim_cur;
  facts.cpus_online = facts.features.cpus.online;
  facts.cpus_possible = facts.features.cpus.possible;
  facts.ring_bytes = ring_size(0, facts.features);
  facts.all_rings_bytes = all_rings_bytes(facts.features);
  find_installed(facts);
  facts.clock = "boottime (CLOCK_BOOTTIME)";
  for (const FamilyRow& family : kFamilies)
    facts.families.push_back(try_family(family, facts.features, btf_path));
  return facts;
}

}  // namespace hoodtrace
