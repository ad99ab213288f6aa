// SPDX-License-Identifier: GPL-2.0-or-later
// What is exported of real programs, decoded by other decoders than ours against our own reports.

#include <thread>

#include "live/sched/expectations.hpp"
#include "support/script_run.hpp"
#include "support/trace_processor.hpp"

namespace hoodtrace::testing {
namespace {

// Records a workload once, and hands out what any command makes of the recording.
class Recorded {
 public:
  explicit Recorded(const Words& scenario) {
    Words words = {"record", "-o", file_, "--", workload_path()};
    words.insert(words.end(), scenario.begin(), scenario.end());
    const Finished made = run_hoodtrace(words);
    EXPECT_EQ(made.exit_code, 0) << made.error;
  }
  [[nodiscard]] Json report(const std::string& command) const {
    const Finished made = run_hoodtrace({command, "--from", file_, "--format", "json"});
    EXPECT_EQ(made.exit_code, 0) << made.error;
    return Json::parse(made.output, nullptr, false);
  }
  [[nodiscard]] std::string exported(const std::string& form) const {
    std::string path = folder_.file("x." + form);
    const Finished made = run_hoodtrace({"export", "--from", file_, "--to", form, "-o", path});
    EXPECT_EQ(made.exit_code, 0) << made.error;
    return path;
  }

