// SPDX-License-Identifier: GPL-2.0-or-later
// Shares of the CPU, due and got, where they are known in advance (sched_prio_to_weight,
// kernel/sched/core.c), and slices.

#include <unistd.h>

#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <set>
#include <string>

#include "live/sched/expectations.hpp"

namespace hoodtrace::testing {
namespace {

constexpr double kMs = 1e6;

Json fair_row(const TracedRun& run, const Json& tid) {
  for (const Json& row : run.report()["fair"])
    if (row["tid"] == tid) return row;
  return Json::object();
}

Json fair_row_named(const TracedRun& run, const std::string& comm) {
  for (const Json& row : run.report()["fair"])
    if (row["comm"] == comm) return row;
  return Json::object();
}

// Before EEVDF a task that wakes up runs at once (place_entity() and wakeup_preempt_entity(), kernel/sched/fair.c
// of 6.1), and sleeps again before the others have caught up: it gets more than it is due, up to all that it
// ran. Spinners lack that. Up to this much: all that ran while one of them waited, but they themselves.
double taken_by_sleepers_ns(const TracedRun& run, const std::set<std::string>& spinners) {
  if (is_kernel_at_least(6, 6)) return 0;
  double most_ns = 0;
  for (const Json& task : run.report()["tasks"]) {
    if (!spinners.contains(task["comm"].get<std::string>())) continue;
    double others_ns = 0;
    for (const Json& one : task["waited_behind"])
      if (!spinners.contains(one["comm"].get<std::string>()))
        others_ns += static_cast<double>(number(one, "ns"));
    most_ns = std::max(most_ns, others_ns);
  }
  return most_ns;
}

// A task is never further from its share than a slice and what is left of a tick until the kernel looks
// (EEVDF's bound on the lag; 12 ms at 100 to 250 ticks a second), here once at each end. With 1 % for
// what the kernel itself takes between the looks at the weights.
constexpr double kLagNs = 24 * kMs;

// In an emulation whose host does something else the kernel may look much later, and the task on the CPU has all
// of the time until then: 612 ms in one run, where a tick is 4 ms. So the longest run counts, once at each end.
// (The 99th percentile: of fewer than 100 runs the longest.)
double lag_ns(const std::vector<Json>& spinners) {
  double most_ns = kLagNs;
  if (std::getenv("HOODTRACE_VM_ACCEL") == nullptr) return most_ns;
  for (const Json& row : spinners)
    most_ns = std::max(most_ns, 2 * static_cast<double>(number(row, "run_p99_ns")));
  return most_ns;
}

double signed_ns(const Json& row, const char* key) { return row[key].get<double>(); }

// What was neither due nor shifted is a change of the task's own lag: one lag at each end of the time on its queue, which
// a sleep cuts. In a run that was not measured, and the wait before it, the lag changes by no more than a run.
void expect_rest_is_lag(const Json& row, double lag_ns, std::uint64_t sleeps) {
  if (row["shifted_ns"].is_null()) return;
  const double rest_ns =
      signed_ns(row, "got_ns") - signed_ns(row, "due_ns") - signed_ns(row, "shifted_ns");
  const auto lags = static_cast<double>(1 + sleeps);
  const auto unmeasured_ns =
      static_cast<double>(number(row, "runs_unmeasured") * number(row, "run_p99_ns"));
  EXPECT_LE(std::abs(rest_ns), lags * lag_ns + unmeasured_ns) << row.dump();
}

void expect_got_what_was_due(const Json& row, double lag_ns, double taken_ns) {
  const auto due_ns = static_cast<double>(number(row, "due_ns"));
  const auto got_ns = static_cast<double>(number(row, "got_ns"));
  EXPECT_LE(got_ns, due_ns + due_ns * 0.01 + lag_ns) << row.dump();
  EXPECT_GE(got_ns, due_ns - due_ns * 0.01 - lag_ns - taken_ns) << row.dump();
  expect_rest_is_lag(row, lag_ns, number(row, "runs_slept"));
}

// On a machine where others come and go, and their groups' weights change, all get more than their due, or less,
// alike (docs/kernel-notes.md, notes 95, 134 and 135). How much is shifted; where that is not known, they get no less.
void expect_got_alike(const std::vector<Json>& rows, double taken_ns) {
  double due_ns = 0;
  double got_ns = 0;
  for (const Json& row : rows) {
    due_ns += static_cast<double>(number(row, "due_ns"));
    got_ns += static_cast<double>(number(row, "got_ns"));
  }
  const double most_ns = lag_ns(rows);
  if (rows.front()["shifted_ns"].is_null()) {
    EXPECT_GE(got_ns, due_ns - most_ns - taken_ns) << "taken by sleepers: " << taken_ns;
  }
  for (const Json& row : rows) {
    const double due_of_one_ns = static_cast<double>(number(row, "due_ns")) * got_ns / due_ns;
    EXPECT_NEAR(static_cast<double>(number(row, "got_ns")), due_of_one_ns,
                due_of_one_ns * 0.02 + most_ns)
        << row.dump();
    expect_rest_is_lag(row, most_ns, number(row, "runs_slept"));
  }
}

// Against the task's own schedstat, which is no record's source. The last run is not of the spinning:
// the worker reads its counters, and then waits for the others. A switch that the kernel does not show
// (docs/kernel-notes.md, note 44) leaves a run without a beginning, and its time out.
void expect_got_is_schedstats(const Json& row, const Json& worker) {
  const double ran_ns =
      worker["end"]["ran_ns"].get<double>() - worker["start"]["ran_ns"].get<double>();
  const auto ours_ns =
      static_cast<double>(number(row, "got_ns")) + static_cast<double>(number(row, "unplaced_ns"));
  const auto missing_ns =
      static_cast<double>(number(row, "runs_unmeasured") * number(row, "run_p99_ns"));
  EXPECT_LE(ours_ns, ran_ns * 1.005 + 2 * kMs) << row.dump() << worker.dump();
  EXPECT_GE(ours_ns, ran_ns * 0.995 - 2 * kMs - 1.1 * missing_ns) << row.dump() << worker.dump();
}

struct Wanted {
  const char* word;  // of the scenario
  std::uint64_t weight;
};

// All of them spin on one CPU, in one group, for the same time.
void expect_shares(const std::vector<Wanted>& wanted) {
  HOODTRACE_LIVE();
  Words words = {"spin", "ms=4000", "alone=1"};
  std::set<std::string> spinners;
  double all_weights = 0;
  for (const Wanted& one : wanted) {
    words.emplace_back(one.word);
    spinners.insert(words.back().substr(0, words.back().find(':')));
    all_weights += static_cast<double>(one.weight);
  }
  const TracedRun run = exact_run({"sched", "--fair"}, words);
  ASSERT_EQ(run.reports.size(), 1U);
  double all_due_ns = 0;
  std::vector<Json> rows;
  for (const Json& worker : run.truth["tasks"]) {
    rows.push_back(fair_row(run, worker["tid"]));
    all_due_ns += static_cast<double>(number(rows.back(), "due_ns"));
  }
  ASSERT_GT(all_due_ns, 200 * kMs);
  for (std::size_t i = 0; i < wanted.size(); i++) {
    const Json& worker = run.truth["tasks"][i];
    const Json& row = rows[i];
    EXPECT_EQ(row["weight"], wanted[i].weight) << row.dump();
    EXPECT_EQ(row["policy"], "OTHER");
    // They begin and end within a protected run of each other; then the others share what is there. Of
    // up to three tasks two may be missing at either end.
    const double share = static_cast<double>(wanted[i].weight) / all_weights;
    EXPECT_NEAR(static_cast<double>(number(row, "due_ns")), all_due_ns * share,
                all_due_ns * share * 0.01 + 2 * lag_ns(rows))
        << row.dump();
    expect_got_what_was_due(row, lag_ns(rows), taken_by_sleepers_ns(run, spinners));
    expect_got_is_schedstats(row, worker);
  }
}

TEST(SchedFair, TwoSpinnersOfNice0And10AreDue1024To110) {
  expect_shares({{"a", 1024}, {"b:nice=10", 110}});
}

TEST(SchedFair, ThreeSpinnersOfNice0And10AndMinus5AreDueByTheirWeights) {
  expect_shares({{"a", 1024}, {"b:nice=10", 110}, {"c:nice=-5", 3121}});
}

TEST(SchedFair, SlicesOf1And20MsAreReadBack) {
  HOODTRACE_LIVE();
  if (!is_kernel_at_least(6, 12))
    GTEST_SKIP() << "cannot run here: this kernel has no slices set by sched_setattr";
  const TracedRun run = exact_run({"sched", "--fair"},
                                  {"spin", "ms=1000", "a:slice_us=1000", "b:slice_us=20000", "c"});
  ASSERT_EQ(run.reports.size(), 1U);
  const Json a = fair_row(run, run.truth["tasks"][0]["tid"]);
  const Json b = fair_row(run, run.truth["tasks"][1]["tid"]);
  const Json c = fair_row(run, run.truth["tasks"][2]["tid"]);
  EXPECT_EQ(a["slice_ns"], 1'000'000) << a.dump();
  EXPECT_EQ(b["slice_ns"], 20'000'000) << b.dump();
  EXPECT_EQ(a["custom_slice"], 1);
  EXPECT_EQ(b["custom_slice"], 1);
  EXPECT_EQ(c["custom_slice"], 0) << c.dump();
  for (const Json& row : {a, b, c})
    EXPECT_EQ(number(row, "runs"), number(row, "runs_slept") + number(row, "runs_before_slice") +
                                       number(row, "runs_at_slice") +
                                       number(row, "runs_unmeasured"))
        << row.dump();
}

// Whether this process is in a `cpu` cgroup below the root: there is no autogroup then
// (task_wants_autogroup(), kernel/sched/autogroup.c). In version 2 only where the controller is on.
bool is_in_cpu_cgroup() {
  bool is_in = false;
  std::ifstream file("/proc/self/cgroup");
  for (std::string line; std::getline(file, line);) {
    const std::size_t controllers = line.find(':') + 1;
    const std::size_t path = line.find(':', controllers) + 1;
    const std::string list = "," + line.substr(controllers, path - 1 - controllers) + ",";
    if (list.find(",cpu,") != std::string::npos) return line.substr(path) != "/";
    if (list == ",,")
      is_in = std::filesystem::exists("/sys/fs/cgroup" + line.substr(path) + "/cpu.weight");
  }
  return is_in;
}

// A session has a task group of its own (autogroup): two of them have halves, whatever the nice values
// in them, and whatever their number.
TEST(SchedFair, TwoSessionsAreDueHalvesEach) {
  HOODTRACE_LIVE();
  std::string is_on;
  std::ifstream("/proc/sys/kernel/sched_autogroup_enabled") >> is_on;
  if (is_on != "1") GTEST_SKIP() << "cannot run here: autogroups are off";
  if (is_in_cpu_cgroup()) GTEST_SKIP() << "cannot run here: tasks of a cgroup have no autogroup";
  const std::string spin = workload_path() + " spin ms=3000 session=1 ";
  const TracedRun run = trace_command(
      {"sched", "--fair"},
      {"sh", "-c", spin + "ag1 >/dev/null & " + spin + "ag2:nice=10 ag3 >/dev/null & wait"});
  ASSERT_EQ(run.reports.size(), 1U) << run.error;
  const Json one = fair_row_named(run, "ag1");
  const Json light = fair_row_named(run, "ag2");
  const Json heavy = fair_row_named(run, "ag3");
  const auto half_ns = static_cast<double>(number(one, "due_ns"));
  ASSERT_GT(half_ns, 100 * kMs);
  // Each session's share of the CPU follows its load by averages (calc_group_shares,
  // kernel/sched/fair.c), which take some 300 ms to settle after the start.
  const auto other_ns = static_cast<double>(number(light, "due_ns") + number(heavy, "due_ns"));
  const double most_ns = lag_ns({one, light, heavy});
  EXPECT_NEAR(other_ns, half_ns, half_ns * 0.05 + most_ns)
      << one.dump() << light.dump() << heavy.dump();
  EXPECT_NEAR(static_cast<double>(number(light, "due_ns")), other_ns * 110 / 1134,
              other_ns * 0.01 + most_ns);
  expect_got_alike({one, light, heavy}, taken_by_sleepers_ns(run, {"ag1", "ag2", "ag3"}));
}

// A cgroup of this weight, of version 2 or 1 (where weights are called shares).
class WeightCgroup {
 public:
  WeightCgroup(const std::string& name, int v2_weight, int v1_shares) {
    const std::string folder = "/hoodtrace-" + name + "-" + std::to_string(::getpid());
    for (const char* mount :
         {"/sys/fs/cgroup", "/sys/fs/cgroup/cpu", "/sys/fs/cgroup/cpu,cpuacct"}) {
      const std::string path = mount + folder;
      std::error_code error;
      if (!std::filesystem::create_directory(path, error) || error) continue;
      if (std::filesystem::exists(path + "/cpu.weight"))
        std::ofstream(path + "/cpu.weight") << v2_weight;
      else if (std::filesystem::exists(path + "/cpu.shares"))
        std::ofstream(path + "/cpu.shares") << v1_shares;
      else {
        std::filesystem::remove(path, error);
        continue;
      }
      path_ = path;
      return;
    }
  }
  WeightCgroup(const WeightCgroup&) = delete;
  WeightCgroup& operator=(const WeightCgroup&) = delete;
  ~WeightCgroup() {
    if (!path_.empty()) ::rmdir(path_.c_str());
  }
  [[nodiscard]] bool is_made() const { return !path_.empty(); }
  // A shell command: the workload in it.
  [[nodiscard]] std::string run(const std::string& words) const {
    return "(echo 0 >" + path_ + "/cgroup.procs; exec " + workload_path() + " spin ms=3000 " +
           words + " >/dev/null) & ";
  }

