// SPDX-License-Identifier: GPL-2.0-or-later
// Interrupts in the runs of a task that never sleeps, and what they leave of its time.

#include <unistd.h>

#include "live/sched/expectations.hpp"

namespace hoodtrace::testing {
namespace {

Json row_of(const Json& list, const Json& tid) {
  for (const Json& row : list)
    if (row["tid"] == tid) return row;
  return Json::object();
}

TEST(SchedIrq, NetTimeIsGrossLessInterruptsAndStolenTime) {
  HOODTRACE_LIVE();
  const TracedRun run = exact_run({"sched", "--irq"}, {"spin", "ms=2000", "alone=1", "a"});
  const Json& worker = run.truth["tasks"][0];
  const Json row = row_of(run.report()["taken"], worker["tid"]);
  ASSERT_FALSE(row.empty()) << run.report().dump();
  const double gross_ns = row["on_cpu_ns"].get<double>();
  const double stolen_ns = row["stolen_ns"].is_null() ? 0 : row["stolen_ns"].get<double>();
  const double hard_ns = row["hard_irq_ns"].get<double>();
  const double soft_ns = row["soft_irq_ns"].get<double>();
  EXPECT_NEAR(row["net_ns"].get<double>(), gross_ns - hard_ns - soft_ns - stolen_ns, 1)
      << row.dump();
  EXPECT_GT(row["hard_irqs"].get<double>(), 0) << row.dump();
  EXPECT_LT(hard_ns + soft_ns, gross_ns * 0.5) << row.dump();
  // The kernel's run time is without stolen time, and where it counts interrupts (KERNEL-IRQ) without them.
  const double kernel_irq_ns =
      row["kernel_irq_ns"].is_null() ? 0 : row["kernel_irq_ns"].get<double>();
  const double ran_ns = row_of(run.report()["tasks"], worker["tid"])["on_cpu_ns"].get<double>();
  EXPECT_EQ(ran_ns, gross_ns);
  const double schedstat_ns =
      worker["end"]["ran_ns"].get<double>() - worker["start"]["ran_ns"].get<double>();
  EXPECT_NEAR(gross_ns - stolen_ns - kernel_irq_ns, schedstat_ns, schedstat_ns * 0.01 + 5e6)
      << row.dump();
}

// A task on a CPU has the timer's interrupt in each tick, where the kernel has the hook (x86).
TEST(SchedIrq, TheLocalTimerCutsASpinnerOnceATick) {
  HOODTRACE_LIVE();
  const TracedRun run = exact_run({"sched", "--irq"}, {"spin", "ms=2000", "alone=1", "a"});
  Json timer;
  for (const Json& one : run.report()["interrupts"])
    if (one["name"] == "local timer") timer = one;
  if (timer.is_null()) GTEST_SKIP() << "cannot run here: this kernel shows no local timer";
  const Json row = row_of(run.report()["taken"], run.truth["tasks"][0]["tid"]);
  const double seconds = row["on_cpu_ns"].get<double>() / 1e9;
  // 250 a second on the kernels that are tested, or 1000; other timers come on top.
  EXPECT_GE(timer["count"].get<double>(), 0.9 * 250 * seconds) << timer.dump();
  std::uint64_t cut_ns = 0;
  for (const Json& one : timer["cut"]) cut_ns += number(one, "ns");
  EXPECT_EQ(cut_ns + number(timer, "idle_ns"), number(timer, "time_ns")) << timer.dump();
}

TEST(SchedIrq, TheirSumsAreThoseOfTheTasks) {
  HOODTRACE_LIVE();
  const TracedRun run = exact_run({"sched", "--irq"}, {"spin", "ms=1000", "a", "b"});
  std::uint64_t sources_ns = 0;
  std::uint64_t tasks_ns = 0;
  for (const Json& one : run.report()["interrupts"]) sources_ns += number(one, "time_ns");
  for (const Json& row : run.report()["taken"])
    tasks_ns += number(row, "hard_irq_ns") + number(row, "soft_irq_ns");
  EXPECT_GT(sources_ns, 0U);
  EXPECT_EQ(sources_ns, tasks_ns) << run.report()["interrupts"].dump();
}

}  // namespace
}  // namespace hoodtrace::testing
