// SPDX-License-Identifier: GPL-2.0-or-later
// Tens of thousands of sleeps a second: none is lost, and the sums are exact. How many are too many is
// in docs/performance.md.

#include "live/why/expectations.hpp"

namespace hoodtrace::testing {
namespace {

TEST(Why, AStormOfSixtyThreadsAddsUp) {
  HOODTRACE_LIVE();
  // Played once: among this many switches there is nearly always one that the kernel does not report.
  const Stolen stolen;
  const TracedRun run =
      trace_command({"why"}, {why_scenes_path(), "futexes", "threads=60", "ms=1000", "us=60"});
  ASSERT_EQ(run.reports.size(), 1U) << run.error;
  expect_sound_report(run.report(), run.truth, stolen.most_ns());
  EXPECT_GE(run.report()["threads"].size(), 61U);
  std::uint64_t count = 0;
  for (const Json& thread : run.report()["threads"]) count += sleeps(thread).count;
  EXPECT_GT(count, 3'000U);
}

TEST(Why, APingPongOverPipesAddsUp) {
  HOODTRACE_LIVE();
  const TracedRun run = trace_workload({"why"}, {"pipe", "ms=3000", "trips=0", "pairs=2"});
  ASSERT_EQ(run.reports.size(), 1U) << run.error;
  expect_sound_report(run.report(), Json::object());
  const std::uint64_t unshown = number(run.report()["events"]["lost"], "unshown");
  std::uint64_t compared = 0;
  for (const Json& counted : run.truth["tasks"]) {
    const Json thread = thread_of(run.report(), static_cast<pid_t>(number(counted, "tid")));
    ASSERT_FALSE(thread.empty());
    const std::uint64_t nvcsw = number(counted["end"], "nvcsw");
    // A switch that the kernel does not show can hide a sleep.
    EXPECT_GE(sleeps(thread).count + unshown, nvcsw) << thread.dump();
    EXPECT_LE(sleeps(thread).count, nvcsw + 2 + unshown) << thread.dump();
    // Nearly all of them in read, ended by the other thread of the pair.
    EXPECT_GE(total(thread, {.cause = "call", .call = "read", .relation = "waker"}).count,
              nvcsw - nvcsw / 100 - 10)
        << thread.dump();
    compared += nvcsw;
  }
  EXPECT_GT(compared, 50'000U);
}

}  // namespace
}  // namespace hoodtrace::testing
