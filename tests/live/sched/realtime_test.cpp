// SPDX-License-Identifier: GPL-2.0-or-later
// Real-time and deadline tasks beside a fair one on one CPU.

#include "live/sched/expectations.hpp"

namespace hoodtrace::testing {
namespace {

constexpr double kMs = 1e6;

Json row_of(const Json& list, const std::string& comm) {
  for (const Json& row : list)
    if (row["comm"] == comm) return row;
  return Json::object();
}

// A real-time task that is runnable runs: the fair one waits for all of its time.
TEST(SchedRealtime, WhatAFifoTaskTookIsWhatTheFairOneWaitedBehindIt) {
  HOODTRACE_LIVE();
  const TracedRun run = exact_run({"sched", "--realtime"},
                                  {"spin", "ms=1500", "rt:fifo=10:naps=20:nap_us=20000", "fair"});
  const Json rt = row_of(run.report()["realtime"], "rt");
  const Json fair = row_of(run.report()["behind_realtime"], "fair");
  ASSERT_FALSE(rt.empty()) << run.report().dump();
  ASSERT_FALSE(fair.empty()) << run.report().dump();
  EXPECT_EQ(rt["policy"], "FIFO");
  // The kernel's own (migration/N) take some us.
  std::uint64_t took_ns = 0;
  std::uint64_t waited_ns = 0;
  for (const Json& one : run.report()["realtime"]) took_ns += number(one, "took_from_fair_ns");
  for (const Json& one : run.report()["behind_realtime"])
    waited_ns += number(one, "behind_realtime_ns");
  EXPECT_EQ(took_ns, waited_ns);
  EXPECT_GT(number(rt, "took_from_fair_ns"), 100 * kMs);
  // Culprits are found by another way: by what ran on the CPU, whatever its class.
  std::uint64_t behind_ns = 0;
  for (const Json& task : run.report()["tasks"]) {
    if (task["comm"] != "fair") continue;
    for (const Json& one : task["waited_behind"])
      if (one["comm"] == "rt") behind_ns += number(one, "ns");
  }
  EXPECT_NEAR(static_cast<double>(number(fair, "behind_realtime_ns")),
              static_cast<double>(behind_ns), static_cast<double>(behind_ns) * 0.01 + kMs)
      << fair.dump();
}

TEST(SchedRealtime, ADeadlineHogIsThrottledInEachPeriod) {
  HOODTRACE_LIVE();
  const TracedRun run =
      exact_run({"sched", "--realtime"}, {"spin", "ms=1500", "dl:deadline_us=2000"});
  const Json row = row_of(run.report()["realtime"], "dl");
  if (row.empty() || row["policy"] != "DEADLINE")
    GTEST_SKIP() << "cannot run here: no SCHED_DEADLINE bandwidth to be had";
  EXPECT_EQ(row["dl_runtime_ns"], 2'000'000);
  EXPECT_EQ(row["dl_period_ns"], 10'000'000);
  EXPECT_EQ(row["dl_deadline_ns"], 10'000'000);
  // It spins for 1.5 s: 150 periods, in each of which its runtime is used up; a tick may end one late, and
  // then it pays in the next.
  EXPECT_GE(number(row, "overruns"), 60U) << row.dump();
  EXPECT_LE(number(row, "overruns"), 160U) << row.dump();
  // The kernel's way to the same: these waits are throttled ones in the ordinary report.
  std::uint64_t throttled_ns = 0;
  for (const Json& task : run.report()["tasks"])
    if (task["comm"] == "dl") throttled_ns += number(task, "wait_throttled_ns");
  EXPECT_NEAR(static_cast<double>(number(row, "own_throttled_ns")),
              static_cast<double>(throttled_ns), static_cast<double>(throttled_ns) * 0.01 + kMs)
      << row.dump();
  EXPECT_GT(throttled_ns, 900 * kMs);
}

}  // namespace
}  // namespace hoodtrace::testing
