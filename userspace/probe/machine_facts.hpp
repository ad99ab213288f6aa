// SPDX-License-Identifier: GPL-2.0-or-later
// What doctor finds out about a machine; plain data.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "probe/features.hpp"

namespace hoodtrace {

// What to do where a seccomp filter refuses bpf(2).
inline constexpr std::string_view kStepPastSeccomp =
    "start it with --security-opt seccomp=unconfined, or with --privileged";

struct CapabilityFact {
  std::string name;
  std::string purpose;
  bool required = false;
  bool held = false;
};

// What one family can do here.
struct FamilyFact {
  std::string name;
  std::string how;    // the hooks that the plan chose, and why these; empty = no plan
  std::string error;  // why it does not work: no plan, or the trial (load, attach) failed
};

struct MachineFacts {
  Features features;
  std::string btf_source;  // the file
  std::vector<CapabilityFact> capabilities;
  bool is_root = false;  // the effective user, which in a container may lack capabilities
  bool is_in_user_namespace = false;  // not the initial one: it holds no capability of the machine
  bool seccomp_refuses_bpf = false;   // though no required capability is missing
  std::string lockdown;  // "none", "integrity", "confidentiality"; empty = no such thing here
  std::uint64_t memlock_bytes = 0;  // soft limit; all ones = unlimited
  std::uint32_t cpus_online = 0;
  std::uint32_t cpus_possible = 0;
  std::uint64_t ring_bytes = 0;  // per online CPU, by default
  std::string clock;
  std::string program;      // path of this hoodtrace; empty = not known
  std::string grant_group;  // path of the script that lets a group trace; empty = not installed
  std::vector<FamilyFact> families;
  std::uint64_t all_rings_bytes = 0;  // of a recording of all families; 0 = no plan for it

  // Null when there is none of that name.
  [[nodiscard]] const FamilyFact* family(std::string_view name) const {
    for (const FamilyFact& fact : families)
      if (fact.name == name) return &fact;
    return nullptr;
  }
};

}  // namespace hoodtrace
