// SPDX-License-Identifier: GPL-2.0-or-later
// Sums by unit: they only grow, whatever becomes of cgroups, slots and series.
#include "model/totals/units.hpp"

#include <gtest/gtest.h>

#include <map>
#include <string>

#include "support/totals_stream.hpp"

namespace hoodtrace {
namespace {

std::map<std::string, std::uint64_t> on_cpu(const UnitTotals& totals) {
  std::map<std::string, std::uint64_t> out;
  for (const UnitTotals::Unit* unit : totals.units()) out[unit->name.unit] = unit->sums.on_cpu_ns;
  return out;
}

using Values = std::map<std::string, std::uint64_t>;

TEST(UnitTotals, SlotsOfAUnitOnSeveralCpusAndOfSeveralCgroupsAddUp) {
  UnitTotals totals(10);
  TotalsStream stream(totals);
  stream.name(1, "/system.slice/a.service").name(2, "/system.slice/a.service/sub");
  stream.ran(2, 1, 100).ran(3, 1, 20).ran(4, 2, 3).end();
  EXPECT_EQ(on_cpu(totals), (Values{{"a.service", 123}}));
  stream.ran(2, 1, 150).ran(3, 1, 20).ran(4, 2, 3).end();
  EXPECT_EQ(on_cpu(totals), (Values{{"a.service", 173}}));
}

TEST(UnitTotals, AServiceThatIsStartedAgainGoesOnWhereItsSumsWere) {
  UnitTotals totals(10);
  TotalsStream stream(totals);
  stream.name(1, "/a.service").ran(2, 1, 100).end();
  // The old cgroup is gone, its slot belongs to the new one, which has counted less.
  stream.gone(1).name(9, "/a.service").ran(2, 9, 30).end();
  EXPECT_EQ(on_cpu(totals), (Values{{"a.service", 130}}));
}

TEST(UnitTotals, ACgroupThatCameAndWentBetweenTwoSnapshotsCountsUnderItsName) {
  UnitTotals totals(10);
  TotalsStream stream(totals);
  stream.name(1, "/a.service").ran(2, 1, 100).end();
  stream.name(2, "/job.service").gone(2).ran(2, 1, 100).ran(3, 2, 40).end();
  EXPECT_EQ(on_cpu(totals), (Values{{"a.service", 100}, {"job.service", 40}}));
  // Its name is not kept for longer: ids are never used again, names would add up.
  stream.name(3, "/idle.service").gone(3).ran(2, 1, 100).end();
  stream.ran(2, 1, 100).ran(3, 3, 7).end();
  EXPECT_EQ(on_cpu(totals), (Values{{"(unknown)", 7}, {"a.service", 100}}));
}

TEST(UnitTotals, AUnitHasASeriesUntilItsCgroupIsGoneAndKeepsItsSumsForItsReturn) {
  UnitTotals totals(10);
  TotalsStream stream(totals);
  stream.name(1, "/a.service").name(2, "/b.service").ran(2, 1, 100).ran(3, 2, 7).end();
  stream.gone(1).ran(3, 2, 8).end();
  EXPECT_EQ(on_cpu(totals), (Values{{"b.service", 8}}));
  EXPECT_FALSE(totals.has_others());
  stream.name(5, "/a.service").ran(4, 5, 1).ran(3, 2, 8).end();
  EXPECT_EQ(on_cpu(totals), (Values{{"a.service", 101}, {"b.service", 8}}));
}

TEST(UnitTotals, OnlyTheUnitsThatDoMostHaveSeriesAndTheOthersAreSummedUp) {
  UnitTotals totals(2);
  TotalsStream stream(totals);
  stream.name(1, "/a.service").name(2, "/b.service").name(3, "/c.service");
  stream.ran(2, 1, 5).ran(3, 2, 50).ran(4, 3, 500).end();
  EXPECT_EQ(on_cpu(totals), (Values{{"b.service", 50}, {"c.service", 500}}));
  EXPECT_EQ(totals.other().sums.on_cpu_ns, 5U);
  // It does most now, but no place is free.
  stream.ran(2, 1, 10'005).ran(3, 2, 50).ran(4, 3, 500).end();
  EXPECT_EQ(on_cpu(totals), (Values{{"b.service", 50}, {"c.service", 500}}));
  EXPECT_EQ(totals.other().sums.on_cpu_ns, 10'005U);
  // One is: what it did before stays with the others, which must not fall.
  stream.gone(2).ran(2, 1, 10'006).ran(4, 3, 500).end();
  EXPECT_EQ(on_cpu(totals), (Values{{"a.service", 1}, {"c.service", 500}}));
  EXPECT_EQ(totals.other().sums.on_cpu_ns, 10'005U);
}

TEST(UnitTotals, CgroupsWithoutASlotAreWithTheOthers) {
  UnitTotals totals(10);
  TotalsStream stream(totals);
  stream.ran(0, 0, 0).end();
  EXPECT_FALSE(totals.has_others());
  stream.ran(0, 0, 11).end();
  EXPECT_TRUE(totals.has_others());
  EXPECT_EQ(totals.other().sums.on_cpu_ns, 11U);
}

TEST(UnitTotals, WhatRunsNowCountsAndNeverFallsWhenTheRunEndsBetweenTwoLooks) {
  UnitTotals totals(10);
  TotalsStream stream(totals);
  stream.name(1, "/a.service").ran(2, 1, 100).open(1, 900).end();
  EXPECT_EQ(on_cpu(totals), (Values{{"a.service", 1000}}));
  // The run has ended behind the look at the slot, and nothing runs at that at the CPUs.
  stream.ran(2, 1, 100).end();
  EXPECT_EQ(on_cpu(totals), (Values{{"a.service", 1000}}));
  stream.ran(2, 1, 1050).end();
  EXPECT_EQ(on_cpu(totals), (Values{{"a.service", 1050}}));
}

TEST(UnitTotals, NamesThatAreNoUtf8AreMadeValidBeforeTheyAreToldApart) {
  UnitTotals totals(10);
  TotalsStream stream(totals);
  stream.name(1, "/x\xff.service").name(2, "/x\xfe.service").ran(2, 1, 1).ran(3, 2, 2).end();
  EXPECT_EQ(on_cpu(totals), (Values{{"x\xef\xbf\xbd.service", 3}}));
}

TEST(UnitTotals, TheAuditComparesWithCpuStat) {
  UnitTotals totals(10);
  TotalsStream stream(totals);
  stream.name(1, "/a.service").ran(2, 1, 100).open(1, 10).end(90);
  EXPECT_EQ(totals.audit_difference_ns(), 20);
  stream.ran(2, 1, 100).end();
  EXPECT_EQ(totals.audit_difference_ns(), std::nullopt);
}

TEST(UnitTotals, ThousandsOfCgroupsThatComeAndGoLeaveABoundedNumberOfSeriesAndNothingFalls) {
  constexpr std::uint64_t kEach = 1000;
  UnitTotals totals(20);
  TotalsStream stream(totals);
  std::uint64_t seen = 0;
  std::uint64_t id = 1;
  for (int round = 0; round < 100; round++) {
    for (std::uint32_t slot = 2; slot < 52; slot++, id++) {
      stream.name(id, "/job-" + std::to_string(id) + ".service").ran(slot, id, kEach);
      if (id > 50) stream.gone(id - 50);
    }
    const std::uint64_t others = totals.other().sums.on_cpu_ns;
    stream.end();
    EXPECT_LE(totals.units().size(), 20U);
    EXPECT_GE(totals.other().sums.on_cpu_ns, others);
    for (const auto& [unit, ns] : on_cpu(totals)) seen += ns;
  }
  // 30 of 50 had no series each time, and count there at once. Of the other 20 of 50 those that live and
  // those among the last 200 that are gone are not forgotten yet.
  EXPECT_EQ(seen, 100U * 20 * kEach);
  EXPECT_EQ(totals.other().sums.on_cpu_ns, (100U * 50 - 20 - 200 * 20 / 50) * kEach);
}

TEST(UnitPairs, PairsOfSeveralCpusAddUpAndThoseOfUnitsWithoutASeriesAreOthers) {
  UnitTotals totals(2);
  TotalsStream stream(totals);
  stream.name(1, "/a.service").name(2, "/b.service").name(3, "/c.service");
  stream.ran(2, 1, 50).ran(3, 2, 60).ran(4, 3, 1);
  stream.pair(0, 1, 2, 10).pair(4096, 1, 2, 5).pair(1, 1, 3, 7).pair(2, 1, HT_BEHIND_IDLE, 2).end();
  const auto sums = totals.pairs().sums();
  EXPECT_EQ(sums.at({"a.service", "b.service"}), 15U);
  EXPECT_EQ(sums.at({"a.service", "(idle)"}), 2U);
  EXPECT_EQ(sums.at({"a.service", "(other)"}), 7U);
  stream.ran(2, 1, 50).ran(3, 2, 60).ran(4, 3, 1);
  stream.pair(0, 1, 2, 11).pair(4096, 1, 2, 5).end();
  EXPECT_EQ(totals.pairs().sums().at({"a.service", "b.service"}), 16U);
}

TEST(UnitPairs, AtMostAHundredPairsHaveASeries) {
  UnitTotals totals(200);
  TotalsStream stream(totals);
  for (std::uint64_t id = 1; id <= 150; id++)
    stream.name(id, "/u" + std::to_string(id) + ".service");
  for (std::uint32_t id = 1; id <= 150; id++) stream.ran(id, id, 1).pair(id, id, 1, 1000 + id);
  stream.end();
  const auto sums = totals.pairs().sums();
  EXPECT_EQ(sums.at({"u150.service", "u1.service"}), 1150U);
  EXPECT_FALSE(sums.contains({"u50.service", "u1.service"}));
  EXPECT_EQ(sums.at({"u50.service", "(other)"}), 1050U);
  EXPECT_EQ(sums.size(), 150U);
}

TEST(UnitTotals, TwoLongNamesThatBeginAlikeKeepTheirOwnSums) {
  UnitTotals totals(10);
  TotalsStream stream(totals);
  const std::string begin = "/" + std::string(250, 'x') + "/" + std::string(250, 'y');
  stream.name(1, begin + "/x").name(2, begin + "/y").ran(2, 1, 100).ran(3, 2, 7);
  stream.pair(0, 1, 2, 60).end();
  const Values values = on_cpu(totals);
  ASSERT_EQ(values.size(), 2U);
  EXPECT_EQ(values.begin()->second + values.rbegin()->second, 107U);
  for (const auto& [unit, ns] : values) EXPECT_EQ(unit.size(), 128U) << unit;
  const auto sums = totals.pairs().sums();
  ASSERT_EQ(sums.size(), 1U);
  const UnitPairs::Pair& pair = sums.begin()->first;
  EXPECT_EQ(values.at(pair.first), 100U);
  EXPECT_EQ(values.at(pair.second), 7U);
}

TEST(UnitTotals, NamesThatAreShownAlikeAreOneUnitAndOneSum) {
  UnitTotals totals(10);
  TotalsStream stream(totals);
  stream.name(1, "/a\x1b.service").name(2, "/a\xc2\x9b.service").name(3, "/a\xe2\x80\x8b.service");
  stream.ran(2, 1, 100).ran(3, 2, 20).ran(4, 3, 3).end();
  EXPECT_EQ(on_cpu(totals), (Values{{"a?.service", 123}}));
}

TEST(UnitTotals, EachPartOfANameIsCut) {
  UnitTotals totals(10);
  TotalsStream stream(totals);
  const std::string lxc(250, 'n');
  const std::string id(250, 'f');
  stream.name(1, "/lxc/" + lxc)
      .name(2, "/p-pod-" + std::string(180, '-') + std::string(32, '0') +
                   ".slice:" + std::string(180, 'r') + ":" + id);
  stream.ran(2, 1, 1).ran(3, 2, 1).end();
  ASSERT_EQ(totals.units().size(), 2U);
  for (const UnitTotals::Unit* unit : totals.units())
    for (const std::string& text :
         {unit->name.unit, unit->name.runtime, unit->name.container_id, unit->name.pod_uid})
      EXPECT_LE(text.size(), 128U) << text;
}

}  // namespace
}  // namespace hoodtrace
