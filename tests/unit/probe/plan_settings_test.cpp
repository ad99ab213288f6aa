// SPDX-License-Identifier: GPL-2.0-or-later
// The settings and the map sizes of a plan.

#include <gtest/gtest.h>

#include <algorithm>
#include <cerrno>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <utility>

#include "probe/plan.hpp"
#include "probe/ring_sizes.hpp"

namespace hoodtrace {
namespace {

constexpr std::uint32_t kPidWords = HT_PID_LIMIT / 64;

// Two CPUs of four that are possible.
Features machine() {
  Features features;
#define HT_HAS(field, text) features.field = true;
  HT_FEATURES(HT_HAS)
#undef HT_HAS
  for (const Probe& probe : kCatalog) features.hooks.insert(probe.hook);
  features.preemptible_hooks = features.preemptible_functions = false;
  features.cpus = {.online = 2, .possible = 4, .end = 2};
  return features;
}

TraceRequest request(Families families) {
  TraceRequest request;
  request.families = families;
  return request;
}

Plan planned(const TraceRequest& request, const Features& features,
             const KernelFilter& filter = {}) {
  Result<Plan> plan = make_plan(request, features);
  EXPECT_TRUE(plan);
  EXPECT_TRUE(aim_plan(filter, features, *plan));
  return *plan;
}

std::map<std::string, std::uint32_t> sizes(const Plan& plan) {
  std::map<std::string, std::uint32_t> sizes;
  for (const MapSize& size : plan.maps)
    EXPECT_TRUE(sizes.emplace(size.map, size.entries).second) << size.map << " has two sizes";
  return sizes;
}

std::set<std::string> unused(const Plan& plan) {
  return {plan.unused_maps.begin(), plan.unused_maps.end()};
}

TEST(PlanSettings, SwitchesOfTheWholeSystemNeedNoFilterMaps) {
  const Plan plan = planned(request({Family::kSched}), machine());
  const std::uint32_t groups = (4 << 20) / 512;  // a group of 8 switches takes up to 512 bytes
  EXPECT_EQ(
      sizes(plan),
      (std::map<std::string, std::uint32_t>{
          {"rings", 4}, {"cpu_states", 4}, {"switch_rings", 4}, {"switch_slots", 2 * groups}}));
  EXPECT_EQ(plan.settings.switch_groups, groups);
  EXPECT_EQ(plan.settings.slot_cpus, 2U);
  EXPECT_EQ(plan.settings.filter, 0U);
  EXPECT_EQ(plan.ring_bytes, 1U << 20) << "births and names alone: a quarter";
  EXPECT_EQ(plan.settings.wake_bytes, (1U << 20) / HT_WAKE_SHARE);
  EXPECT_EQ(unused(plan), (std::set<std::string>{"fault_states", "user_cycles", "kernel_cycles",
                                                 "cycle_readings"}));
}

TEST(PlanSettings, OtherRecordsThanSwitchesHaveAWholeRing) {
  TraceRequest wakers = request({Family::kSched});
  wakers.wakers = true;
  EXPECT_EQ(planned(wakers, machine()).ring_bytes, 4U << 20);
  EXPECT_EQ(planned(request({Family::kSched, Family::kLife}), machine()).ring_bytes, 4U << 20);
  TraceRequest of_one = request({Family::kSched});
  of_one.target.pids = {1};
  EXPECT_EQ(planned(of_one, machine()).ring_bytes, 4U << 20);
}

TEST(PlanSettings, WakingsHaveARingOfTheirOwnWhereTheyAreRecorded) {
  EXPECT_EQ(planned(request({Family::kSched}), machine()).settings.waking_groups, 0U);
  TraceRequest wakers = request({Family::kSched});
  wakers.wakers = true;
  for (const TraceRequest& asked : {wakers, request({Family::kWhy})}) {
    const Plan plan = planned(asked, machine());
    EXPECT_EQ(plan.settings.waking_groups, plan.settings.switch_groups);
    EXPECT_EQ(sizes(plan)["waking_rings"], 4U) << "of every possible CPU";
    EXPECT_EQ(sizes(plan)["waking_slots"], 2 * plan.settings.waking_groups);
  }
}

TEST(PlanSettings, ATargetSizesTheFilterMaps) {
  KernelFilter filter;
  filter.self_pid = 99;
  filter.pids = {10, 11};
  filter.tids = {12};
  filter.follow = true;
  const Plan plan = planned(request({Family::kCache}), machine(), filter);
  EXPECT_EQ(sizes(plan),
            (std::map<std::string, std::uint32_t>{{"rings", 4},
                                                  {"cpu_states", 4},
                                                  {"named_files", HT_NAMED_SETS},
                                                  {"named_inodes", HT_NAMED_SETS},
                                                  {"touched_files", HT_TOUCHED_BITS / 64},
                                                  {"traced_tids", kPidWords},
                                                  {"target_pids", 3}}));
  EXPECT_EQ(plan.settings.filter, std::uint32_t{HT_FILTER_PID});
  EXPECT_EQ(plan.settings.self_pid, 99U);
  EXPECT_EQ(plan.settings.follow, 1U);
}

TEST(PlanSettings, CulpritsOfATargetAreRecordedPerCpuUnlessDisabled) {
  KernelFilter filter;
  filter.pids = {10};
  TraceRequest sched = request({Family::kSched});
  const Plan with = planned(sched, machine(), filter);
  EXPECT_EQ(with.settings.culprits, 1U);
  EXPECT_EQ(sizes(with)["history_of_cpu"], with.settings.slot_cpus);
  EXPECT_EQ(sizes(planned(sched, machine())).count("history_of_cpu"), 0U) << "no target";
  sched.culprits = false;
  const Plan without = planned(sched, machine(), filter);
  EXPECT_EQ(without.settings.culprits, 0U);
  EXPECT_EQ(sizes(without).count("history_of_cpu"), 0U);
}

TEST(PlanSettings, AGlobAndACgroupAreCopied) {
  KernelFilter filter;
  filter.comm_glob = "kw*";
  filter.cgroup_id = 77;
  const Plan plan = planned(request({Family::kSched}), machine(), filter);
  EXPECT_EQ(plan.settings.filter, std::uint32_t{HT_FILTER_COMM | HT_FILTER_CGROUP});
  EXPECT_STREQ(plan.settings.comm_glob, "kw*");
  EXPECT_EQ(plan.settings.cgroup_id, 77U);
  EXPECT_EQ(sizes(plan)["target_pids"], 1U) << "a map of no entries cannot be made";
}

TEST(PlanSettings, AGlobOfTheLimitIsRefusedAndAShorterOneIsNot) {
  KernelFilter filter;
  filter.comm_glob = std::string(HT_GLOB_LEN - 1, 'x');
  Plan plan = planned(request({Family::kSched}), machine());
  EXPECT_TRUE(aim_plan(filter, machine(), plan));
  filter.comm_glob += 'x';
  const Result<void> refused = aim_plan(filter, machine(), plan);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().kind, ErrorKind::kUsage);
}

TEST(PlanSettings, TheFirstLoadedFamilyOfTheTableRecordsTheEnds) {
  const auto ends = [](Families families) {
    return planned(request(families), machine()).settings.task_ends;
  };
  EXPECT_EQ(ends({Family::kSched, Family::kLife, Family::kFaults, Family::kCache}),
            std::uint32_t{HT_ENDS_SCHED});
  EXPECT_EQ(ends({Family::kLife, Family::kFaults, Family::kCache}), std::uint32_t{HT_ENDS_LIFE});
  EXPECT_EQ(ends({Family::kFaults, Family::kCache}), std::uint32_t{HT_ENDS_FAULTS});
  EXPECT_EQ(ends({Family::kCache}), std::uint32_t{HT_ENDS_EXIT});
}

TEST(PlanSettings, FaultsHaveGroupsOnlyWhereOneProgramWritesThem) {
  Features features = machine();
  TraceRequest faults = request({Family::kFaults});
  faults.fault_tier = FaultTier::kFentry;
  EXPECT_EQ(planned(faults, features).settings.fault_groups, 0U)
      << "fentry's programs may be preempted";
  features.functions.preempt_disable = 17;
  const Plan plan = planned(faults, features);
  EXPECT_EQ(plan.settings.fault_groups, (4U << 20) / 512);
  EXPECT_EQ(sizes(plan)["fault_slots"], 2 * plan.settings.fault_groups);
  EXPECT_EQ(unused(plan),
            (std::set<std::string>{"user_cycles", "kernel_cycles", "cycle_readings"}));
}

TEST(PlanSettings, ThePageSizeIsTheKernels) {
  Features features = machine();
  EXPECT_EQ(planned(request({Family::kCache}), features).settings.page_shift, 12U);
  features.page_bytes = 65536;
  EXPECT_EQ(planned(request({Family::kCache}), features).settings.page_shift, 16U);
}

TEST(PlanSettings, MoreCpusThanTheTablesHoldAreRefused) {
  Features features = machine();
  features.cpus.possible = HT_CPU_LIMIT + 1;
  EXPECT_FALSE(make_plan(request({Family::kSched}), features));
  features.cpus.possible = HT_CPU_LIMIT;
  EXPECT_TRUE(make_plan(request({Family::kSched}), features));
}

TEST(RingSizes, ArePowersOfTwoOfWholePagesAndStayInABudget) {
  Features features;
  features.cpus.online = 2;
  EXPECT_EQ(ring_size(0, features), 4U << 20);
  features.cpus.online = 100;
  EXPECT_EQ(ring_size(0, features), 512U << 10);
  EXPECT_EQ(ring_size(3'000'000, features), 2U << 20);
  EXPECT_EQ(ring_size(1, features), 4096U);
  features.page_bytes = 65536;
  EXPECT_EQ(ring_size(1, features), 65536U);
}

TEST(PlanSettings, CyclesAreReadBeforeTheSwitchIsRecorded) {
  TraceRequest asked = request({Family::kWhy});
  asked.cycles = true;
  const Plan plan = planned(asked, machine());
  EXPECT_TRUE(plan.cycles);
  EXPECT_EQ(sizes(plan).at("user_cycles"), 4U);
  EXPECT_EQ(sizes(plan).at("kernel_cycles"), 4U);
  const auto place = [&](std::string_view program) {
    return std::find_if(plan.probes.begin(), plan.probes.end(),
                        [&](const Probe* probe) { return probe->program == program; });
  };
  EXPECT_NE(place("on_cycles_tick"), plan.probes.end());
  EXPECT_LT(place("on_cycles_switch"), place("on_sched_switch"));

  const Plan without = planned(request({Family::kWhy}), machine());
  EXPECT_FALSE(sizes(without).contains("user_cycles"));
  EXPECT_TRUE(unused(without).contains("user_cycles"));
  EXPECT_FALSE(unused(plan).contains("user_cycles"));
  for (const Probe* probe : without.probes) EXPECT_NE(probe->need, Need::kCycles);
}

TEST(PlanSettings, CyclesNeedAPmu) {
  TraceRequest asked = request({Family::kWhy});
  asked.cycles = true;
  Features features = machine();
  features.cycles = false;
  for (const auto& [error, words] :
       {std::pair(ENOENT, "this machine shows none"), std::pair(EACCES, "not permitted")}) {
    features.cycles_error = error;
    const Result<Plan> plan = make_plan(asked, features);
    ASSERT_FALSE(plan);
    EXPECT_EQ(plan.error().kind, ErrorKind::kUnsupported);
    EXPECT_NE(plan.error().message.find("leave out --cycles"), std::string::npos);
    EXPECT_NE(plan.error().message.find(words), std::string::npos) << plan.error().message;
  }
}

}  // namespace
}  // namespace hoodtrace
