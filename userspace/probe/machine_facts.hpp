// What doctor finds out about a machine; plain data.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "probe/features.hpp"

namespace hoodtrace {

struct CapabilityFact {
  std::string name;
  std::string purpose;
  bool required = false;
  bool held = false;
};

struct MachineFacts {
  Features features;
  std::string btf_source;  // the file
  std::vector<CapabilityFact> capabilities;
  std::string lockdown;  // "none", "integrity", "confidentiality"; empty = no such thing here
  std::uint64_t memlock_bytes = 0;  // soft limit; all ones = unlimited
  std::uint32_t cpus_online = 0;
  std::uint32_t cpus_possible = 0;
  std::uint64_t ring_bytes = 0;  // per online CPU, by default
  std::string clock;
  // Empty when a trial run of sched's programs (load, attach, detach) went well; else why not.
  std::string trial_error;
};

}  // namespace hoodtrace