 private:
  std::string path_;
};

TEST(SchedFair, GroupsOfWeights2To1AreDueThatWhateverIsInThem) {
  HOODTRACE_LIVE();
  const WeightCgroup two("two", 200, 1024);
  const WeightCgroup one("one", 100, 512);
  if (!two.is_made() || !one.is_made())
    GTEST_SKIP() << "cannot run here: no cgroup with the cpu controller can be made";
  const TracedRun run = trace_command(
      {"sched", "--fair"}, {"sh", "-c", two.run("g1 g2:nice=5") + one.run("g3") + "wait"});
  ASSERT_EQ(run.reports.size(), 1U) << run.error;
  const Json g1 = fair_row_named(run, "g1");
  const Json g2 = fair_row_named(run, "g2");
  const Json g3 = fair_row_named(run, "g3");
  const auto first_ns = static_cast<double>(number(g1, "due_ns") + number(g2, "due_ns"));
  const auto second_ns = static_cast<double>(number(g3, "due_ns"));
  ASSERT_GT(second_ns, 100 * kMs);
  // As for sessions: the groups' shares settle in some 300 of the 3 000 ms.
  EXPECT_NEAR(first_ns / second_ns, 2, 0.2) << g1.dump() << g2.dump() << g3.dump();
  EXPECT_NEAR(static_cast<double>(number(g2, "due_ns")), first_ns * 335 / (1024 + 335),
              first_ns * 0.01 + lag_ns({g1, g2, g3}));
  EXPECT_EQ(number(g1, "group_shares"), 2 * number(g3, "group_shares"));
  // vruntime grows by the time on a CPU divided by the weight (calc_delta_fair(), kernel/sched/fair.c).
  // Two runs of 4 ms (a tick) may lack their beginnings (note 44): they are in vruntime alone.
  const double ran_ns = static_cast<double>(number(g2, "got_ns") + number(g2, "unplaced_ns"));
  const auto vruntime_ns = static_cast<double>(number(g2, "vruntime_ns"));
  // On a flat queue (7.x, docs/kernel-notes.md, note 123) by the task's part in all groups: that of nice 5 in
  // a group of weight 2. It is another one while one of the three spins alone, at the start and at the end.
  const auto g1_ran_ns = static_cast<double>(number(g1, "vruntime_ran_ns"));
  const bool is_flat = static_cast<double>(number(g1, "vruntime_ns")) < 0.8 * g1_ran_ns;
  if (is_flat) {
    EXPECT_NEAR(vruntime_ns, ran_ns * (1024 + 335) / 335 / 2, vruntime_ns * 0.1) << g2.dump();
  } else {
    EXPECT_NEAR(vruntime_ns, ran_ns * 1024 / 335,
                ran_ns * 1024 / 335 * 0.001 + 2 * 4 * kMs * 1024 / 335);
  }
  expect_got_alike({g1, g2, g3}, taken_by_sleepers_ns(run, {"g1", "g2", "g3"}));
}

// A group's part on one CPU follows what the group does on the others. Kernels of 6.13 to 6.19 change the weight of a
// group that runs at a tick, and move its vruntime then as if it had run for longer (docs/kernel-notes.md, note
// 134): of 1.1 s that g1 was due, 70 ms went to p.
TEST(SchedFair, WhatChangesOfAGroupsWeightTakeFromOneOthersGet) {
  HOODTRACE_LIVE();
  const std::string spin = workload_path() + " spin ms=3000 alone=1 ";
  const TracedRun run = trace_command(
      {"sched", "--fair"},
      {"sh", "-c",
       spin + "p >/dev/null & " + spin + "g1 g2:second=1:naps=60:nap_us=25000 >/dev/null & wait"});
  ASSERT_EQ(run.reports.size(), 1U) << run.error;
  const Json p = fair_row_named(run, "p");
  const Json g1 = fair_row_named(run, "g1");
  ASSERT_TRUE(p.contains("shifted_ns")) << run.report()["fair"].dump();
  ASSERT_TRUE(g1.contains("shifted_ns")) << run.report()["fair"].dump();
  const bool is_known = is_kernel_at_least(6, 6) && !is_kernel_at_least(7, 0);
  if (is_known) {
    ASSERT_TRUE(p["shifted_ns"].is_number()) << p.dump();
    ASSERT_TRUE(g1["shifted_ns"].is_number()) << g1.dump();
  }
  if (!p["shifted_ns"].is_number() || !g1["shifted_ns"].is_number()) return;
  ASSERT_GT(number(p, "due_ns"), 500 * kMs);
  // They compute from the start on. What they run before and after it is too short for a lag.
  for (const Json& row : {p, g1}) expect_rest_is_lag(row, lag_ns({row}), 0);
  // Nobody else is on that CPU for longer, and the two have 88 times the weight of who comes: what one lost, the
  // other has.
  const double all_due_ns = signed_ns(p, "due_ns") + signed_ns(g1, "due_ns");
  EXPECT_NEAR(signed_ns(p, "shifted_ns") + signed_ns(g1, "shifted_ns"), 0,
              all_due_ns * 0.01 + kLagNs)
      << p.dump() << g1.dump();
}

// A task that naps beside two spinners has used less than its share: its lag at wake-ups is not below
// zero, and it is due no time for its naps.
TEST(SchedFair, ANapperIsNotDueItsNaps) {
  HOODTRACE_LIVE();
  if (!is_kernel_at_least(6, 6)) GTEST_SKIP() << "cannot run here: this kernel has no EEVDF";
  const TracedRun run = exact_run(
      {"sched", "--fair"}, {"spin", "ms=2000", "alone=1", "a", "b", "nap:naps=300:nap_us=5000"});
  ASSERT_EQ(run.reports.size(), 1U);
  const Json row = fair_row(run, run.truth["tasks"][2]["tid"]);
  EXPECT_GE(number(row, "wakes"), 300U) << row.dump();
  EXPECT_LT(number(row, "due_ns"), 2000 * kMs) << row.dump();
  const Json report = run.row(run.truth["tasks"][2]["tid"]);
  // It was due no more than all the time in which it was on a queue.
  EXPECT_LE(number(row, "due_ns"), number(report, "on_cpu_ns") + number(report, "wait_ns"));
}

TEST(SchedFair, ARecordingRepliesTheSame) {
  HOODTRACE_LIVE();
  const TemporaryFolder folder;
  const std::string file = folder.file("fair.htrec");
  const TracedRun live =
      trace_workload({"sched", "--fair", "-w", file}, {"spin", "ms=500", "a", "b:nice=5"});
  ASSERT_EQ(live.reports.size(), 1U) << live.error;
  const Finished replay = run_hoodtrace({"sched", "--fair", "--from", file, "--format", "json"});
  ASSERT_EQ(replay.exit_code, 0) << replay.error;
  EXPECT_EQ(Json::parse(replay.output)["fair"], live.report()["fair"]);
}

}  // namespace
}  // namespace hoodtrace::testing
