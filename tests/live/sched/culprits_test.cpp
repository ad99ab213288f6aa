// SPDX-License-Identifier: GPL-2.0-or-later
// Which tasks a task waited behind, and the effect of priorities.

#include "live/sched/expectations.hpp"

namespace hoodtrace::testing {
namespace {

Json row_named(const TracedRun& run, const std::string& comm) {
  for (const Json& task : run.report()["tasks"])
    if (task["comm"] == comm) return task;
  return Json::object();
}

double share_behind(const Json& row, const std::string& comm) {
  std::uint64_t ns = 0;
  for (const Json& culprit : row["waited_behind"])
    if (culprit["comm"] == comm) ns += culprit["ns"].get<std::uint64_t>();
  return static_cast<double>(ns) / static_cast<double>(number(row, "wait_ns"));
}

// With alone=1 the workload's session has 87 times the weight of other sessions. At least 90 % of a
// spinner's wait is then behind the other spinner, even on a busy machine.
TEST(SchedCulprits, TwoSpinnersOnOneCpuWaitBehindEachOther) {
  HOODTRACE_LIVE();
  const TracedRun run =
      exact_run({"sched"}, {"spin", "ms=3000", "alone=1", "left:naps=200", "right:naps=200"});
  for (const auto& [mine, other] : {std::pair{"left", "right"}, std::pair{"right", "left"}}) {
    const Json row = row_named(run, mine);
    ASSERT_FALSE(row.empty());
    ASSERT_FALSE(row["waited_behind"].empty());
    EXPECT_EQ(row["waited_behind"][0]["comm"], other) << row.dump();
    EXPECT_GE(share_behind(row, other), 0.90) << row.dump();
  }
}

TEST(SchedCulprits, ANormalTaskWaitsBehindARealTimeOne) {
  HOODTRACE_LIVE();
  if (!may_be_realtime()) GTEST_SKIP() << "cannot run here: no real-time task is permitted";
  const TracedRun run = exact_run(
      {"sched"}, {"spin", "ms=1000", "alone=1", "normal", "urgent:fifo=10:naps=100:nap_us=5000"});
  const Json normal = row_named(run, "normal");
  const Json urgent = row_named(run, "urgent");
  ASSERT_FALSE(normal.empty());
  ASSERT_FALSE(urgent.empty());
  EXPECT_EQ(normal["waited_behind"][0]["comm"], "urgent") << normal.dump();
  EXPECT_EQ(urgent["policy"], "FIFO");
  // SCHED_FIFO 10 is the kernel's priority 99 - 10.
  EXPECT_EQ(urgent["priority"], 89);
  EXPECT_LT(number(urgent, "wait_ns"), number(normal, "wait_ns"));
}

TEST(SchedCulprits, NiceTenGetsTheShareOfItsWeight) {
  HOODTRACE_LIVE();
  const TracedRun run =
      exact_run({"sched"}, {"spin", "ms=4000", "alone=1", "fair", "meek:nice=10"});
  const Json fair = row_named(run, "fair");
  const Json meek = row_named(run, "meek");
  ASSERT_FALSE(fair.empty());
  ASSERT_FALSE(meek.empty());
  EXPECT_EQ(meek["nice"], 10);
  // sched_prio_to_weight (kernel/sched/core.c): nice 0 is 1024, nice 10 is 110. Shares of the CPU
  // within five hundredths of it: slices of 3 ms in 4 s are a thousandth, starting and ending a
  // little more, and other tasks of the machine the rest.
  const auto a = static_cast<double>(number(fair, "on_cpu_ns"));
  const auto b = static_cast<double>(number(meek, "on_cpu_ns"));
  EXPECT_NEAR(a / (a + b), 1024.0 / (1024 + 110), 0.05);
}

// SCHED_DEADLINE lets a task run for its runtime in each period and no longer: with 2 of 10 ms and
// nothing else to do, what it waits for is its own next period.
TEST(SchedCulprits, ADeadlineTaskWaitsForItsOwnPeriod) {
  HOODTRACE_LIVE();
  const TracedRun run = exact_run({"sched"}, {"spin", "ms=1000", "dl:deadline_us=2000"});
  const Json row = row_named(run, "dl");
  ASSERT_FALSE(row.empty());
  if (row["policy"] != "DEADLINE")
    GTEST_SKIP() << "cannot run here: no SCHED_DEADLINE bandwidth to be had";
  EXPECT_EQ(row["priority"], -1);
  EXPECT_NEAR(static_cast<double>(number(row, "on_cpu_ns")), 200e6, 40e6);
  EXPECT_GE(share_behind(row, "(throttled by its own deadline)"), 0.95) << row.dump();
  EXPECT_EQ(share_behind(row, "(queued elsewhere)"), 0) << row.dump();
}

TEST(SchedCulprits, AThresholdPrintsEachLongWaitAsItHappens) {
  HOODTRACE_LIVE();
  const Finished run = run_hoodtrace({"sched", "--threshold", "1ms", "--", workload_path(), "spin",
                                      "ms=500", "alone=1", "left", "right"});
  ASSERT_EQ(run.exit_code, 0) << run.error;
  // With -- and no -o the report, these lines included, goes to standard error.
  EXPECT_NE(run.error.find("left ("), std::string::npos) << run.error;
  EXPECT_NE(run.error.find("ran instead: right ("), std::string::npos) << run.error;
  EXPECT_EQ(run.output.find("ran instead"), std::string::npos);
}

TEST(SchedCulprits, WakersGiveTheWakeUpDelay) {
  HOODTRACE_LIVE();
  const Words scenario = {"pipe", "trips=2000"};
  const TracedRun with = exact_run({"sched", "--wakers"}, scenario);
  const TracedRun without = exact_run({"sched"}, scenario);
  std::uint64_t delays_ns = 0;
  for (const Json& task : with.report()["tasks"]) {
    ASSERT_TRUE(task["wake_delay_ns"].is_number()) << task.dump();
    delays_ns += number(task, "wake_delay_ns");
  }
  EXPECT_GT(delays_ns, 0U);
  // Not measured is null, never 0.
  for (const Json& task : without.report()["tasks"]) EXPECT_TRUE(task["wake_delay_ns"].is_null());
}

}  // namespace
}  // namespace hoodtrace::testing
