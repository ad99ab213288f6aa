// SPDX-License-Identifier: GPL-2.0-or-later
// CPU by CPU, every report is what it is in order of time, byte for byte.
#include "model/sched/lane_tracker.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "command/stream_loop.hpp"
#include "event/feed.hpp"
#include "output/renderer.hpp"
#include "stream/vector_source.hpp"
#include "support/busy_machine.hpp"
#include "support/by_cpu_source.hpp"
#include "view/sched/view.hpp"

namespace hoodtrace {
namespace {

// All that `sched` reports, at each tick and at the end.
class Reports : public Observer {
 public:
  Reports(TaskTable& tasks, const StreamAccount& account, bool culprits)
      : tasks_(tasks), account_(account), tracker_(tasks, {0, culprits}) {
    options_.json = true;
    options_.most_culprits = 0;
  }

  void on_event(const Event& event, std::string& out) override {
    feed(tracker_, event);
    if (event.head().type == HT_SWITCH) in_order++;
    const auto* tick = event.as<ht_tick>();
    if (tick == nullptr) return;
    tracker_.settle(tick->head.time_ns);
    for (const Grouping by : {Grouping::kThread, Grouping::kComm, Grouping::kCpu}) {
      options_.by = by;
      Report report;
      report.seen = account_.seen();
      report.lost = account_.lost();
      report.slept = account_.slept();
      add_sched_report(tracker_, tasks_, options_, report);
      out += renderer_->render(report);
    }
    tracker_.begin_interval(tick->head.time_ns);
    tasks_.forget_ended();
  }
  void fold(TaskId task) override { tracker_.fold(task); }
  SchedTracker* follows_switches() override { return &tracker_; }

  std::size_t in_order = 0;  // switches that were taken in order of time

