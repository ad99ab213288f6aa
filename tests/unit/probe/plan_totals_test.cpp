// SPDX-License-Identifier: GPL-2.0-or-later
// What serve loads: its own programs and the names of cgroups, and no event of any task.

#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <string_view>

#include "probe/plan.hpp"

namespace hoodtrace {
namespace {

Features everything() {
  Features features;
#define HT_HAS(field, text) features.field = true;
  HT_FEATURES(HT_HAS)
#undef HT_HAS
  for (const Probe& probe : kCatalog) features.hooks.insert(probe.hook);
  features.kernel_release = "6.18.0";
  features.cpus = {4, 4, 4};
  features.pid_max = 32768;
  return features;
}

TraceRequest totals() {
  TraceRequest request;
  request.families.add(Family::kTotals);
  return request;
}

std::set<std::string_view> programs(const Plan& plan) {
  std::set<std::string_view> names;
  for (const Probe* probe : plan.probes) names.insert(probe->program);
  return names;
}

std::uint32_t entries(const Plan& plan, std::string_view map) {
  const auto found = std::find_if(plan.maps.begin(), plan.maps.end(),
                                  [map](const MapSize& size) { return size.map == map; });
  return found == plan.maps.end() ? 0 : found->entries;
}

TEST(PlanTotals, LoadsOnlyItsOwnProgramsAndTheNamesOfCgroups) {
  const Result<Plan> plan = make_plan(totals(), everything());
  ASSERT_TRUE(plan);
  for (const Probe* probe : plan->probes)
    EXPECT_TRUE(probe->family == Family::kTotals || probe->program == "on_cgroup_mkdir")
        << probe->program;
  EXPECT_TRUE(programs(*plan).contains("on_totals_switch"));
  EXPECT_TRUE(programs(*plan).contains("on_cgroup_mkdir"));
  // Every pid of this kernel has a place of its own.
  EXPECT_EQ(entries(*plan, "totals_tasks") * HT_TOTALS_WAYS, 32768U);
  EXPECT_EQ(plan->settings.totals_set_mask + 1, entries(*plan, "totals_tasks"));
}

TEST(PlanTotals, WhatIsNotAskedForIsNotLoaded) {
  TraceRequest request = totals();
  request.totals = {false, false, false};
  const Result<Plan> plan = make_plan(request, everything());
  ASSERT_TRUE(plan);
  EXPECT_FALSE(programs(*plan).contains("on_totals_fork"));
  EXPECT_FALSE(programs(*plan).contains("on_totals_added"));
  EXPECT_EQ(plan->settings.totals_pairs, 0U);
  EXPECT_EQ(entries(*plan, "totals_history"), 0U);
}

TEST(PlanTotals, AKernelWithoutSchedInfoIsRefused) {
  Features features = everything();
  features.sched_info = false;
  const Result<Plan> plan = make_plan(totals(), features);
  ASSERT_FALSE(plan);
  EXPECT_NE(plan.error().message.find("CONFIG_SCHED_INFO"), std::string::npos);
  EXPECT_EQ(plan.error().kind, ErrorKind::kUnsupported);
}

TEST(PlanTotals, AKernelWithoutAMemoryCgroupServesTheRestOfThePageCache) {
  Features features = everything();
  features.hooks.erase("mm_vmscan_memcg_reclaim_begin");
  const Result<Plan> plan = make_plan(totals(), features);
  ASSERT_TRUE(plan);
  EXPECT_FALSE(programs(*plan).contains("on_totals_memcg"));
  EXPECT_TRUE(programs(*plan).contains("on_totals_added"));
}

TEST(PlanTotals, FaultsAndRequestsAreSummedUpWithoutRecordsAndNames) {
  TraceRequest request = totals();
  request.families.add(Family::kFaults);
  request.families.add(Family::kDisk);
  const Result<Plan> plan = make_plan(request, everything());
  ASSERT_TRUE(plan);
  EXPECT_TRUE(programs(*plan).contains("on_fault_exit"));
  EXPECT_TRUE(programs(*plan).contains("on_rq_complete"));
  // Who slept for a request, and who dirtied what, goes into no sum.
  for (const char* program : {"on_disk_switch", "on_disk_waking", "on_disk_dirtied", "on_disk_exit",
                              "scan_disk_books", "on_task_newtask"})
    EXPECT_FALSE(programs(*plan).contains(program)) << program;
  EXPECT_EQ(plan->settings.totals, 1U);
  EXPECT_EQ(plan->settings.fault_groups, 0U);
  EXPECT_EQ(plan->settings.task_ends, unsigned{HT_ENDS_NONE});
  EXPECT_EQ(entries(*plan, "disk_requests"), unsigned{HT_DISK_REQUESTS});
  for (const char* map : {"named_files", "fault_rings", "disk_sleeps"})
    EXPECT_EQ(entries(*plan, map), 0U) << map;
}

TEST(PlanTotals, NoOtherFamilyLoadsItsPrograms) {
  TraceRequest request;
  request.families.add(Family::kSched);
  const Result<Plan> plan = make_plan(request, everything());
  ASSERT_TRUE(plan);
  for (const Probe* probe : plan->probes) EXPECT_NE(probe->family, Family::kTotals);
}

}  // namespace
}  // namespace hoodtrace
