// SPDX-License-Identifier: GPL-2.0-or-later
#include "base/cpu_list.hpp"

#include <gtest/gtest.h>

namespace hoodtrace {
namespace {

using Cpus = std::set<std::uint32_t>;

TEST(CpuList, RangesAndSingles) {
  EXPECT_EQ(parse_cpu_list("0-3,5,8-9\n"), (Cpus{0, 1, 2, 3, 5, 8, 9}));
  EXPECT_EQ(parse_cpu_list("0"), Cpus{0});
  EXPECT_EQ(parse_cpu_list("\n"), Cpus{});
  EXPECT_EQ(parse_cpu_list(""), Cpus{});
}

TEST(CpuList, IsWrittenAsTheKernelDoes) {
  for (const char* text : {"", "0", "0-3,5,8-9", "1,3,5", "7-8191"})
    EXPECT_EQ(format_cpu_list(parse_cpu_list(text)), text);
}

TEST(CpuList, WhatCannotBeReadIsLeftOut) {
  EXPECT_EQ(parse_cpu_list("x,2,,-1"), Cpus{2});
  EXPECT_EQ(parse_cpu_list("3-1"), Cpus{});
  EXPECT_LE(parse_cpu_list("0-4294967295").size(), 65536U);
}

}  // namespace
}  // namespace hoodtrace
