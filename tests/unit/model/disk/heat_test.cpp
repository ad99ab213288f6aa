// SPDX-License-Identifier: GPL-2.0-or-later
// Latencies over time.
#include "model/disk/heat.hpp"

#include <gtest/gtest.h>

namespace hoodtrace {
namespace {

std::uint64_t sum_of(const DiskHeat& heat) {
  std::uint64_t sum = 0;
  for (const DiskHeat::Column& column : heat.columns())
    for (const std::uint32_t count : column) sum += count;
  return sum;
}

TEST(DiskHeat, ALatencyIsInTheRowThatContainsIt) {
  for (const std::uint64_t ns : {2ULL, 3ULL, 5ULL, 1000ULL, 65'536ULL, 98'304ULL, ~0ULL}) {
    DiskHeat heat(0);
    heat.add(10, ns);
    for (std::size_t row = 0; row < DiskHeat::kRows; row++) {
      if (heat.columns()[0][row] == 0) continue;
      EXPECT_LE(DiskHeat::least_ns(row), ns);
      if (row + 1 < DiskHeat::kRows) {
        EXPECT_GT(DiskHeat::least_ns(row + 1), ns);
      }
    }
  }
}

TEST(DiskHeat, ALongRunHasWiderColumnsAndAllRequests) {
  DiskHeat heat(5'000'000'000);
  constexpr std::uint64_t kSeconds = 3600;
  for (std::uint64_t i = 0; i < kSeconds; i++) heat.add((5 + i) * 1'000'000'000, 100'000);
  EXPECT_LE(heat.columns().size(), DiskHeat::kColumns);
  EXPECT_GE(heat.columns().size() * heat.width_ns(), (kSeconds - 1) * 1'000'000'000);
  EXPECT_EQ(sum_of(heat), kSeconds);
}

}  // namespace
}  // namespace hoodtrace
