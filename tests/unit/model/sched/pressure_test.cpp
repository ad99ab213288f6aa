// SPDX-License-Identifier: GPL-2.0-or-later
// Unions of waits, and the kernel's mean over CPUs.
#include "model/sched/pressure.hpp"

#include <gtest/gtest.h>

namespace hoodtrace {
namespace {

TEST(SpanUnion, SpansThatOverlapAreCountedOnce) {
  SpanUnion spans;
  spans.add(10, 20);
  spans.add(15, 25);
  EXPECT_EQ(spans.length_ns(), 15U);
  spans.add(40, 50);
  EXPECT_EQ(spans.length_ns(), 25U);
  spans.add(5, 60);  // around all of them
  EXPECT_EQ(spans.length_ns(), 55U);
}

TEST(SpanUnion, WhatBeganBeforeTheIntervalIsCountedFromItsBegin) {
  SpanUnion spans;
  spans.begin_interval(100);
  spans.add(50, 130);
  EXPECT_EQ(spans.length_ns(), 30U);
}

TEST(SpanUnion, WhatReachesIntoTheNextIntervalStaysInIt) {
  SpanUnion spans;
  spans.add(10, 20);
  spans.add(30, 60);
  spans.begin_interval(50);
  EXPECT_EQ(spans.length_ns(), 10U);
  spans.add(30, 80);  // the same one, now at its end
  EXPECT_EQ(spans.length_ns(), 30U);
}

// One runs while another waits: some, and not full. Then both wait (a quota is used up): full.
TEST(Pressure, FullIsWhereNobodyOfTheGroupRuns) {
  Pressure group;
  group.run(0, 0, 30);
  group.wait(0, 0, 100);  // the other one
  group.wait(0, 30, 100);
  EXPECT_EQ(group.some_ns(), 100U);
  EXPECT_EQ(group.full_ns(), 70U);
}

// collect_percpu_times(), kernel/sched/psi.c: 100 of 100 on one CPU and 0 of 300 on the other.
TEST(Pressure, CpusCountByTheTimeThatTheGroupIsBusyThere) {
  Pressure group;
  group.wait(0, 0, 100);
  group.run(1, 0, 300);
  EXPECT_EQ(group.some_ns(), 25U);
}

}  // namespace
}  // namespace hoodtrace