 private:
  TemporaryFolder folder_;
  std::string file_ = folder_.file("x.htrec");
};

// What the sched view has of a process's threads, against its row in the procs view.
struct SchedSums {
  void add(const Json& task) {
    on_cpu_ns += task["on_cpu_ns"].get<double>();
    wait_ns += task["wait_ns"].get<double>();
    runs += task["runs"].get<double>();
  }
  void expect_same_as(const Json& life) const {
    // A wait that is longer than the time since the last switch takes the rest from the run before.
    const double apart_ns = 500 * (runs + 1);
    const double exit_work_ns =
        life["exit_work_ns"].is_null() ? 0 : life["exit_work_ns"].get<double>();
    EXPECT_NEAR(life["on_cpu_ns"].get<double>() + exit_work_ns, on_cpu_ns, apart_ns) << life.dump();
    EXPECT_NEAR(life["wait_ns"].get<double>(), wait_ns, apart_ns) << life.dump();
  }
  double on_cpu_ns = 0;
  double wait_ns = 0;
  double runs = 0;
};

// Both read the same records, so every value of a record is equal. A wait after a preemption is,
// for Perfetto, the time between two slices; for the sched view it is the kernel's count between two
// updates of the run queue's clock, and the dispatch time. These differ by a few hundred ns.
void expect_agreement(const Recorded& recorded, const Json& tables) {
  EXPECT_EQ(tables["errors"], Json::object());
  const Json sched = recorded.report("sched");
  expect_nothing_lost(sched);
  const std::uint64_t unreported = number(sched["events"]["lost"], "unshown");
  std::uint64_t compared = 0;
  std::uint64_t waited_ns = 0;
  std::uint64_t runnable_ns = 0;
  for (const Json& task : sched["tasks"]) {
    const std::string tid = std::to_string(task["tid"].get<int>());
    if (task["runs"] == 0) continue;
    ASSERT_TRUE(tables["sched_slice"].contains(tid)) << task.dump();
    // What sched repairs after a switch that was not shown, slices cannot.
    if (unreported == 0) {
      EXPECT_EQ(tables["sched_slice"][tid]["dur_ns"], task["on_cpu_ns"]) << task.dump();
      EXPECT_EQ(tables["sched_slice"][tid]["count"], task["runs"]) << task.dump();
    }
    const Json& states = tables["thread_state"][tid];
    if (unreported == 0) {
      EXPECT_EQ(states.value("Running", 0ULL), task["on_cpu_ns"]) << task.dump();
    }
    EXPECT_EQ(states.value("D", 0ULL), task["d_sleep_ns"]) << task.dump();
    // Perfetto knows nothing of a thread before its first event. It shows a thread as asleep until
    // the next switch in the trace, and this kernel does not report some switches
    // (docs/kernel-notes.md, note 44).
    if (unreported == 0) {
      EXPECT_LE(states.value("S", 0ULL), number(task, "sleep_ns")) << task.dump();
    }
    waited_ns += number(task, "wait_ns");
    runnable_ns += states.value("R", 0ULL) + states.value("R+", 0ULL);
    compared++;
  }
  EXPECT_GT(compared, 0U);
  EXPECT_NEAR(static_cast<double>(runnable_ns), static_cast<double>(waited_ns),
              0.05 * static_cast<double>(waited_ns) + 5e6);
  std::map<int, SchedSums> by_process;
  for (const Json& task : sched["tasks"]) by_process[task["pid"].get<int>()].add(task);
  for (const Json& life : recorded.report("procs")["processes"]) {
    // The command's own begins with its exec.
    if (unreported == 0 && !life["fork_ns"].is_null() && life["execs"].empty())
      by_process[life["pid"].get<int>()].expect_same_as(life);
    const std::string pid = std::to_string(life["pid"].get<int>());
    ASSERT_TRUE(tables["process"].contains(pid)) << life.dump();
    const Json& process = tables["process"][pid];
    EXPECT_EQ(process["start_ns"], life["fork_ns"]) << life.dump();
    EXPECT_EQ(process["end_ns"], life["freed_ns"]) << life.dump();
  }
}

// Our own decoder, and Perfetto's trace processor.
struct Decoder {
  std::string name;
  std::string (*why_not)();
  Json (*tables)(const std::string& trace);
};

void PrintTo(const Decoder& decoder, std::ostream* out) { *out << decoder.name; }

const Decoder kDecoders[] = {
    {"OwnDecoder", why_no_live,
     [](const std::string& trace) { return run_script("perfetto_totals.py", {trace}); }},
    {"TraceProcessor", why_no_trace_processor,
     [](const std::string& trace) {
       Json tables = trace_processor_tables(trace);
       EXPECT_EQ(tables["differences"], Json::array());
       return tables;
     }},
};

class PerfettosTables : public ::testing::TestWithParam<Decoder> {
 protected:
  void SetUp() override {
    HOODTRACE_LIVE();
    if (const std::string why = GetParam().why_not(); !why.empty()) GTEST_SKIP() << why;
  }
  static void expect_totals_of(const Words& scenario) {
    const Recorded recorded(scenario);
    expect_agreement(recorded, GetParam().tables(recorded.exported("perfetto")));
  }
};

TEST_P(PerfettosTables, HaveOurTotalsOfAPipe) {
  expect_totals_of({"pipe", "trips=3000", "pairs=2"});
}

TEST_P(PerfettosTables, HaveOurTotalsOfForks) {
  expect_totals_of({"forks", "count=200", "at_once=4"});
}

TEST_P(PerfettosTables, HaveOurTotalsOfNaps) {
  expect_totals_of({"spin", "ms=300", "cpus=2", "a:naps=20", "b:naps=20", "c"});
}

TEST_P(PerfettosTables, HaveOurTotalsOfAStorm) {
  expect_totals_of({"storm", "groups=3", "width=6", "loops=50"});
}

// The program and its threads are older than the stream, so they come from /proc.
TEST_P(PerfettosTables, KnowAProcessThatRanAlready) {
  const TemporaryFolder folder;
  ChildProcess process({workload_path(), "spin", "ms=60000", "cpus=1", "a:naps=20"});
  std::this_thread::sleep_for(std::chrono::milliseconds(200));
  const std::string pid = std::to_string(process.pid());
  const Finished made = run_hoodtrace(
      {"export", "--to", "perfetto", "-d", "500ms", "-o", folder.file("trace"), "-p", pid});
  ASSERT_EQ(made.exit_code, 0) << made.error;
  const Json tables = GetParam().tables(folder.file("trace"));
  EXPECT_EQ(tables["errors"], Json::object());
  EXPECT_EQ(tables["process"][pid]["cmdline"], workload_path() + " spin ms=60000 cpus=1 a:naps=20");
}

INSTANTIATE_TEST_SUITE_P(Export, PerfettosTables, ::testing::ValuesIn(kDecoders),
                         [](const auto& test) { return test.param.name; });

TEST(Export, ALiveExportToPerfettoKnowsTheWakers) {
  HOODTRACE_LIVE();
  const TemporaryFolder folder;
  const Finished made = run_hoodtrace({"export", "--to", "perfetto", "-o", folder.file("trace"),
                                       "--", workload_path(), "pipe", "trips=500"});
  ASSERT_EQ(made.exit_code, 0) << made.error;
  const Json tables = run_script("perfetto_totals.py", {folder.file("trace")});
  EXPECT_EQ(tables["errors"], Json::object());
  // Each end of the pipe wakes the other: the wait of one names the other. The scenario's own main
  // thread wakes each of them now and then.
  std::map<std::string, std::size_t> woken;
  for (const Json& slice : tables["slice"]) {
    if (!slice["args"].contains("woken by")) continue;
    const std::string who = tables["thread"][std::to_string(slice["tid"].get<int>())]["name"];
    const std::string by = slice["args"]["woken by"];
    if (who == "ping-0" && by.starts_with("pong-0 (")) woken[who]++;
    if (who == "pong-0" && by.starts_with("ping-0 (")) woken[who]++;
    EXPECT_FALSE(by.starts_with(who + " (")) << slice.dump();
  }
  // An end that is preempted whenever it wakes the other never sleeps, and has no waker.
  EXPECT_GT(woken["ping-0"] + woken["pong-0"], 0U);
}

TEST(Export, TheTablesHaveEverySwitchAndEveryWait) {
  HOODTRACE_LIVE();
  const Recorded recorded({"pipe", "trips=1000"});
  const Json result =
      run_script("load_tables.py", {recorded.exported("jsonl"), recorded.exported("csv")});
  EXPECT_EQ(result["same_columns"], true);
  EXPECT_EQ(result["full_rows"], true);
  EXPECT_EQ(result["jsonl"], result["csv"]);
  for (const Json& task : recorded.report("sched")["tasks"]) {
    const std::string tid = std::to_string(task["tid"].get<int>());
    if (task["tid"] == task["pid"]) {  // the command: rows have its events before its exec too
      EXPECT_LE(task["wait_ns"], result["csv"]["threads"][tid]["wait_ns"]) << task.dump();
      continue;
    }
    EXPECT_EQ(result["csv"]["threads"][tid]["runs"], task["runs"]) << task.dump();
    EXPECT_EQ(result["csv"]["threads"][tid]["wait_ns"], task["wait_ns"]) << task.dump();
  }
}

TEST(Export, TheCommandsOwnOutputIsNotMixedWithTheExport) {
  HOODTRACE_LIVE();
  const Finished refused =
      run_hoodtrace({"export", "--to", "jsonl", "--", workload_path(), "pipe"});
  EXPECT_EQ(refused.exit_code, 2);
  EXPECT_NE(refused.error.find("-o FILE"), std::string::npos) << refused.error;
}

TEST(Export, ThePageOfARealBuildOpensInChromium) {
  HOODTRACE_LIVE();
  if (const std::string why = why_no_browser(); !why.empty()) GTEST_SKIP() << why;
  const Recorded recorded({"forks", "count=60", "at_once=4"});
  const Json seen = run_script("html_page.py", {recorded.exported("html")});
  EXPECT_EQ(seen["console"], Json::array());
  EXPECT_EQ(seen["ready"], true);
  EXPECT_EQ(seen["found"], "1 found");
  EXPECT_GT(seen["bars_drawn"], 10);
}

}  // namespace
}  // namespace hoodtrace::testing
