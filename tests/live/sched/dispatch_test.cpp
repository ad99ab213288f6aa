// SPDX-License-Identifier: GPL-2.0-or-later
// A wait ends when the task runs. The kernel's run_delay ends at the run queue's clock, which is
// not updated between a wake-up on an idle CPU and the switch. Time stamps and the program's clock
// are.

#include "live/sched/expectations.hpp"
#include "stream/file_source.hpp"

namespace hoodtrace::testing {
namespace {

struct Stamps {
  std::uint64_t waits = 0;
  std::uint64_t ns = 0;  // from sched_wakeup to sched_switch
};

// The waits of `tid` after its wake-ups, by the stamps in a recording with wakers.
Stamps stamps_of(const std::string& recording, std::uint32_t tid) {
  Stamps stamps;
  auto source = FileSource::open(recording);
  EXPECT_TRUE(source) << "cannot open " << recording;
  if (!source) return stamps;
  std::uint64_t woken_ns = 0;
  for (;;) {
    const auto records = (*source)->next();
    if (!records || records->empty()) return stamps;
    for (const RecordView& record : *records) {
      if (record.head->tid != tid) continue;
      if (record.head->type == HT_WAKEUP) woken_ns = record.head->time_ns;
      if (record.head->type != HT_SWITCH || woken_ns == 0) continue;
      stamps.waits++;
      stamps.ns += record.head->time_ns - woken_ns;
      woken_ns = 0;
    }
  }
}

TEST(SchedDispatch, NapsOnAnIdleCpuWaitAsLongAsTimeStampsShow) {
  HOODTRACE_LIVE();
  const TemporaryFolder folder;
  const std::string file = folder.file("naps.htrec");
  const Finished recorded = run_hoodtrace({"record", "sched", "--wakers", "-o", file, "--",
                                           workload_path(), "naps", "count=1000", "nap_us=1000"});
  ASSERT_EQ(recorded.exit_code, 0) << recorded.error;
  const Json truth = Json::parse(recorded.output, nullptr, false);
  ASSERT_FALSE(truth.is_discarded()) << recorded.output;
  const auto tid = truth["tasks"][0]["tid"].get<std::uint32_t>();
  const Finished json = run_hoodtrace({"sched", "--from", file, "--format", "json"});
  const Json report = Json::parse(json.output, nullptr, false);
  ASSERT_FALSE(report.is_discarded()) << json.error;
  expect_exact_audit(report);
  expect_sound_rows(report);
  Json row;
  for (const Json& task : report["tasks"])
    if (task["tid"] == tid) row = task;
  ASSERT_TRUE(row.is_object());

  const Stamps stamps = stamps_of(file, tid);
  // A switch that is not shown (docs/kernel-notes.md, note 44) takes a wait.
  ASSERT_GE(stamps.waits + unshown_switches(report), 1000U);
  const auto by_stamps_ns = static_cast<double>(stamps.ns);
  const auto ours_ns = static_cast<double>(number(row, "wait_woken_ns"));
  const auto waits = static_cast<double>(stamps.waits);
  std::printf(
      "per wait: %.0f ns, by stamps %.0f ns, of it not in run_delay %.0f ns; "
      "p50 %llu ns, the program's own median %llu ns\n",
      ours_ns / waits, by_stamps_ns / waits,
      static_cast<double>(number(row, "dispatch_ns")) / waits,
      static_cast<unsigned long long>(number(row, "wait_p50_ns")),
      static_cast<unsigned long long>(number(truth, "count")));
  // sched_wakeup fires after the task was put on the queue, whose time is the kernel's stamp: up to
  // 5 us a wait on this kind of machine (99 % of them), never before it.
  EXPECT_GE(ours_ns, by_stamps_ns - 200 * waits);
  EXPECT_LE(ours_ns, by_stamps_ns + 5'000 * waits);
  // Each nap was over later than its wait by the timer's interrupt and the way back to the program.
  EXPECT_LE(number(row, "wait_p50_ns"), number(truth, "count"));
  EXPECT_GT(number(row, "wait_p50_ns"), 1'000U) << "an idle CPU takes microseconds";
}

// By the stamps alone.
TEST(SchedDispatch, TheFallbackTierHasNoSeparateDispatchTime) {
  HOODTRACE_LIVE();
  const TracedRun run = trace_workload({"sched", "--fallback"}, {"naps", "count=100"});
  ASSERT_EQ(run.reports.size(), 1U) << run.error;
  const Json row = run.row(run.truth["tasks"][0]["tid"]);
  EXPECT_TRUE(row["dispatch_ns"].is_null()) << row.dump();
  EXPECT_GT(number(row, "wait_p50_ns"), 1'000U) << row.dump();
}

}  // namespace
}  // namespace hoodtrace::testing
