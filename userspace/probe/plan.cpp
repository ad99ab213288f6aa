#include "probe/plan.hpp"

#include <fmt/format.h>

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
  }
  return false;
}

}  // namespace

Result<Plan> make_plan(const TraceRequest& request, const Features& features) {
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
  plan.switch_state_arg = features.switch_state_arg;
  plan.exit_last_arg = features.exit_last_arg;
  plan.failed_execs = request.families.life && request.failed_execs;
  plan.all_switches = !plan.exact_wait;
  std::string hooks;
  for (const Probe& probe : kCatalog) {
    if (!serves(probe, request)) continue;
    if (probe.need == Need::kWakers && !plan.wakers) continue;
    if (probe.need == Need::kFailures && !request.failed_execs) continue;
    if (!(features.*probe.exists)) {
      if (probe.need == Need::kWanted) continue;
      return unsupported(
          fmt::format("this kernel ({}) lacks the hook {}, which {} needs; see: hoodtrace doctor",
                      features.kernel_release, probe.hook, name_of(probe.family)));
    }
    plan.probes.push_back(&probe);
    // Two families may share a hook.
    if (probe.family != Family::kTasks && probe.hook != "iter/task" &&
        hooks.find(probe.hook) == std::string::npos) {
      if (!hooks.empty()) hooks += ", ";
      hooks += probe.hook;
    }
  }
  plan.how = fmt::format("{} (tp_btf)", hooks);
  if (request.families.sched)
    plan.how = fmt::format("{} (tp_btf); waits {}", hooks,
                           plan.exact_wait ? "from the kernel's own books (sched_info)"
                                           : "from stamps at wake-ups and preemptions");
  return plan;
}

}  // namespace hoodtrace