 private:
  TaskTable& tasks_;
  const StreamAccount& account_;
  SchedTracker tracker_;
  ViewOptions options_;
  std::unique_ptr<Renderer> renderer_ = make_renderer(Format::kJson, {});
};

struct Run {
  std::string text;
  std::size_t in_order = 0;
};

Run run(Source& source, std::size_t shards, bool culprits = true) {
  TaskTable tasks;
  StreamAccount account;
  Reports reports(tasks, account, culprits);
  StreamLoop loop(reports, account, &tasks);
  loop.shards = shards;
  Run result;
  loop.write = [&result](std::string& bytes) -> Result<void> {
    result.text += bytes;
    return {};
  };
  EXPECT_TRUE(loop.run(source));
  result.in_order = reports.in_order;
  return result;
}

void expect_the_same(const RecordBuffer& records, std::size_t most, std::size_t shards,
                     bool culprits, const std::string& what) {
  VectorSource by_time(records);
  ByCpuSource by_cpu(records, most);
  const Run expected = run(by_time, 1, culprits);
  const Run got = run(by_cpu, shards, culprits);
  ASSERT_GT(expected.text.size(), 1000U);
  // The strings are long: where they begin to differ is what one wants to know.
  const auto [a, b] =
      std::mismatch(expected.text.begin(), expected.text.end(), got.text.begin(), got.text.end());
  ASSERT_TRUE(a == expected.text.end() && b == got.text.end())
      << what << "\nin order of time: "
      << std::string(a - std::min<std::ptrdiff_t>(200, a - expected.text.begin()),
                     a + std::min<std::ptrdiff_t>(200, expected.text.end() - a))
      << "\nCPU by CPU: "
      << std::string(b - std::min<std::ptrdiff_t>(200, b - got.text.begin()),
                     b + std::min<std::ptrdiff_t>(200, got.text.end() - b));
}

TEST(LaneTracker, ReportsWhatIsReportedInOrderOfTime) {
  for (std::uint32_t seed = 0; seed < 40; seed++) {
    const BusyMachine::Kind kind{.cpus = 1 + seed % 8,
                                 .tasks = 5 + seed * 7 % 90,
                                 .moves = 1 + seed % 20,
                                 .rare = 30 + seed * 50};
    BusyMachine machine(kind, seed);
    machine.run(4000).end();
    const std::size_t most = seed % 3 == 0 ? 50 : 1000;
    expect_the_same(machine.stream.records(), most, 1 + seed % 4, seed % 5 != 0,
                    "seed " + std::to_string(seed));
  }
}

TEST(LaneTracker, TakesMostSwitchesCpuByCpu) {
  BusyMachine machine({.cpus = 8, .tasks = 60, .moves = 8, .rare = 1000}, 7);
  machine.run(20'000).end();
  ByCpuSource by_cpu(machine.stream.records(), 2000);
  EXPECT_LT(run(by_cpu, 2).in_order, 6'000U);
}

TEST(LaneTracker, IsTheSameWithAThreadForEachShard) {
  BusyMachine machine({.cpus = 8, .tasks = 200, .moves = 8, .rare = 30'000}, 3);
  machine.run(100'000).end();
  for (const std::size_t shards : {2U, 3U, 4U})
    expect_the_same(machine.stream.records(), 40'000, shards, true,
                    std::to_string(shards) + " threads");
}

// Behind a pair that passes a byte back and forth: more runs than a CPU's history has one by one.
TEST(LaneTracker, ALongWaitIsBehindTheSameTasks) {
  StreamBuilder stream;
  stream.session().with_runtimes();
  for (std::uint32_t tid = 10; tid < 14; tid++) stream.seen(tid, {.comm = std::to_string(tid)});
  std::uint64_t now_ns = 10'000;
  for (const std::uint16_t cpu : {0, 1})
    stream.at(now_ns).on_cpu(cpu).switches({.from = 0, .to = 10U + cpu * 2U, .clock_age_ns = 1});
  for (int i = 0; i < 30'000; i++) {
    now_ns += 500;
    for (const std::uint16_t cpu : {0, 1}) {
      const std::uint32_t a = 10U + cpu * 2U + i % 2;
      const std::uint32_t b = 10U + cpu * 2U + (i + 1) % 2;
      stream.at(now_ns + cpu)
          .on_cpu(cpu)
          .switches({.from = a, .to = b, .state = kSleeping, .clock_age_ns = 1});
    }
    // One waits from the start on CPU 0's queue, and at last runs on CPU 1.
    if (i == 0) stream.seen(20, {.comm = "patient", .queued = true});
    if (i == 10)
      stream.at(now_ns + 100)
          .on_cpu(0)
          .switches({.from = 11, .to = 20, .state = kSleeping, .clock_age_ns = 1});
    if (i == 10)
      stream.at(now_ns + 200).on_cpu(0).switches({.from = 20, .to = 11, .clock_age_ns = 1});
  }
  now_ns += 500;
  stream.at(now_ns).on_cpu(1).switches({.from = 12,
                                        .to = 20,
                                        .state = kSleeping,
                                        .wait_ns = 1000,
                                        .elsewhere_ns = 29'000 * 500,
                                        .clock_age_ns = 1});
  stream.at(now_ns + 10).end();
  for (const std::size_t most : {1'000U, 9'000U, 1'000'000U})
    expect_the_same(stream.records(), most, 1, true, std::to_string(most));
}

// Of two that one waited behind for equally long, the one that ran first is named first: on the other CPU.
TEST(LaneTracker, NamesEqualsInTheOrderInWhichTheyFirstRan) {
  StreamBuilder stream;
  stream.session();
  stream.seen(10, {.comm = "waiter"}).seen(11, {.comm = "early"}).seen(12, {.comm = "late"});
  const SwitchFields idle{.clock_age_ns = 1};
  for (const std::uint16_t cpu : {0, 1}) stream.at(2'000U + cpu).on_cpu(cpu).switches(idle);
  stream.tick();
  const auto runs = [&stream](std::uint64_t now_ns, std::uint16_t cpu, SwitchFields fields) {
    fields.clock_age_ns = 1;
    fields.state = kSleeping;
    stream.at(now_ns).on_cpu(cpu).switches(fields);
  };
  runs(3'000, 1, {.from = 0, .to = 11});
  runs(4'000, 1, {.from = 11, .to = 0});
  runs(5'000, 0, {.from = 0, .to = 12});
  runs(6'000, 0, {.from = 12, .to = 11});
  runs(7'000, 0, {.from = 11, .to = 10, .wait_ns = 2'000});
  runs(8'000, 0, {.from = 10, .to = 0});
  stream.at(9'000).end();
  VectorSource by_time(stream.records());
  const std::string text = run(by_time, 1).text;
  ASSERT_LT(text.find("\"comm\":\"early\",\"ns\":1000"),
            text.find("\"comm\":\"late\",\"ns\":1000"));
  expect_the_same(stream.records(), 1'000, 1, true, "equals");
}

}  // namespace
}  // namespace hoodtrace
