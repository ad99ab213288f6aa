// SPDX-License-Identifier: GPL-2.0-or-later
// What is wanted × what exists → which programs to load, with which settings and map sizes, or a
// clear refusal. Pure: live/bpf_object only applies it.
//
// Two steps, for a command is started only when nothing refuses: make_plan(), then aim_plan() with
// the target's numbers.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "probe/catalog.hpp"
#include "probe/features.hpp"
#include "probe/kernel_filter.hpp"
#include "probe/trace_request.hpp"
#include "settings.h"

namespace hoodtrace {

struct MapSize {
  const char* map;
  std::uint32_t entries;
};

struct Plan {
  std::vector<const Probe*> probes;  // in the order of attaching
  ht_settings settings{};
  std::vector<MapSize> maps;             // of the maps that need more than their one entry
  std::vector<MapSize> maps_of_target;   // the same, needed only when not every task is traced
  std::vector<const char*> unused_maps;  // not to be created
  std::uint64_t ring_bytes = 0;          // of one CPU's ring buffer
  unsigned fault_tier = kAnyTier;        // tier of page-fault hooks
  Families families;
  bool wakers = false;            // waking and wakeup are recorded
  bool failed_execs = false;      // they are recorded
  bool cycles = false;            // in user mode and in the kernel are counted
  std::uint32_t cache_scope = 0;  // HT_CACHE_*: what this kernel reports of the page cache
  std::uint32_t disk_scope = 0;   // HT_DISK_*: what this kernel reports of block requests
  KernelFunctions functions;
  std::string how;  // one line for a person: the hooks, and why these

  // Who begins to wake whom is recorded.
  [[nodiscard]] bool has_wakings() const { return wakers || families.has(Family::kWhy); }
  // Every migration is.
  [[nodiscard]] bool has_moves() const { return wakers || families.has(Family::kCpus); }
};

Result<Plan> make_plan(const TraceRequest& request, const Features& features);

// Whom the programs trace.
Result<void> aim_plan(const KernelFilter& filter, const Features& features, Plan& plan);

}  // namespace hoodtrace
