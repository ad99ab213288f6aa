// SPDX-License-Identifier: GPL-2.0-or-later
#include "view/why/fold.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "support/why_scenario.hpp"

namespace hoodtrace {
namespace {

constexpr std::uint64_t kWall = 100'000;

class WhyFold : public ::testing::Test {
 protected:
  // `ns` of a thread whose time is kWall.
  void add(const WhyCause& cause, std::uint64_t ns, std::string object = "") {
    WhyLine& line = row.lines.emplace_back();
    line.cause = cause;
    line.object = std::move(object);
    line.ns = line.max_ns = ns;
    line.count = 1;
    row.wall_ns = kWall;
  }
  void add_read(std::string object, std::uint64_t ns, WhoId by = WhoTable::kUnknown) {
    add({.part = WhyPart::kBlocked,
         .reason = WhyReason::kCall,
         .object_kind = WhyObjectKind::kFile,
         .relation = by == WhoTable::kUnknown ? WhyRelation::kNone : WhyRelation::kWaker,
         .call = kReadCall,
         .by = by},
        ns, std::move(object));
  }
  [[nodiscard]] WhySection only() const {
    const auto sections = fold_causes(row, names);
    EXPECT_EQ(sections.size(), 1U);
    return sections.empty() ? WhySection{} : sections.front();
  }
  static std::vector<std::string> words(const WhySection& section) {
    std::vector<std::string> list;
    for (const WhyTextLine& line : section.lines)
      list.push_back(fmt::format("{} {}", line.words, line.ns));
    return list;
  }
  using List = std::vector<std::string>;
  WhoTable names;
  WhyRow row;
};

TEST_F(WhyFold, CyclesAreBelowTheTimeOnACpu) {
  add({.part = WhyPart::kOnCpu}, 1000);
  EXPECT_EQ(only().note, "") << "not counted";
  row.stats.sums.add(CpuCycles{750, 250, 995});
  EXPECT_EQ(only().note, "75.0 % of the cycles in user mode, 25.0 % in the kernel");
}

TEST_F(WhyFold, CyclesThatWereCountedForAPartOfTheTimeSaySo) {
  add({.part = WhyPart::kOnCpu}, 90'000);
  row.stats.sums.add(CpuCycles{0, 500, 45'000});
  EXPECT_EQ(only().note,
            "0.0 % of the cycles in user mode, 100.0 % in the kernel; counted for 45.0 us of it");
}

TEST_F(WhyFold, TheRowOfThoseThatAreNotShownHasCyclesToo) {
  row.wall_ns = kWall;
  row.part_ns[static_cast<std::size_t>(WhyPart::kOnCpu)] = 1000;
  row.stats.sums.add(CpuCycles{1, 3, 1000});
  EXPECT_EQ(only().note, "25.0 % of the cycles in user mode, 75.0 % in the kernel");
}

TEST_F(WhyFold, PartsOfOneHeadingAreTogether) {
  add({.part = WhyPart::kDispatch}, 1000);
  add({.part = WhyPart::kThrottled, .reason = WhyReason::kQuota}, 3000);
  add({.part = WhyPart::kWait, .relation = WhyRelation::kBehind, .by = names.intern(9, "x")}, 2000);
  const WhySection section = only();
  EXPECT_EQ(section.head.words, "waiting for a CPU");
  EXPECT_EQ(section.head.ns, 6000U);
  EXPECT_EQ(section.head.count, 3U);
  EXPECT_EQ(section.head.max_ns, 3000U);
  EXPECT_EQ(words(section), List({"throttled: CPU quota of its cgroup 3000", "behind x (9) 2000",
                                  "a CPU waking from idle 1000"}));
}

TEST_F(WhyFold, ALineThatRepeatsItsHeadingIsLeftOut) {
  add({.part = WhyPart::kOnCpu}, 1000);
  EXPECT_TRUE(only().lines.empty());
}

TEST_F(WhyFold, ALineOfHalfAPercentIsShownAndSmallerOnesAreJoined) {
  add_read("/a", 500);
  add_read("/b", 499);
  add({.part = WhyPart::kBlocked, .reason = WhyReason::kRcu}, 10);
  EXPECT_EQ(words(only()), List({"read /a 500", "(2 others) 509"}));
}

TEST_F(WhyFold, CausesOfTheSameWordsAreOneLine) {
  WhyCause sync{.part = WhyPart::kDisk,
                .reason = WhyReason::kCall,
                .relation = WhyRelation::kWaker,
                .call = kFsyncCall,
                .by = names.intern(1, "kworker/0:1")};
  add(sync, 4000, "/wal");
  sync.by = names.intern(2, "kworker/1:1");
  add(sync, 3000, "/wal");
  sync.reason = WhyReason::kPageLock;
  add(sync, 2000, "/wal");
  sync.reason = WhyReason::kFlush;
  add(sync, 1000, "/wal");
  const WhySection section = only();
  EXPECT_EQ(section.lines[0].count, 3U);
  EXPECT_EQ(section.lines[0].max_ns, 4000U);
  EXPECT_EQ(words(section),
            List({"disk: fsync /wal 9000", "disk: fsync: flush of the device: /wal 1000"}));
}

TEST_F(WhyFold, ASleepThatGoesOnHasItsAgeUnlessItIsForWork) {
  add_read("/a", 1000);
  row.lines[0].ongoing_ns = 61'000'000'000;
  EXPECT_EQ(words(only()), List({"read /a, still so after 61.0 s 1000"}));
  row.lines[0].cause.part = WhyPart::kIdle;
  EXPECT_EQ(words(only()), List({"read /a 1000"}));
}

TEST_F(WhyFold, OneSmallLineIsShownAsItIs) {
  add_read("/a", 500);
  add_read("/b", 1);
  EXPECT_EQ(words(only()), List({"read /a 500", "read /b 1"}));
}

TEST_F(WhyFold, SmallLinesOfTheSameObjectAreJoinedFirst) {
  for (std::uint32_t i = 0; i < 10; i++)
    add_read("/a", 100, names.intern(100 + i, fmt::format("client-{}", i)));
  add_read("/b", 499);
  add_read("/c", 1);
  EXPECT_EQ(words(only()), List({"read /a, ended by 10 others 1000", "read (2 different) 500"}));
}

TEST_F(WhyFold, SmallWaitsAreJoinedInOneLine) {
  for (std::uint32_t i = 0; i < 10; i++)
    add({.part = WhyPart::kWait,
         .relation = WhyRelation::kBehind,
         .by = names.intern(100 + i, fmt::format("task-{}", i))},
        100);
  EXPECT_EQ(words(only()), List({"behind 10 others 1000"}));
}

TEST_F(WhyFold, ASectionHasEightLinesAndTheSumOfTheRest) {
  for (std::uint32_t i = 0; i < 10; i++) add_read(fmt::format("/{}", i), 2000 - i);
  const WhySection section = only();
  ASSERT_EQ(section.lines.size(), 9U);
  EXPECT_EQ(section.lines[7].words, "read /7");
  EXPECT_EQ(section.lines[8].words, "(2 others)");
  EXPECT_EQ(section.lines[8].ns, 1992U + 1991U);
  std::uint64_t sum_ns = 0;
  for (const WhyTextLine& line : section.lines) sum_ns += line.ns;
  EXPECT_EQ(section.head.ns, sum_ns);
}

TEST_F(WhyFold, ANinthLineTakesTheRoomOfASum) {
  for (std::uint32_t i = 0; i < 9; i++) add_read(fmt::format("/{}", i), 2000 - i);
  EXPECT_EQ(only().lines.back().words, "read /8");
}

TEST_F(WhyFold, ASectionOfSmallLinesHasItsHeadingOnly) {
  add_read("/a", 100);
  add({.part = WhyPart::kBlocked, .reason = WhyReason::kRcu}, 100);
  const WhySection section = only();
  EXPECT_EQ(section.head.ns, 200U);
  EXPECT_TRUE(section.lines.empty());
}

TEST_F(WhyFold, MeanwhileHasSharesOfTheLineAndWhatWasNotSeen) {
  add_read("/a", 10'000, names.intern(7, "holder"));
  row.lines[0].meanwhile = {{{.part = WhyPart::kOnCpu}, "", 6000, {}},
                            {{.part = WhyPart::kDisk,
                              .reason = WhyReason::kCall,
                              .object_kind = WhyObjectKind::kFile,
                              .call = kFsyncCall},
                             "/wal",
                             2000,
                             {}},
                            {{.part = WhyPart::kDispatch}, "", 300, {}},
                            {{.part = WhyPart::kBlocked, .reason = WhyReason::kRcu}, "", 200, {}}};
  EXPECT_EQ(only().lines[0].meanwhile,
            "on CPU 60 %, disk: fsync /wal 20 %, other 5 %, not seen 15 %");
}

TEST_F(WhyFold, MeanwhileHasOneEntryOfAllWaits) {
  const auto behind = [this](std::uint32_t pid, std::uint64_t ns) {
    return WhyMeanwhile{
        {.part = WhyPart::kWait, .relation = WhyRelation::kBehind, .by = names.intern(pid, "x")},
        "",
        ns,
        {}};
  };
  add_read("/a", 10'000, names.intern(7, "holder"));
  row.lines[0].meanwhile = {behind(1, 5000)};
  EXPECT_EQ(only().lines[0].meanwhile, "waiting behind x (1) 50 %, not seen 50 %");
  row.lines[0].meanwhile = {behind(1, 5000), behind(2, 3000), behind(3, 2000)};
  EXPECT_EQ(only().lines[0].meanwhile, "waiting behind x (1) and others 100 %");
  row.lines[0].meanwhile = {behind(1, 4900), behind(2, 3000), behind(3, 2100)};
  EXPECT_EQ(only().lines[0].meanwhile, "waiting for a CPU 100 %");
  row.lines[0].meanwhile = {behind(1, 499)};
  EXPECT_EQ(only().lines[0].meanwhile, "") << "too little was seen";
  row.lines[0].meanwhile = {behind(1, 5000)};
  row.lines[0].cause.relation = WhyRelation::kNone;
  EXPECT_EQ(only().lines[0].meanwhile, "") << "of nobody";
}

TEST_F(WhyFold, ARowOfOthersHasTheSumsOfItsParts) {
  row.wall_ns = kWall;
  row.part_ns[static_cast<std::size_t>(WhyPart::kWait)] = 60'000;
  row.part_ns[static_cast<std::size_t>(WhyPart::kThrottled)] = 30'000;
  row.part_ns[static_cast<std::size_t>(WhyPart::kIdle)] = 10'000;
  const auto sections = fold_causes(row, names);
  ASSERT_EQ(sections.size(), 2U);
  EXPECT_EQ(sections[0].head.words, "waiting for a CPU");
  EXPECT_EQ(sections[0].head.ns, 90'000U);
  EXPECT_EQ(sections[1].head.words, "waiting for work");
}

}  // namespace
}  // namespace hoodtrace
