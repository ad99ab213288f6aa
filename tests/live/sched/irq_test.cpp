// SPDX-License-Identifier: GPL-2.0-or-later
// Interrupts in the runs of a task that never sleeps, and what they leave of its time.

#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>

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

// Unless it measures interrupts, the kernel counts a tick as soft interrupt when the tick interrupts one
// (account_system_time(), kernel/sched/cputime.c). So /proc/stat has a sample of the same time: ticks come
// by a clock that knows nothing of the packets.
TEST(SchedIrq, TimeInSoftInterruptsIsWhatTheKernelsTicksSample) {
  HOODTRACE_LIVE();
  const TracedRun run = exact_run({"sched", "--irq"}, {"multicast", "ms=6000"});
  ASSERT_TRUE(run.truth.contains("packets")) << run.error;
  const double window_ns = run.truth["took_ns"].get<double>();
  const double ticks = run.truth["ticks"].get<double>();
  const double packets = run.truth["packets"].get<double>();
  // Of all ticks of the CPU: some may be lost when a hypervisor runs something else.
  const double kernel_ns = run.truth["softirq_ticks"].get<double>() / ticks * window_ns;
  double packets_ns = 0;
  for (const Json& one : run.report()["interrupts"])
    if (one["kind"] == "soft" && one["name"] == "NET_RX")
      packets_ns += one["time_ns"].get<double>();
  const Json row = row_of(run.report()["taken"], run.truth["pid"]);
  ASSERT_FALSE(row.empty()) << run.report().dump();
  ASSERT_GT(packets_ns, window_ns * 0.1) << row.dump();
  // Each tick is a sample with this chance; there are at least as many as units in /proc/stat (USER_HZ).
  // Four standard deviations: one run in 16 000. Both readings of /proc/stat are rounded down.
  const double chance = std::min(packets_ns / window_ns, 1.0);
  const double sampling_ns = 4 * window_ns * std::sqrt(chance * (1 - chance) / ticks);
  const double apart_ns = sampling_ns + 2 * run.truth["tick_ns"].get<double>();
  EXPECT_GE(kernel_ns, packets_ns - apart_ns) << row.dump() << run.truth.dump();
  // The kernel has in it: soft interrupts that follow a tick (ours, no sample of the kernel's), what those
  // of other tasks took while they had the CPU, and our own programs at both ends of each soft interrupt.
  const bool is_emulated = std::getenv("HOODTRACE_VM_ACCEL") != nullptr;
  const double own_ns = packets * (is_emulated ? 40'000 : 2'000);
  const double others_ns = std::max(window_ns - run.truth["ran_ns"].get<double>(), 0.0);
  EXPECT_LE(kernel_ns, row["soft_irq_ns"].get<double>() + others_ns + own_ns + apart_ns)
      << row.dump() << run.truth.dump();
  // No tick interrupts a hard interrupt, so that such a kernel counts none.
  if (row["kernel_irq_ns"].is_null()) {
    EXPECT_EQ(run.truth["irq_ticks"], 0) << run.truth.dump();
  }
}

}  // namespace
}  // namespace hoodtrace::testing
