#include "live/examine_machine.hpp"

#include <bpf/libbpf.h>
#include <sys/resource.h>
#include <unistd.h>

#include <fstream>

#include "live/bpf_object.hpp"
#include "live/capabilities.hpp"
#include "live/detect_features.hpp"
#include "probe/plan.hpp"

namespace hoodtrace {
namespace {

// "none [integrity] confidentiality": the one in brackets is in force.
std::string read_lockdown() {
  std::ifstream file("/sys/kernel/security/lockdown");
  std::string word;
  while (file >> word)
    if (word.size() > 2 && word.front() == '[') return word.substr(1, word.size() - 2);
  return {};
}

// Loads, attaches and detaches sched's programs. What went wrong, or nothing.
std::string try_sched(const Features& features, const std::string& btf_path) {
  TraceRequest request;
  request.families.sched = true;
  request.btf_path = btf_path;
  request.ring_bytes = 64 * 1024;
  const Result<Plan> plan = make_plan(request, features);
  if (!plan) return plan.error().message;
  // A target of nobody: the trial records nothing of the system.
  KernelFilter nobody;
  nobody.pids.push_back(static_cast<std::uint32_t>(::getpid()));
  const Result<std::unique_ptr<BpfObject>> object = BpfObject::load(*plan, request, nobody);
  if (!object) return object.error().message;
  const Result<void> attached = (*object)->attach();
  return attached ? std::string() : attached.error().message;
}

}  // namespace

Result<MachineFacts> examine_machine(const std::string& btf_path) {
  MachineFacts facts;
  Result<Features> features = detect_features(btf_path);
  if (!features) return features.error();
  facts.features = *features;
  facts.btf_source = btf_path.empty() ? "/sys/kernel/btf/vmlinux" : btf_path;
  for (const NeededCapability& needed : needed_capabilities())
    facts.capabilities.push_back(
        {needed.name, needed.purpose, needed.required, has_capability(needed.number)});
  facts.lockdown = read_lockdown();
  rlimit limit{};
  if (::getrlimit(RLIMIT_MEMLOCK, &limit) == 0) facts.memlock_bytes = limit.rlim_cur;
  facts.cpus_online = static_cast<std::uint32_t>(::sysconf(_SC_NPROCESSORS_ONLN));
  facts.cpus_possible = static_cast<std::uint32_t>(libbpf_num_possible_cpus());
  facts.ring_bytes = default_ring_bytes();
  facts.clock = "boottime (CLOCK_BOOTTIME)";
  facts.trial_error = try_sched(facts.features, btf_path);
  return facts;
}

}  // namespace hoodtrace
