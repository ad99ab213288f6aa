// SPDX-License-Identifier: GPL-2.0-or-later
// What the disk family loads, and what it says of a kernel that has less.

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
  features.block.iomap_end_io = 0xffffffff81000000;
  return features;
}

TraceRequest disk() {
  TraceRequest request;
  request.families.add(Family::kDisk);
  return request;
}

std::set<std::string_view> programs(const Plan& plan) {
  std::set<std::string_view> names;
  for (const Probe* probe : plan.probes) names.insert(probe->program);
  return names;
}

TEST(PlanDisk, ANewKernelBeginsAtBlockIoStart) {
  const Result<Plan> plan = make_plan(disk(), everything());
  ASSERT_TRUE(plan);
  EXPECT_EQ(plan->disk_scope,
            std::uint32_t{HT_DISK_EXACT_DONE | HT_DISK_DIRTIES | HT_DISK_DIRECT_FILES});
  EXPECT_EQ(programs(*plan).count("on_io_start"), 1U);
  EXPECT_EQ(programs(*plan).count("on_getrq"), 0U);
  EXPECT_EQ(plan->settings.disk_io_done, 1U);
  EXPECT_EQ(plan->how.find("not known"), std::string::npos) << plan->how;
}

TEST(PlanDisk, AnOldKernelBeginsAtBlockGetrqAndEndsAtComplete) {
  Features features = everything();
  features.hooks.erase("block_io_start");
  features.hooks.erase("block_io_done");
  const Result<Plan> plan = make_plan(disk(), features);
  ASSERT_TRUE(plan);
  EXPECT_EQ(programs(*plan).count("on_getrq"), 1U);
  EXPECT_EQ(plan->settings.disk_io_start, 0U);
  EXPECT_EQ(plan->settings.disk_io_done, 0U);
  EXPECT_EQ(plan->disk_scope & HT_DISK_EXACT_DONE, 0U);
}

TEST(PlanDisk, EverySystemCallIsHookedOnlyForSyncs) {
  TraceRequest request = disk();
  const Result<Plan> without = make_plan(request, everything());
  request.syncs = true;
  const Result<Plan> with = make_plan(request, everything());
  ASSERT_TRUE(without && with);
  EXPECT_EQ(programs(*without).count("on_sync_enter"), 0U);
  EXPECT_EQ(programs(*with).count("on_sync_enter"), 1U);
  EXPECT_NE(with->disk_scope & HT_DISK_SYNCS, 0U);
}

TEST(PlanDisk, WithThePageCachePagesAreReportedDirtiedOnce) {
  TraceRequest request = disk();
  EXPECT_EQ(programs(*make_plan(request, everything())).count("on_disk_dirtied"), 1U);
  request.families.add(Family::kCache);
  EXPECT_EQ(programs(*make_plan(request, everything())).count("on_disk_dirtied"), 0U);
}

TEST(PlanDisk, WhatAKernelDoesNotReportIsSaid) {
  Features features = everything();
  features.hooks.erase("writeback_dirty_folio");
  features.block.iomap_end_io = 0;
  const Result<Plan> plan = make_plan(disk(), features);
  ASSERT_TRUE(plan);
  EXPECT_NE(plan->how.find("not known on this kernel: who dirtied"), std::string::npos)
      << plan->how;
  EXPECT_NE(plan->how.find("files of direct I/O"), std::string::npos) << plan->how;
}

}  // namespace
}  // namespace hoodtrace
