// SPDX-License-Identifier: GPL-2.0-or-later
// What sched --quota, --irq, --realtime and --by cpu load, and that nothing else loads it.

#include <gtest/gtest.h>

#include <set>

#include "events.h"
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
  return features;
}

std::set<std::string_view> programs_of(Family family, const Features& features) {
  TraceRequest request;
  request.families.add(family);
  const Result<Plan> plan = make_plan(request, features);
  std::set<std::string_view> names;
  if (plan)
    for (const Probe* probe : plan->probes) names.insert(probe->program);
  return names;
}

TEST(PlanSchedTables, SchedAloneLoadsNoneOfThem) {
  const auto sched = programs_of(Family::kSched, everything());
  for (const char* program : {"on_quota_switch", "on_irq_switch", "on_softirq_exit",
                              "on_realtime_switch", "on_queue_switch", "on_sched_migrate_task",
                              "scan_quotas", "on_mmap_wait", "on_mmap_waited"})
    EXPECT_EQ(sched.count(program), 0U) << program;
}

TEST(PlanSchedTables, EachComesWithTheSwitches) {
  EXPECT_EQ(programs_of(Family::kQuota, everything()).count("scan_quotas"), 1U);
  EXPECT_EQ(programs_of(Family::kIrq, everything()).count("on_local_timer_exit"), 1U);
  EXPECT_EQ(programs_of(Family::kRealtime, everything()).count("on_realtime_switch"), 1U);
  EXPECT_EQ(programs_of(Family::kCpus, everything()).count("on_sched_migrate_task"), 1U);
  EXPECT_EQ(programs_of(Family::kLoad, everything()).count("on_mmap_waited"), 1U);
  for (const Family family :
       {Family::kQuota, Family::kIrq, Family::kRealtime, Family::kLoad, Family::kCpus})
    EXPECT_EQ(programs_of(family, everything()).count("on_sched_switch"), 1U);
}

TEST(PlanSchedTables, WithoutQuotasItRefuses) {
  Features features = everything();
  features.quotas = false;
  TraceRequest request;
  request.families.add(Family::kQuota);
  const Result<Plan> plan = make_plan(request, features);
  ASSERT_FALSE(plan);
  EXPECT_EQ(plan.error().kind, ErrorKind::kUnsupported);
}

TEST(PlanSchedTables, WhatAKernelLacksIsSaid) {
  Features features = everything();
  features.hooks.erase("local_timer_entry");
  features.hooks.erase("local_timer_exit");
  features.steal_time = false;
  features.rt_share = false;
  TraceRequest request;
  request.families = {Family::kIrq, Family::kRealtime};
  const Result<Plan> plan = make_plan(request, features);
  ASSERT_TRUE(plan);
  EXPECT_NE(plan->how.find("timer, IPI"), std::string::npos) << plan->how;
  EXPECT_NE(plan->how.find("does not count stolen time"), std::string::npos) << plan->how;
  EXPECT_NE(plan->how.find("fair server"), std::string::npos) << plan->how;
}

}  // namespace
}  // namespace hoodtrace
