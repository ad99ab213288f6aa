// Nothing is lost at the default sizes; what is lost in absurdly small rings is counted exactly.

#include <cstdlib>

#include "live/sched_expectations.hpp"

namespace hoodtrace::testing {
namespace {

// 30 s as the issue asks with scripts/test.sh --all; shorter in CI, where it runs every time.
bool is_long_run() {
  const char* all = std::getenv("HOODTRACE_TEST_ALL");
  return all != nullptr && *all != '\0';
}

TEST(SchedLoss, NothingIsLostAtTheFastestPingPongOnEveryCpu) {
  HOODTRACE_LIVE();
  exact_run({"sched"}, {"pipe", is_long_run() ? "ms=30000" : "ms=4000", "pairs=2"});
}

TEST(SchedLoss, NothingIsLostInAStormOf400Tasks) {
  HOODTRACE_LIVE();
  exact_run({"sched"},
            {"storm", "groups=10", "width=20", is_long_run() ? "loops=1500" : "loops=200"});
}

TEST(SchedLoss, SeenAndLostAreTheKernelsOwnCountWithAbsurdlySmallRings) {
  HOODTRACE_LIVE();
  GatedWorkload workload({"pipe", "trips=100000", "pairs=1"});
  ASSERT_TRUE(workload.is_ready());
  LiveTrace trace({"sched", "--pid", std::to_string(workload.pid()), "--format", "json", "--ring",
                   "4096", "--no-culprits"});
  ASSERT_TRUE(trace.is_attached()) << trace.error();
  ASSERT_TRUE(workload.play());
  ASSERT_EQ(trace.stop(), 0) << trace.error();
  const TracedRun run = trace.run();
  ASSERT_EQ(run.reports.size(), 1U) << run.error;
  const Json& events = run.report()["events"];
  const std::uint64_t lost = number(events["lost"], "switch");
  EXPECT_GT(lost, 0U) << "the rings were not small enough for this test to show anything";

  // Every switch has a traced side: the two threads and the main thread are all there is. A switch
  // between two of them is one record for one switch-out and one switch-in. So the number of
  // records is between the switch-outs and the switch-outs plus switch-ins; exactly: each
  // switch-out is one record, and each switch-in whose other side is not traced is one more.
  std::uint64_t outs = 0;
  std::uint64_t ins = 0;
  for (const auto& [tid, books] : workload.books()) {
    outs += books.nvcsw + books.nivcsw;
    ins += books.pcount;
  }
  const std::uint64_t all = number(events, "seen") + lost;
  EXPECT_GE(all, outs);
  EXPECT_LE(lost, outs + ins);
  workload.finish();
}

// Losses in every form of output.
TEST(SchedLoss, EveryOutputShowsWhatWasLost) {
  HOODTRACE_LIVE();
  for (const std::string format : {"text", "json", "csv"}) {
    const Finished run = run_hoodtrace({"sched", "--ring", "4096", "--format", format, "--",
                                        workload_path(), "pipe", "trips=100000"});
    ASSERT_EQ(run.exit_code, 0) << run.error;
    const bool shown = run.error.find("switch lost") != std::string::npos ||   // text
                       run.error.find("\"lost\":{\"") != std::string::npos ||  // json
                       run.error.find("lost switch ") != std::string::npos;    // csv
    EXPECT_TRUE(shown) << format << ": " << run.error;
  }
}

}  // namespace
}  // namespace hoodtrace::testing
