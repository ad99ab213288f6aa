// SPDX-License-Identifier: GPL-2.0-or-later
#include "base/sched_debug.hpp"

#include <gtest/gtest.h>

#include <string>

namespace hoodtrace {
namespace {

std::string head(const std::string& stable, const std::string& monotonic, const std::string& cpu) {
  return "Sched Debug Version: v0.11, 6.1.0-48-amd64 #1\n"
         "ktime                                   : " +
         monotonic +
         "\n"
         "sched_clk                               : 70.000000\n"
         "cpu_clk                                 : " +
         cpu +
         "\n"
         "jiffies                                 : 4308426343\n"
         "sched_clock_stable()                    : " +
         stable + "\n\nsysctl_sched\n";
}

TEST(SchedDebug, TheLagIsTheDifferenceOfTheTwoClocks) {
  EXPECT_EQ(monotonic_lag_ns(head("1", "54136390.459739", "54136391.859484")), -1'399'745);
  EXPECT_EQ(monotonic_lag_ns(head("1", "12.000001", "5.000000")), 7'000'001);
}

TEST(SchedDebug, ClocksThatAreNotOneHaveNone) {
  EXPECT_EQ(monotonic_lag_ns(head("0", "12.000001", "5.000000")), std::nullopt);
}

TEST(SchedDebug, WhereTheyAlwaysAreOneThereIsNoSuchLine) {
  std::string text = head("1", "12.000001", "5.000000");
  const std::size_t line = text.find("sched_clock_stable");
  text.erase(line, text.find('\n', line) + 1 - line);
  EXPECT_EQ(monotonic_lag_ns(text), 7'000'001);
}

TEST(SchedDebug, WhatIsNoSuchTextHasNone) {
  EXPECT_EQ(monotonic_lag_ns(""), std::nullopt);
  EXPECT_EQ(monotonic_lag_ns("ktime : 1.000000\ncpu_clk : 1.000000\n"), std::nullopt);
  for (const char* number : {"", "1", "1.5", ".", "1.0000001", "x.000000", "1.00000x", "1.000000 "})
    EXPECT_EQ(monotonic_lag_ns(head("1", "12.000001", number)), std::nullopt) << number;
  EXPECT_EQ(monotonic_lag_ns(head("1", "99999999999999999999.000000", "1.000000")), std::nullopt);
}

// The kernel makes no more of the text than is read.
TEST(SchedDebug, ACutTextHasNone) {
  const std::string whole = head("1", "12.000001", "5.000000");
  EXPECT_EQ(monotonic_lag_ns(whole.substr(0, whole.find("sched_clock_stable"))), std::nullopt);
}

}  // namespace
}  // namespace hoodtrace
