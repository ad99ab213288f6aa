// SPDX-License-Identifier: GPL-2.0-or-later
#include "view/doctor_view.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <set>
#include <string_view>
#include <vector>

#include "base/units.hpp"

namespace hoodtrace {
namespace {

struct FeatureLine {
  std::string key;
  std::string text;
  bool there;
};

std::vector<FeatureLine> feature_lines(const Features& features) {
  std::vector<FeatureLine> lines;
  std::set<std::string_view> seen;  // two programs may share a hook
  for (const Probe& probe : kCatalog) {
    if (probe.attach != Attach::kTracepoint || !seen.insert(probe.hook).second) continue;
    lines.push_back({probe.key.empty() ? fmt::format("tp_{}", probe.hook) : std::string(probe.key),
                     fmt::format("tracepoint {} (tp_btf)", probe.hook), features.has(probe)});
  }
#define HT_FEATURE_LINE(field, text) lines.push_back({#field, text, features.field});
  HT_FEATURES(HT_FEATURE_LINE)
#undef HT_FEATURE_LINE
  return lines;
}

// As setcap names them: cap_bpf.
std::vector<std::string> missing_capabilities(const MachineFacts& facts) {
  std::vector<std::string> names;
  for (const CapabilityFact& fact : facts.capabilities) {
    if (fact.held) continue;
    names.push_back(fact.name);
    for (char& c : names.back()) c = static_cast<char>(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
  }
  return names;
}

// How to get the capabilities that are missing.
std::vector<std::string> capability_steps(const MachineFacts& facts) {
  const std::vector<std::string> missing = missing_capabilities(facts);
  if (missing.empty()) return {};
  if (facts.is_in_user_namespace)
    return {
        "root of a user namespace has no capability outside of it, as in a rootless container: run "
        "it as root of the machine"};
  // sudo and setcap give root nothing that a container took from it.
  if (facts.is_root)
    return {fmt::format(
        "root lacks capabilities, as in a container: start it with --cap-add {}, or with "
        "--privileged",
        fmt::join(missing, " --cap-add "))};
  std::vector<std::string> steps = {
      fmt::format("run with sudo, or: sudo setcap {}+ep {}", fmt::join(missing, ","),
                  facts.program.empty() ? "$(command -v hoodtrace)" : facts.program)};
  if (!facts.grant_group.empty())
    steps.push_back(
        fmt::format("or, for members of the group hoodtrace: sudo {}", facts.grant_group));
  return steps;
}

// How to get what is missing; empty if nothing is.
std::vector<std::string> next_steps(const MachineFacts& facts) {
  std::vector<std::string> steps = capability_steps(facts);
  if (facts.seccomp_refuses_bpf)
    steps.insert(
        steps.begin(),
        fmt::format("a seccomp filter refuses bpf(2), as in a container: {}", kStepPastSeccomp));
  return steps;
}

std::string next_steps_text(const MachineFacts& facts) {
  std::string out;
  for (const std::string& step : next_steps(facts)) out += fmt::format("  next step: {}\n", step);
  return out;
}

std::string memlock_text(std::uint64_t bytes) {
  return bytes == ~0ULL ? "unlimited" : format_bytes(bytes);
}

}  // namespace

std::string doctor_text(const MachineFacts& facts) {
  std::string out = "families\n";
  for (const FamilyFact& fact : facts.families) {
    out += fmt::format("  {:<7} {}\n", fact.name,
                       fact.error.empty() ? "works: loaded, attached and detached just now"
                                          : "does not work here: " + fact.error);
    if (!fact.how.empty()) out += fmt::format("          {}\n", fact.how);
  }
  out += next_steps_text(facts);
  out += fmt::format("\nkernel      {}\n", facts.features.kernel_release);
  out += fmt::format("BTF         {}\n",
                     facts.features.btf ? facts.btf_source : "none: give a file with --btf FILE");
  out += fmt::format("clock       {}\n", facts.clock);
  out +=
      fmt::format("CPUs        {} online, {} possible\n", facts.cpus_online, facts.cpus_possible);
  out += fmt::format(
      "rings       {} per online CPU, and as much for switches and for faults{} "
      "(--buffer SIZE changes it)\n",
      format_bytes(facts.ring_bytes),
      facts.all_rings_bytes == 0
          ? ""
          : fmt::format("; with all families {} in all", format_bytes(facts.all_rings_bytes)));
  out +=
      fmt::format("memlock     {}{}\n", memlock_text(facts.memlock_bytes),
                  facts.memlock_bytes == ~0ULL ? "" : " (counts for BPF only before Linux 5.11)");
  if (!facts.lockdown.empty())
    out += fmt::format("lockdown    {}{}\n", facts.lockdown,
                       facts.lockdown == "confidentiality"
                           ? ": kernel memory must not be read, so nothing can be traced"
                           : "");
  out += "\nprivileges\n";
  for (const CapabilityFact& fact : facts.capabilities)
    out += fmt::format("  {}  {:<20} {}\n", fact.held ? "yes" : (fact.required ? "NO " : "no "),
                       fact.name, fact.purpose);
  out += "\nthis kernel has\n";
  for (const FeatureLine& line : feature_lines(facts.features))
    out += fmt::format("  {}  {}\n", line.there ? "yes" : "no ", line.text);
  return out;
}

Json doctor_json(const MachineFacts& facts) {
  Json features = Json::object();
  for (const FeatureLine& line : feature_lines(facts.features)) features[line.key] = line.there;
  Json capabilities = Json::array();
  for (const CapabilityFact& fact : facts.capabilities)
    capabilities.push_back({{"name", fact.name},
                            {"purpose", fact.purpose},
                            {"required", fact.required},
                            {"held", fact.held}});
  Json families = Json::object();
  for (const FamilyFact& fact : facts.families)
    families[fact.name] = {{"works", fact.error.empty()},
                           {"how", fact.how.empty() ? Json(nullptr) : Json(fact.how)},
                           {"error", fact.error.empty() ? Json(nullptr) : Json(fact.error)}};
  return {
      {"schema", "hoodtrace.doctor/1"},
      {"kernel", facts.features.kernel_release},
      {"btf", facts.features.btf ? Json(facts.btf_source) : Json(nullptr)},
      {"clock", facts.clock},
      {"cpus_online", facts.cpus_online},
      {"cpus_possible", facts.cpus_possible},
      {"ring_bytes", facts.ring_bytes},
      {"all_rings_bytes", facts.all_rings_bytes == 0 ? Json(nullptr) : Json(facts.all_rings_bytes)},
      {"memlock_bytes", facts.memlock_bytes == ~0ULL ? Json(nullptr) : Json(facts.memlock_bytes)},
      {"lockdown", facts.lockdown.empty() ? Json(nullptr) : Json(facts.lockdown)},
      {"seccomp_refuses_bpf", facts.seccomp_refuses_bpf},
      {"capabilities", capabilities},
      {"features", features},
      {"families", families},
      {"next_steps", next_steps(facts)}};
}

}  // namespace hoodtrace
