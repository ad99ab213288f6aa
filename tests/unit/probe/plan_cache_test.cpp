// SPDX-License-Identifier: GPL-2.0-or-later
// What the page-cache family loads, and what it says of a kernel that has less.

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

TraceRequest cache() {
  TraceRequest request;
  request.families.add(Family::kCache);
  return request;
}

std::set<std::string_view> programs(const Plan& plan) {
  std::set<std::string_view> names;
  for (const Probe* probe : plan.probes) names.insert(probe->program);
  return names;
}

TEST(PlanCache, AKernelWithEveryHookReportsEverything) {
  const Result<Plan> plan = make_plan(cache(), everything());
  ASSERT_TRUE(plan);
  EXPECT_EQ(plan->cache_scope, std::uint32_t{HT_CACHE_ACCESSES | HT_CACHE_READAHEAD |
                                             HT_CACHE_DIRTIED | HT_CACHE_RECLAIM | HT_CACHE_MEMCG});
  EXPECT_EQ(plan->how.find("not measurable"), std::string::npos);
  EXPECT_EQ(programs(*plan).count("on_page_read"), 1U);
  EXPECT_EQ(programs(*plan).count("on_sched_switch"), 0U);
}

TEST(PlanCache, WithoutGetPagesHitsAreReportedAsNotMeasurable) {
  Features features = everything();
  features.hooks.erase("mm_filemap_get_pages");
  features.hooks.erase("page_cache_ra_unbounded");
  const Result<Plan> plan = make_plan(cache(), features);
  ASSERT_TRUE(plan);
  EXPECT_EQ(plan->cache_scope & (HT_CACHE_ACCESSES | HT_CACHE_READAHEAD), 0U);
  EXPECT_NE(plan->how.find("not measurable on this kernel: hits and misses (no mm_filemap_get"),
            std::string::npos)
      << plan->how;
}

TEST(PlanCache, WithoutTheAddsThereIsNoCacheView) {
  Features features = everything();
  features.hooks.erase("mm_filemap_add_to_page_cache");
  const Result<Plan> plan = make_plan(cache(), features);
  ASSERT_FALSE(plan);
  EXPECT_NE(plan.error().message.find("mm_filemap_add_to_page_cache"), std::string::npos);
}

TEST(PlanCache, AKernelWithoutFoliosIsRefused) {
  Features features = everything();
  features.folio = false;
  const Result<Plan> plan = make_plan(cache(), features);
  ASSERT_FALSE(plan);
  EXPECT_EQ(plan.error().kind, ErrorKind::kUnsupported);
}

// The end of a task is recorded once, by one family.
TEST(PlanCache, RecordsEndsOnlyWhereNoOtherFamilyDoes) {
  const Result<Plan> alone = make_plan(cache(), everything());
  ASSERT_TRUE(alone);
  EXPECT_EQ(alone->settings.task_ends, std::uint32_t{HT_ENDS_EXIT});
  EXPECT_EQ(programs(*alone).count("on_task_exit"), 1U);
  TraceRequest both = cache();
  both.families.add(Family::kSched);
  const Result<Plan> plan = make_plan(both, everything());
  ASSERT_TRUE(plan);
  EXPECT_EQ(plan->settings.task_ends, std::uint32_t{HT_ENDS_SCHED});
  EXPECT_EQ(programs(*plan).count("on_task_exit"), 0U);
  EXPECT_EQ(programs(*plan).count("on_page_added"), 1U);
}

}  // namespace
}  // namespace hoodtrace
