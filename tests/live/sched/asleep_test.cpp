// SPDX-License-Identifier: GPL-2.0-or-later
// A sleep that the kernel counts as a wait: of a thread that is moved to another CPU right after it fell
// asleep (docs/kernel-notes.md, 137). How long it slept its own clock and the waker's tell.

#include "live/sched/expectations.hpp"

namespace hoodtrace::testing {
namespace {

constexpr std::uint64_t kSleepNs = 3 * 300'000'000ULL;
const Words kAsleep = {"asleep", "count=3", "sleep_ms=300"};

struct Asleep {
  Json report;
  Json row;                     // of the sleeper
  std::uint64_t slept_ns = 0;   // by clocks, at most: it sleeps nowhere else
  std::uint64_t kernel_ns = 0;  // its run_delay, by /proc
};

Asleep asleep(const Words& arguments) {
  const TracedRun run = trace_workload(arguments, kAsleep);
  EXPECT_EQ(run.exit_code, 0) << run.error;
  EXPECT_EQ(run.reports.size(), 1U) << run.error;
  Asleep of;
  if (run.reports.empty()) return of;
  of.report = run.report();
  of.slept_ns = number(run.truth, "count");
  for (const Json& worker : run.truth["tasks"]) {
    if (worker["name"] != "sleeper") continue;
    of.row = run.row(worker["tid"].get<pid_t>());
    of.kernel_ns = number(worker["end"], "run_delay_ns") - number(worker["start"], "run_delay_ns");
  }
  expect_nothing_lost(of.report);
  return of;
}

// The kernel has one of its three sleeps at least, and hardly anything else, in run_delay after a sleep. (The
// spinner may begin later than the sleeper, which then has used up nothing when it sleeps for the first time.)
constexpr std::uint64_t kMostOfOneNs = kSleepNs / 4;
bool is_counted_as_wait(const Asleep& of) {
  return of.kernel_ns > number(of.row, "wait_preempted_ns") + kMostOfOneNs;
}

// All of its sleeps, of which a switch that is not shown (docs/kernel-notes.md, 44) hides one.
void expect_slept(const Asleep& of) {
  const std::uint64_t hidden_ns = number(of.report["events"]["lost"], "unshown") * kSleepNs / 3;
  EXPECT_GE(number(of.row, "sleep_ns") + hidden_ns, kSleepNs)
      << of.row.dump() << of.report["events"].dump();
}

TEST(SchedAsleep, WithWakersTheWaitBeginsWithTheWakeUp) {
  HOODTRACE_LIVE();
  const Asleep of = asleep({"sched", "--wakers"});
  ASSERT_TRUE(of.row.is_object());
  expect_exact_audit(of.report);
  expect_sound_rows(of.report);
  EXPECT_EQ(unmeasured_waits(of.report), 0U);
  expect_slept(of);
  // The waker may lose its CPU between its look at the clock and the write.
  EXPECT_LE(number(of.row, "sleep_ns"), of.slept_ns + kSleepNs / 10) << of.row.dump();
  if (is_kernel_at_least(6, 18) && number(of.row, "migrations") >= 3) {
    EXPECT_TRUE(is_counted_as_wait(of)) << of.row.dump();
  }
  if (is_counted_as_wait(of)) {
    EXPECT_GE(slept_ns(of.report), kMostOfOneNs);
  }
}

TEST(SchedAsleep, WithoutWakersItIsNotMeasured) {
  HOODTRACE_LIVE();
  const Asleep of = asleep({"sched"});
  ASSERT_TRUE(of.row.is_object());
  expect_exact_audit(of.report);
  expect_sound_rows(of.report);
  expect_slept(of);
  if (!is_counted_as_wait(of)) return;
  EXPECT_GE(unmeasured_waits(of.report), 1U);
  EXPECT_GE(slept_ns(of.report), kMostOfOneNs);
  EXPECT_LE(number(of.row, "wait_count"), number(of.row, "runs") - 1) << of.row.dump();
}

}  // namespace
}  // namespace hoodtrace::testing
