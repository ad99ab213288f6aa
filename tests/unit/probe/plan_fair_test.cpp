// SPDX-License-Identifier: GPL-2.0-or-later
// What sched --fair loads, and what it says of a kernel that has less.

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

TraceRequest request_of(Family family) {
  TraceRequest request;
  request.families.add(family);
  return request;
}

std::set<std::string_view> programs(const Plan& plan) {
  std::set<std::string_view> names;
  for (const Probe* probe : plan.probes) names.insert(probe->program);
  return names;
}

TEST(PlanFair, ItComesWithTheSwitchesAndOnlyWhenAskedFor) {
  const Result<Plan> fair = make_plan(request_of(Family::kFair), everything());
  ASSERT_TRUE(fair);
  for (const char* program : {"on_sched_switch", "on_fair_switch", "on_fair_wakeup"})
    EXPECT_EQ(programs(*fair).count(program), 1U) << program;
  const Result<Plan> sched = make_plan(request_of(Family::kSched), everything());
  ASSERT_TRUE(sched);
  for (const char* program : {"on_fair_switch", "on_fair_wakeup"})
    EXPECT_EQ(programs(*sched).count(program), 0U) << program;
}

TEST(PlanFair, WhatAnOlderKernelLacksIsSaid) {
  Features features = everything();
  features.custom_slices = false;
  EXPECT_NE(make_plan(request_of(Family::kFair), features)->how.find("set by sched_setattr"),
            std::string::npos);
  features.slices = false;
  EXPECT_NE(make_plan(request_of(Family::kFair), features)->how.find("no slices, lag"),
            std::string::npos);
}

TEST(PlanFair, WithoutGroupsOfTasksItRefuses) {
  Features features = everything();
  features.fair_groups = false;
  const Result<Plan> plan = make_plan(request_of(Family::kFair), features);
  ASSERT_FALSE(plan);
  EXPECT_EQ(plan.error().kind, ErrorKind::kUnsupported);
}

}  // namespace
}  // namespace hoodtrace
