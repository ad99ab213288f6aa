// SPDX-License-Identifier: GPL-2.0-or-later
// Metrics from sums: names, units, and what is absent when it was not counted.
#include "view/serve/families.hpp"

#include <gtest/gtest.h>

#include <cstring>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "support/totals_stream.hpp"

namespace hoodtrace {
namespace {

const MetricFamily* find(const MetricFamilies& families, const std::string& name) {
  for (const MetricFamily& family : families)
    if (family.name == name) return &family;
  return nullptr;
}

double value_of(const MetricFamily& family, const std::string& second) {
  for (const MetricSample& sample : family.samples)
    for (const auto& [name, value] : sample.labels)
      if (value == second) return sample.value;
  return -1;
}

ht_sums some_sums() {
  ht_sums sums{};
  sums.woken_ns = 1'000'000'000;
  sums.preempted_ns = 500'000'000;
  sums.dispatch_ns = 250'000'000;
  sums.waits[0] = 3;
  sums.waits[2] = 1;
  sums.waits[HT_WAIT_BUCKETS - 1] = 1;
  sums.on_cpu_ns = 2'000'000'000;
  sums.voluntary = 4;
  sums.exits[HT_EXIT_SIGNAL] = 6;
  return sums;
}

TEST(ServeFamilies, TheHistogramIsCumulativeAndItsSumIsThatOfTheCauses) {
  UnitTotals totals(10);
  TotalsStream(totals).name(1, "/a.service").slot(2, 1, some_sums()).end();
  const MetricFamilies families = serve_families(totals, StreamAccount(), {});
  const MetricFamily* waits = find(families, "hoodtrace_sched_wait_seconds");
  ASSERT_NE(waits, nullptr);
  ASSERT_EQ(waits->samples.size(), 1U);
  const MetricSample& sample = waits->samples[0];
  EXPECT_EQ(sample.labels,
            (std::vector<std::pair<std::string, std::string>>{{"unit", "a.service"}}));
  EXPECT_DOUBLE_EQ(sample.value, 1.75);
  EXPECT_EQ(sample.count, 5U);
  ASSERT_EQ(sample.buckets.size(), 10U);
  EXPECT_DOUBLE_EQ(sample.buckets[0].upper_bound, 1e-5);
  EXPECT_EQ(sample.buckets[0].count, 3U);
  EXPECT_EQ(sample.buckets[2].count, 4U);
  EXPECT_DOUBLE_EQ(sample.buckets[9].upper_bound, 1);
  EXPECT_EQ(sample.buckets[9].count, 4U);
  const MetricFamily* causes = find(families, "hoodtrace_sched_wait_cause_seconds_total");
  ASSERT_NE(causes, nullptr);
  EXPECT_DOUBLE_EQ(value_of(*causes, "woken"), 1);
  EXPECT_DOUBLE_EQ(value_of(*causes, "dispatch"), 0.25);
}

TEST(ServeFamilies, WhatIsNotCountedIsAbsent) {
  UnitTotals totals(10);
  TotalsStream(totals).name(1, "/a.service").slot(2, 1, some_sums()).end();
  ServeFacts facts;
  EXPECT_EQ(find(serve_families(totals, StreamAccount(), facts), "hoodtrace_exits_total"), nullptr);
  EXPECT_EQ(
      find(serve_families(totals, StreamAccount(), facts), "hoodtrace_audit_difference_seconds"),
      nullptr);
  facts.lives = true;
  const MetricFamilies families = serve_families(totals, StreamAccount(), facts);
  const MetricFamily* exits = find(families, "hoodtrace_exits_total");
  ASSERT_NE(exits, nullptr);
  EXPECT_DOUBLE_EQ(value_of(*exits, "signal"), 6);
}

TEST(ServeFamilies, AKindOfFaultThatAUnitNeverHadHasNoSeries) {
  UnitTotals totals(10);
  ht_sums sums = some_sums();
  sums.faults[HT_KIND_COW_COPY] = 3;
  sums.fault_ns[HT_KIND_COW_COPY] = 1'500'000'000;
  sums.faults[HT_KIND_UNRESOLVED] = 2;
  sums.cow_copied_bytes = 12288;
  TotalsStream(totals).name(1, "/a.service").slot(2, 1, sums).end();
  ServeFacts facts;
  EXPECT_EQ(find(serve_families(totals, StreamAccount(), facts), "hoodtrace_faults_by_kind_total"),
            nullptr);
  facts.faults = true;
  const MetricFamilies families = serve_families(totals, StreamAccount(), facts);
  const MetricFamily* kinds = find(families, "hoodtrace_faults_by_kind_total");
  ASSERT_NE(kinds, nullptr);
  EXPECT_EQ(kinds->samples.size(), 2U);
  EXPECT_DOUBLE_EQ(value_of(*kinds, "cow_copy"), 3);
  EXPECT_DOUBLE_EQ(value_of(*kinds, "unresolved"), 2);
  EXPECT_DOUBLE_EQ(value_of(*find(families, "hoodtrace_fault_seconds_total"), "cow_copy"), 1.5);
  EXPECT_DOUBLE_EQ(value_of(*find(families, "hoodtrace_cow_copied_bytes_total"), "a.service"),
                   12288);
}

TEST(ServeFamilies, ReadsAndWritesOfADiskAlwaysHaveASeries) {
  UnitTotals totals(10);
  ht_sums sums = some_sums();
  sums.disk_requests[HT_DISK_WRITE] = 2;
  sums.disk_bytes[HT_DISK_WRITE] = 8192;
  sums.disk_queue_ns[HT_DISK_WRITE] = 500'000'000;
  sums.disk_service_ns[HT_DISK_WRITE] = 2'000'000'000;
  TotalsStream(totals).name(1, "/a.service").slot(2, 1, sums).end();
  ServeFacts facts;
  facts.disk = true;
  const MetricFamilies families = serve_families(totals, StreamAccount(), facts);
  const MetricFamily* requests = find(families, "hoodtrace_disk_requests_total");
  ASSERT_NE(requests, nullptr);
  EXPECT_EQ(requests->samples.size(), 2U);
  EXPECT_DOUBLE_EQ(value_of(*requests, "read"), 0);
  EXPECT_DOUBLE_EQ(value_of(*requests, "write"), 2);
  EXPECT_DOUBLE_EQ(value_of(*find(families, "hoodtrace_disk_bytes_total"), "write"), 8192);
  EXPECT_DOUBLE_EQ(value_of(*find(families, "hoodtrace_disk_queue_seconds_total"), "write"), 0.5);
  EXPECT_DOUBLE_EQ(value_of(*find(families, "hoodtrace_disk_service_seconds_total"), "write"), 2);
}

TEST(ServeFamilies, BeforeTheFirstSnapshotThereAreNone) {
  EXPECT_TRUE(serve_families(UnitTotals(10), StreamAccount(), {}).empty());
}

TEST(ServeFamilies, NoTwoFamiliesHaveOneName) {
  UnitTotals totals(10);
  TotalsStream(totals).name(1, "/a.service").slot(2, 1, some_sums()).end(5);
  std::set<std::string> names;
  for (const MetricFamily& family :
       serve_families(totals, StreamAccount(), {"", "", "", true, true, true, true, true}))
    EXPECT_TRUE(names.insert(family.name).second) << family.name;
  EXPECT_GT(names.size(), 20U);
}

// What a family takes as text: "NAME{LABEL="VALUE",...} NUMBER\n", and for a histogram a line of that kind
// for each bucket with its bound, the sum and the count.
std::size_t text_bytes(const MetricFamily& family) {
  constexpr std::size_t kNumberAndBound = 60;
  std::size_t bytes = 0;
  for (const MetricSample& sample : family.samples) {
    std::size_t line = family.name.size() + kNumberAndBound;
    for (const auto& [name, value] : sample.labels) {
      line += name.size() + value.size() + 4;
      for (const char c : value) line += c == '"' || c == '\\' ? 1 : 0;
    }
    bytes += line * (family.type == MetricType::kHistogram ? sample.buckets.size() + 3 : 1);
  }
  return bytes;
}

TEST(ServeFamilies, AScrapeOfLongHostileNamesIsSmall) {
  constexpr std::size_t kUnits = 200;
  UnitTotals totals(kUnits);
  TotalsStream stream(totals);
  ht_sums all{};
  std::memset(&all, 1, sizeof all);  // each sum is there
  for (std::uint32_t id = 1; id <= kUnits; id++) {
    std::string path = "/" + std::string(250, '"') + "/" + std::string(250, '\\') + "/";
    path += std::to_string(id);
    stream.name(id, path).slot(id, id, all);
    for (std::uint32_t other = 1; other <= 10; other++)
      stream.pair(id * 10 + other, id, other, id + other);
  }
  stream.end();
  std::size_t bytes = 0;
  for (const MetricFamily& family :
       serve_families(totals, StreamAccount(), {"", "", "", true, true, true, true, true})) {
    bytes += text_bytes(family);
    std::set<std::vector<std::pair<std::string, std::string>>> series;
    for (const MetricSample& sample : family.samples)
      EXPECT_TRUE(series.insert(sample.labels).second) << family.name;
  }
  ASSERT_EQ(totals.units().size(), kUnits);
  EXPECT_LT(bytes, kUnits * 32 * 1024);  // as docs/serve.md says
  EXPECT_GT(bytes, kUnits * 8 * 1024);
}

}  // namespace
}  // namespace hoodtrace
