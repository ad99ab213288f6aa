// SPDX-License-Identifier: GPL-2.0-or-later
// Watermarks by the kernel's formula, and the judges of huge pages and of watermarks.

#include <gtest/gtest.h>

#include "lab/experiment.hpp"
#include "lab/memory/zones.hpp"

namespace hoodtrace::lab {
namespace {

bool passes(const char* name, const Evidence& evidence) {
  Verdict verdict;
  find_experiment(name)->judge(evidence, verdict);
  return verdict.passed();
}

// Of a machine with 24 GB (6.18), shortened.
constexpr const char* kZoneinfo =
    "Node 0, zone      DMA\n"
    "  per-node stats\n"
    "      nr_inactive_anon 17\n"
    "  pages free     3840\n"
    "        boost    0\n"
    "        min      26\n"
    "        low      32\n"
    "        high     38\n"
    "        managed  3840\n"
    "  pagesets\n"
    "    cpu: 0\n"
    "              high:     9\n"
    "              low 1\n"
    "Node 0, zone   Normal\n"
    "  pages free     900\n"
    "        boost    1000\n"
    "        min      12605\n"
    "        low      15506\n"
    "        high     18407\n"
    "        managed  1703936\n"
    "Node 1, zone   Normal\n"
    "  pages free     7\n"
    "        min      5264\n"
    "        low      6580\n"
    "        high     7896\n"
    "        managed  772917\n"
    "Node 1, zone  Movable\n"
    "        min      32\n"
    "        managed  0\n";

TEST(Zones, AreParsedWithoutTheirBoostAndWithoutEmptyOnes) {
  const std::vector<Zone> zones = parse_zones(kZoneinfo);
  ASSERT_EQ(zones.size(), 3U);
  EXPECT_EQ(zones[0].name, "DMA");
  EXPECT_EQ(zones[0].free, 3840U);
  EXPECT_EQ(zones[0].low, 32U) << "the one of the zone, not of a CPU's list";
  EXPECT_EQ(zones[1].name, "Normal");
  EXPECT_EQ(zones[1].boost, 1000U);
  EXPECT_EQ(zones[1].min, 11605U);
  EXPECT_EQ(zones[1].high, 17407U);
  EXPECT_EQ(zones[2].name, "Normal of node 1");
}

TEST(Zones, NoZoneinfoHasNoZones) { EXPECT_TRUE(parse_zones("").empty()); }

// What this kernel's zoneinfo had with vm.min_free_kbytes 67584 and a scale of 10.
TEST(Watermarks, AreThoseOfTheKernel) {
  constexpr std::uint64_t kAll = 3840 + 1703936 + 772917;
  EXPECT_EQ(watermarks_of(3840, kAll, 16896, 10), (Watermarks{26, 32, 38}));
  EXPECT_EQ(watermarks_of(1703936, kAll, 16896, 10), (Watermarks{11605, 14506, 17407}));
  EXPECT_EQ(watermarks_of(772917, kAll, 16896, 10), (Watermarks{5264, 6580, 7896}));
  // With a larger scale the size of the zone decides the step.
  EXPECT_EQ(watermarks_of(1000000, 1000000, 100, 100), (Watermarks{100, 10100, 20100}));
  EXPECT_EQ(watermarks_of(1, 0, 100, 10), (Watermarks{}));
}

Evidence watermark_evidence() {
  Evidence evidence;
  evidence.facts = {
      {"page_bytes", 4096},
      {"min_free_kib", 67584},
      {"scale", 10},
      {"ballooned", false},
      {"zones",
       {{{"name", "DMA"}, {"min", 26}, {"low", 32}, {"high", 38}, {"managed", 3840}},
        {{"name", "DMA32"}, {"min", 5264}, {"low", 6580}, {"high", 7896}, {"managed", 772917}},
        {{"name", "Normal"},
         {"min", 11605},
         {"low", 14506},
         {"high", 17407},
         {"managed", 1703936}}}},
      {"roomy", true},
      {"no_group", ""},
      {"group",
       {{"pages", 4096}, {"limit_pages", 2048}, {"dev", "8:1"}, {"inode", 7}, {"reader", 9}}}};
  evidence.reports["cache"] = {{"files",
                                {{{"dev", "8:1"},
                                  {"inode", 7},
                                  {"evicted_memcg", 3000},
                                  {"evicted_kswapd", 0},
                                  {"evicted_direct", 0}}}}};
  return evidence;
}

TEST(LabWatermarks, RightNumbersPass) { EXPECT_TRUE(passes("watermarks", watermark_evidence())); }

TEST(LabWatermarks, EachWrongWatermarkFails) {
  for (const char* mark : {"min", "low", "high"})
    for (const std::size_t zone : {0U, 1U, 2U}) {
      Evidence evidence = watermark_evidence();
      LabJson& value = evidence.facts["zones"][zone][mark];
      value = value.get<int>() + 1;
      EXPECT_FALSE(passes("watermarks", evidence)) << mark << zone;
    }
}

TEST(LabWatermarks, PagesOfTheWrongReclaimFail) {
  for (const auto& [key, count] :
       {std::pair("evicted_memcg", 2047), {"evicted_kswapd", 1}, {"evicted_direct", 1}}) {
    Evidence evidence = watermark_evidence();
    evidence.reports["cache"]["files"][0][key] = count;
    EXPECT_FALSE(passes("watermarks", evidence)) << key;
  }
}

TEST(LabWatermarks, BelowHighKswapdIsNotPredicted) {
  Evidence evidence = watermark_evidence();
  evidence.reports["cache"]["files"][0]["evicted_kswapd"] = 5;
  evidence.facts["roomy"] = false;
  EXPECT_TRUE(passes("watermarks", evidence));
}

// A guest of 1 GiB with 6.1: 120 MB of initrd were freed after the watermarks had been computed.
TEST(LabWatermarks, MemoryThatWasAddedSinceIsAllowedFor) {
  Evidence evidence = watermark_evidence();
  evidence.facts["min_free_kib"] = 43080;
  evidence.facts["zones"] = {
      {{"name", "DMA"}, {"min", 190}, {"low", 237}, {"high", 284}, {"managed", 3840}},
      {{"name", "DMA32"}, {"min", 10579}, {"low", 13223}, {"high", 15867}, {"managed", 245054}}};
  EXPECT_TRUE(passes("watermarks", evidence));
  // Another part than that of the size, with the right sum and the right steps.
  evidence.facts["zones"][0] = {
      {"name", "DMA"}, {"min", 5000}, {"low", 6250}, {"high", 7500}, {"managed", 3840}};
  evidence.facts["zones"][1] = {
      {"name", "DMA32"}, {"min", 5769}, {"low", 7211}, {"high", 8653}, {"managed", 245054}};
  EXPECT_FALSE(passes("watermarks", evidence));
}

TEST(LabWatermarks, AStepThatIsNotTheKernelsFails) {
  Evidence evidence = watermark_evidence();
  LabJson& zone = evidence.facts["zones"][2];
  zone["low"] = 13605;
  zone["high"] = 15605;
  EXPECT_FALSE(passes("watermarks", evidence));
  evidence.facts["zones"][0]["min"] = 27;  // the parts are not those of now either
  evidence.facts["zones"][0]["low"] = 33;
  evidence.facts["zones"][0]["high"] = 39;
  EXPECT_FALSE(passes("watermarks", evidence));
}

TEST(LabWatermarks, WithABalloonTheSumIsStillChecked) {
  Evidence evidence = watermark_evidence();
  evidence.facts["ballooned"] = true;
  evidence.facts["zones"][2]["managed"] = 99;
  EXPECT_TRUE(passes("watermarks", evidence));
  evidence.facts["min_free_kib"] = 67584 * 2;
  EXPECT_FALSE(passes("watermarks", evidence));
}

Evidence huge_evidence() {
  const auto range = [](int pid, int start, const LabJson& counts) {
    LabJson kinds = LabJson::object();
    for (const auto& [kind, count] : counts.items()) kinds[kind] = {{"count", count}};
    return LabJson{{"pid", pid}, {"start", start}, {"end", start + 4096}, {"kinds", kinds}};
  };
  Evidence evidence;
  evidence.facts = {{"region", {4096, 8392704}},
                    {"parent", 10},
                    {"child", 11},
                    {"in_huge", 512},
                    {"huge", 4},
                    {"first_faults", 4},
                    {"child_faults", 515},
                    {"child_huge", 1},
                    {"parent_faults", 4},
                    {"parent_huge", 4}};
  evidence.reports["faults"] = {
      {"ranges",
       {range(10, 4096, {{"huge", 4}, {"cow_reuse", 4}}), range(11, 8192, {{"cow_copy", 514}})}}};
  return evidence;
}

TEST(LabCowHuge, RightNumbersPass) { EXPECT_TRUE(passes("cow-huge", huge_evidence())); }

TEST(LabCowHuge, EachWrongMeasurementFails) {
  for (const auto& [range, kind] : {std::pair(0, "huge"), {0, "cow_reuse"}, {1, "cow_copy"}})
    for (const int error : {-1, 1}) {
      Evidence evidence = huge_evidence();
      LabJson& count = evidence.reports["faults"]["ranges"][range]["kinds"][kind]["count"];
      count = count.get<int>() + error;
      EXPECT_FALSE(passes("cow-huge", evidence)) << range << kind << error;
    }
}

TEST(LabCowHuge, AKernelCountThatDiffersFails) {
  for (const char* fact :
       {"first_faults", "child_faults", "child_huge", "parent_faults", "parent_huge"}) {
    Evidence evidence = huge_evidence();
    evidence.facts[fact] = evidence.facts[fact].get<int>() + 5;
    EXPECT_FALSE(passes("cow-huge", evidence)) << fact;
  }
}

}  // namespace
}  // namespace hoodtrace::lab
