// SPDX-License-Identifier: GPL-2.0-or-later
// With a target the kernel side sums up who ran while it waited: nearly all of it has a name,
// however short the others' runs were and however many they are.

#include "live/sched/expectations.hpp"
#include "stream/file_source.hpp"

namespace hoodtrace::testing {
namespace {

// Traces `target` alone while `others` runs beside it on the same CPU; the share of the target's
// waits that is behind "(unknown)".
double unknown_share(const Words& target, const Words& others, const Words& options = {}) {
  GatedWorkload traced(target);
  EXPECT_TRUE(traced.is_ready());
  Words words = {"sched", "--format", "json", "--pid", std::to_string(traced.pid())};
  words.insert(words.end(), options.begin(), options.end());
  LiveTrace trace(words);
  EXPECT_TRUE(trace.is_attached()) << trace.error();
  if (others.empty()) {
    EXPECT_TRUE(traced.play());
  } else {
    GatedWorkload beside(others);
    EXPECT_TRUE(beside.is_ready());
    beside.begin();
    EXPECT_TRUE(traced.play());
    beside.finish();
  }
  EXPECT_EQ(trace.stop(), 0) << trace.error();
  traced.finish();
  const TracedRun run = trace.run();
  if (run.reports.size() != 1) {
    ADD_FAILURE() << run.error;
    return 1;
  }
  expect_sound_rows(run.report());
  std::uint64_t unknown_ns = 0;
  std::uint64_t wait_ns = 0;
  for (const Json& task : run.report()["tasks"]) {
    wait_ns += number(task, "wait_ns");
    for (const Json& culprit : task["waited_behind"])
      if (culprit["comm"] == "(unknown)") unknown_ns += number(culprit, "ns");
  }
  EXPECT_GT(wait_ns, 50'000'000U);
  const double share = static_cast<double>(unknown_ns) / static_cast<double>(wait_ns);
  std::printf("unknown %.3f %% of %llu ms\n", 100 * share,
              static_cast<unsigned long long>(wait_ns / 1'000'000));
  return share;
}

TEST(SchedBehindMany, ABusyTaskNextToAPingPongPair) {
  HOODTRACE_LIVE();
  EXPECT_LE(unknown_share({"spin", "ms=2000", "hog"}, {"pipe", "ms=2200"}), 0.05);
}

// Its weight is a six-thousandth: most of the time it waits.
TEST(SchedBehindMany, ATaskThatIsStarvedForSeconds) {
  HOODTRACE_LIVE();
  EXPECT_LE(unknown_share({"spin", "ms=3000", "meek:nice=19"}, {"spin", "ms=3200", "hog:nice=-20"}),
            0.01);
}

TEST(SchedBehindMany, APingPongPairNextToABusyTask) {
  HOODTRACE_LIVE();
  EXPECT_LE(unknown_share({"pipe", "ms=2000"}, {"spin", "ms=2200", "hog"}), 0.05);
}

TEST(SchedBehindMany, SixteenPairsOnTwoCpus) {
  HOODTRACE_LIVE();
  EXPECT_LE(unknown_share({"pipe", "ms=2000", "pairs=16"}, {}), 0.05);
}

// Each wait is behind tens of thousands of runs.
TEST(SchedBehindMany, FourBusyTasksBesideSixteenPairs) {
  HOODTRACE_LIVE();
  EXPECT_LE(unknown_share({"spin", "ms=2500", "copies=4", "hog"}, {"pipe", "ms=2700", "pairs=16"}),
            0.05);
}

TEST(SchedBehindMany, FortyBusyTasksOnTwoCpus) {
  HOODTRACE_LIVE();
  EXPECT_LE(unknown_share({"spin", "ms=2000", "cpus=2", "copies=40", "t"}, {}), 0.05);
}

TEST(SchedBehindMany, TheFallbackTierNamesThemToo) {
  HOODTRACE_LIVE();
  EXPECT_LE(unknown_share({"spin", "ms=2000", "hog"}, {"pipe", "ms=2200"}, {"--fallback"}), 0.05);
}

TEST(SchedBehindMany, TheFallbackTierNamesThemWithManyPairsToo) {
  HOODTRACE_LIVE();
  EXPECT_LE(unknown_share({"spin", "ms=1500", "copies=4", "hog"}, {"pipe", "ms=1700", "pairs=16"},
                          {"--fallback"}),
            0.05);
}

// Each of them is in the target, and waits behind hundreds of others.
TEST(SchedBehindMany, AStormOf400Tasks) {
  HOODTRACE_LIVE();
  EXPECT_LE(unknown_share({"storm", "groups=10", "width=20", "loops=20"}, {}), 0.05);
}

// Not only in the report: the kernel side does not record them.
TEST(SchedBehindMany, WithoutCulpritsTheKernelRecordsNone) {
  HOODTRACE_LIVE();
  for (const bool culprits : {true, false}) {
    const TemporaryFolder folder;
    const std::string file = folder.file("r.htrec");
    Words words = {"sched", "-w", file};
    if (!culprits) words.emplace_back("--no-culprits");
    words.insert(words.end(), {"--", workload_path(), "spin", "ms=200", "a", "b"});
    const Finished run = run_hoodtrace(words);
    ASSERT_EQ(run.exit_code, 0) << run.error;
    auto source = FileSource::open(file);
    ASSERT_TRUE(source);
    std::uint64_t records_behind = 0;
    for (;;) {
      const auto records = (*source)->next();
      if (!records || records->empty()) break;
      for (const RecordView& record : *records)
        if (record.head->type == HT_BEHIND) records_behind++;
    }
    EXPECT_EQ(records_behind > 0, culprits);
  }
}

}  // namespace
}  // namespace hoodtrace::testing
