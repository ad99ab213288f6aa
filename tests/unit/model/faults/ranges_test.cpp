// SPDX-License-Identifier: GPL-2.0-or-later
#include "model/faults/ranges.hpp"

#include <gtest/gtest.h>

#include "command/pipeline.hpp"
#include "event/feed.hpp"
#include "support/fault_scenario.hpp"

namespace hoodtrace {
namespace {

TEST(FaultRanges, NeighbouringBlocksOfOneMappingAreOneRange) {
  StreamBuilder scenario;
  scenario.session().seen(10, {.pid = 10}).seen(11, {.pid = 11});
  FaultScenario faults(scenario);
  for (const std::uint64_t address : {0x10000U, 0x1ffffU, 0x20000U, 0x40000U})
    faults.touch(10, {.address = address});
  faults.touch(10, {.address = 0x30000, .place = HT_PLACE_HEAP});
  faults.touch(11, {.address = 0x30000});
  TaskTable tasks;
  FaultRanges ranges(tasks);
  for (std::size_t i = 0; i < scenario.records().size(); i++) {
    feed(tasks, *decode(scenario.records().at(i)));
    feed(ranges, *decode(scenario.records().at(i)));
  }
  const std::vector<FaultRange> list = ranges.ranges();
  ASSERT_EQ(list.size(), 4U);
  EXPECT_EQ(list[0].start, 0x10000U);
  EXPECT_EQ(list[0].end, 0x30000U);
  EXPECT_EQ(list[0].stats.minor, 3U);
  EXPECT_EQ(list[1].start, 0x40000U);
  EXPECT_EQ(list[2].mapping.place, HT_PLACE_HEAP);
  EXPECT_EQ(list[3].mapping.pid, 11U);
  EXPECT_EQ(ranges.left_out(), 0U);
  ranges.begin_interval();
  EXPECT_TRUE(ranges.ranges().empty());
}

}  // namespace
}  // namespace hoodtrace
