// SPDX-License-Identifier: GPL-2.0-or-later
// The probe families: one row each. A new one adds an enumerator, a row, and the function that
// plans it.
#pragma once

#include <array>
#include <cstdint>
#include <initializer_list>
#include <span>
#include <string>
#include <string_view>

#include "base/result.hpp"
#include "task_ends.h"

namespace hoodtrace {

struct Features;
struct Plan;
struct TraceRequest;

// kTasks (who the tasks are) is always loaded, except with kTotals: sums in the kernel, for serve. Of the
// others, kFaults and kDisk go with kTotals: their programs then add to the sums and make no records.
enum class Family : std::uint8_t {
  kTasks,
  kSched,
  kLife,
  kFaults,
  kCache,
  kWhy,
  kDisk,
  kFair,
  kQuota,
  kIrq,
  kRealtime,
  kLoad,
  kCpus,
  kTotals
};

// A set of families.
class Families {
 public:
  constexpr Families() = default;
  constexpr Families(std::initializer_list<Family> families) {
    for (const Family family : families) add(family);
  }
  constexpr void add(Family family) { bits_ |= bit(family); }
  [[nodiscard]] constexpr bool has(Family family) const { return (bits_ & bit(family)) != 0; }
  friend constexpr bool operator==(const Families&, const Families&) = default;

 private:
  static constexpr std::uint32_t bit(Family family) {
    return std::uint32_t{1} << static_cast<unsigned>(family);
  }

  std::uint32_t bits_ = 0;
};

// A family's part of the plan: it refuses when the kernel lacks what the family needs, adds its
// settings and map sizes, and returns a few words on how it measures (empty = the hooks suffice).
// probe/plan_NAME.cpp
using FamilyPlan = Result<std::string>(const TraceRequest&, const Features&, Plan&);
FamilyPlan plan_sched;
FamilyPlan plan_procs;
FamilyPlan plan_faults;
FamilyPlan plan_cache;
FamilyPlan plan_why;
FamilyPlan plan_disk;
FamilyPlan plan_totals;
FamilyPlan plan_fair;
FamilyPlan plan_quota;
FamilyPlan plan_irq;
FamilyPlan plan_realtime;
FamilyPlan plan_load;
FamilyPlan plan_cpus;

struct FamilyRow {
  Family family;
  std::string_view name;  // as typed by a user
  std::uint32_t ends;     // HT_ENDS_*: which of its programs records the ends of tasks
  bool names_hooks;       // in the line that says how hoodtrace measures
  FamilyPlan* plan;
  bool only_named = false;  // record and export have it only when it is asked for by its name
};

// The order matters: of the families that are loaded, the first one's `ends` is used.
inline constexpr std::array kAllFamilies = {
    FamilyRow{Family::kTotals, "serve", HT_ENDS_NONE, false, plan_totals},
    FamilyRow{Family::kSched, "sched", HT_ENDS_SCHED, true, plan_sched},
    FamilyRow{Family::kLife, "procs", HT_ENDS_LIFE, true, plan_procs},
    FamilyRow{Family::kFaults, "faults", HT_ENDS_FAULTS, true, plan_faults},
    FamilyRow{Family::kCache, "cache", HT_ENDS_EXIT, false, plan_cache},
    FamilyRow{Family::kWhy, "why", HT_ENDS_EXIT, false, plan_why, true},
    FamilyRow{Family::kDisk, "disk", HT_ENDS_EXIT, false, plan_disk, true},
    FamilyRow{Family::kFair, "fair", HT_ENDS_EXIT, false, plan_fair, true},
    FamilyRow{Family::kQuota, "quota", HT_ENDS_EXIT, false, plan_quota, true},
    FamilyRow{Family::kIrq, "irq", HT_ENDS_EXIT, false, plan_irq, true},
    FamilyRow{Family::kRealtime, "realtime", HT_ENDS_EXIT, false, plan_realtime, true},
    FamilyRow{Family::kLoad, "load", HT_ENDS_EXIT, false, plan_load, true},
    FamilyRow{Family::kCpus, "cpus", HT_ENDS_EXIT, false, plan_cpus, true},
};

// Those that make records, and that a user may name: all but the first, which only `serve` has.
inline constexpr std::span kFamilies = std::span(kAllFamilies).subspan<1>();
static_assert(kAllFamilies.front().family == Family::kTotals);

// With those that they build on: they explain the switches, or the sleeps between them.
constexpr Families with_needed(Families families) {
  for (const Family family : {Family::kWhy, Family::kFair, Family::kQuota, Family::kIrq,
                              Family::kRealtime, Family::kLoad, Family::kCpus})
    if (families.has(family)) families.add(Family::kSched);
  return families;
}

// Switches on the family of that name; false when there is none.
inline bool name_family(std::string_view word, Families& families) {
  for (const FamilyRow& family : kFamilies) {
    if (family.name != word) continue;
    families.add(family.family);
    return true;
  }
  return false;
}

}  // namespace hoodtrace
