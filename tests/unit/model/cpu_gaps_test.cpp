// SPDX-License-Identifier: GPL-2.0-or-later
#include "model/cpu_gaps.hpp"

#include <gtest/gtest.h>

namespace hoodtrace {
namespace {

ht_cpu change(std::uint64_t time_ns, std::uint16_t cpu, std::uint32_t online) {
  ht_cpu record{};
  record.head = {time_ns, 0, HT_CPU, cpu};
  record.online = online;
  return record;
}

TEST(CpuGaps, ACpuThatGoesAndComesBackLeavesAGap) {
  CpuGaps gaps;
  gaps.on(change(100, 1, 0));
  ASSERT_EQ(gaps.gaps().size(), 1U);
  EXPECT_EQ(gaps.gaps()[0].until_ns, 0U);
  gaps.on(change(250, 1, 1));
  ASSERT_EQ(gaps.gaps().size(), 1U);
  EXPECT_EQ(gaps.gaps()[0].cpu, 1U);
  EXPECT_EQ(gaps.gaps()[0].from_ns, 100U);
  EXPECT_EQ(gaps.gaps()[0].until_ns, 250U);
}

TEST(CpuGaps, ANewCpuIsNoGapAndAnOpenOneGoesOnInTheNextInterval) {
  CpuGaps gaps;
  gaps.on(change(100, 7, 1));
  EXPECT_TRUE(gaps.gaps().empty());
  gaps.on(change(200, 1, 0));
  gaps.on(change(300, 2, 0));
  gaps.on(change(400, 2, 1));
  gaps.begin_interval();
  ASSERT_EQ(gaps.gaps().size(), 1U);
  EXPECT_EQ(gaps.gaps()[0].cpu, 1U);
  EXPECT_EQ(gaps.gaps()[0].from_ns, 200U);
}

}  // namespace
}  // namespace hoodtrace
