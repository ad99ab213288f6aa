// SPDX-License-Identifier: GPL-2.0-or-later
// Sleeps of a known length, of the 32-bit table too, and a long exit that has none.

#include "live/why/expectations.hpp"

namespace hoodtrace::testing {
namespace {

TEST(Why, NapsAreClockNanosleepEndedByATimer) {
  HOODTRACE_SCENE(run, {"naps", "count=100", "ms=10"});
  const Want nap{.part = "idle", .cause = "call", .call = "clock_nanosleep", .relation = "timer"};
  run.expect_sleeps("napper", "nap", nap);
  EXPECT_GE(total(run.thread("napper"), nap).ns, 1'000'000'000U);
  EXPECT_EQ(total(run.thread("napper"), nap).count, 100U);
}

TEST(Why, ThirtyTwoBitNanosleepHasItsOwnName) {
  HOODTRACE_SCENE(run, {"compat", "count=20", "ms=10"});
  const Want nap{.part = "idle", .cause = "call", .call = "nanosleep", .relation = "timer"};
  run.expect_sleeps("napper-32", "nap", nap);
  EXPECT_GE(total(run.thread("napper-32"), nap).ns, 200'000'000U);
}

TEST(Why, ExitOfABigProcessIsTimeOnTheCpu) {
  HOODTRACE_SCENE(run, {"big_exit", "mib=600"});
  const Json big = run.thread("big");
  // From its last switch to the record of its end: no sleep.
  EXPECT_EQ(sleeps(big).count, 0U) << big.dump();
  EXPECT_LT(sleeps(big).ns, 1'000'000U) << big.dump();
  const Json parent = run.thread("parent");
  const Total waited = total(parent, {.part = "blocked", .cause = "child", .by = run.tid("big")});
  EXPECT_GE(waited.count, 1U) << parent.dump();
  EXPECT_GE(waited.max_ns + wait_ns(parent) + total(parent, {.part = "on_cpu"}).ns,
            run.fact("exit_ns"))
      << parent.dump();
}

}  // namespace
}  // namespace hoodtrace::testing
