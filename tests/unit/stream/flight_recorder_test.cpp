// SPDX-License-Identifier: GPL-2.0-or-later
#include "stream/flight_recorder.hpp"

#include <gtest/gtest.h>

#include <map>
#include <nlohmann/json.hpp>
#include <set>
#include <string>
#include <vector>

#include "stream/file_source.hpp"
#include "support/command_run.hpp"
#include "support/temporary_folder.hpp"

namespace hoodtrace {
namespace {

using testing::TemporaryFolder;

constexpr std::uint64_t kSecond = 1'000'000'000;

// A traced task that waits 100 ns for each run, and one that is not traced; counters each second.
StreamBuilder long_scenario(unsigned seconds) {
  StreamBuilder scenario;
  scenario.session(HT_SESSION_EXACT).cgroup(9, "/made/of/tests");
  scenario.seen(10, {.comm = "traced", .cgroup_id = 9})
      .seen(20, {.comm = "other", .traced = false});
  for (std::uint64_t second = 1; second <= seconds; second++) {
    scenario.at(second * kSecond).tick(HT_TICK_COUNTERS);
    for (std::uint64_t i = 0; i < 10; i++) {
      // Its counters are read between two of its switches.
      if (i == 3) scenario.at(second * kSecond + i * 1000 - 300).counters(10);
      scenario.at(second * kSecond + i * 1000)
          .switches({.from = 20, .to = 10, .wait_ns = 100, .from_traced = false});
      scenario.at(second * kSecond + i * 1000 + 400)
          .switches({.from = 10, .to = 20, .state = kSleeping, .to_traced = false});
    }
  }
  scenario.at(seconds * kSecond + 500'000'000).counters(10);
  return scenario;
}

Result<void> write_all_of(FlightRecorder& recorder, const StreamBuilder& scenario) {
  std::vector<RecordView> views;
  for (std::size_t i = 0; i < scenario.records().size(); i++)
    views.push_back(scenario.records().at(i));
  return recorder.write(views);
}

struct Recorded {
  std::uint64_t switches = 0;
  std::uint64_t first_ns = 0;
  std::vector<std::uint16_t> types;
};

Recorded read(const std::string& path) {
  Recorded recorded;
  auto source = FileSource::open(path);
  EXPECT_TRUE(source);
  for (; source;) {
    const auto records = (*source)->next();
    if (!records || records->empty()) break;
    for (const RecordView& record : *records) {
      if (recorded.types.empty()) recorded.first_ns = record.head->time_ns;
      recorded.types.push_back(record.head->type);
      if (record.head->type == HT_SWITCH) recorded.switches++;
    }
  }
  EXPECT_TRUE((*source)->facts().is_whole);
  return recorded;
}

nlohmann::json sched_report(const std::string& path) {
  const CommandRun run = run_command({"sched", "--from", path, "--format", "json"}, {});
  EXPECT_EQ(run.error, "");
  return nlohmann::json::parse(run.output, nullptr, false);
}

class FlightRecorderTest : public ::testing::Test {
 protected:
  FlightRecorder::Dump dump(FlightRecorder& recorder) {
    FlightRecorder::Dump dump;
    EXPECT_TRUE(recorder.start_dump(folder_.file("x.htrec")));
    EXPECT_TRUE(recorder.take_dump(dump, true));
    EXPECT_TRUE(dump.outcome) << dump.outcome.error().message;
    return dump;
  }

  TemporaryFolder folder_;
};

TEST_F(FlightRecorderTest, RequestedSegmentsSurviveWhileTheStreamContinues) {
  const StreamBuilder scenario = long_scenario(40).end();
  const auto middle = [&] {
    std::size_t at = 0;
    while (scenario.records().at(at).head->time_ns < 20 * kSecond) at++;
    return at;
  }();
  std::vector<RecordView> first;
  std::vector<RecordView> rest;
  for (std::size_t i = 0; i < scenario.records().size(); i++)
    (i < middle ? first : rest).push_back(scenario.records().at(i));
  FlightRecorder recorder(3 * kSecond, {});
  ASSERT_TRUE(recorder.write(first));
  ASSERT_TRUE(recorder.start_dump(folder_.file("x.htrec")));
  // Long before the thread that writes has begun.
  ASSERT_TRUE(recorder.write(rest));
  FlightRecorder::Dump dumped;
  ASSERT_TRUE(recorder.take_dump(dumped, true));
  EXPECT_GE(dumped.span_ns, 3 * kSecond);
  EXPECT_LT(read(folder_.file("x.htrec")).first_ns, 17 * kSecond);
  // And then it is.
  EXPECT_LT(recorder.span_ns(), 25 * kSecond);
}

TEST_F(FlightRecorderTest, KeepsTheRequestedTimeAndDropsTheRest) {
  FlightRecorder recorder(3 * kSecond, {});
  ASSERT_TRUE(write_all_of(recorder, long_scenario(20).end()));
  const FlightRecorder::Dump dumped = dump(recorder);
  const Recorded recorded = read(dumped.path);
  // At least three seconds, at most one interval of counters more.
  EXPECT_EQ(recorded.first_ns, 17 * kSecond);
  EXPECT_EQ(recorded.switches, 4 * 20U);
  EXPECT_EQ(dumped.records, recorded.types.size());
}

// A recording like any other: the session, names, the tasks' first counters, an end. Its audit is
// equal.
TEST_F(FlightRecorderTest, WritesACompleteRecording) {
  FlightRecorder recorder(3 * kSecond, {});
  ASSERT_TRUE(write_all_of(recorder, long_scenario(20).end()));
  const FlightRecorder::Dump dumped = dump(recorder);
  const Recorded recorded = read(dumped.path);
  EXPECT_EQ(recorded.types.front(), HT_SESSION);
  EXPECT_EQ(recorded.types.back(), HT_TICK);
  const nlohmann::json report = sched_report(dumped.path);
  ASSERT_FALSE(report.is_discarded());
  EXPECT_EQ(report["started_ns"], 17 * kSecond);
  ASSERT_EQ(report["tasks"].size(), 1U);
  EXPECT_EQ(report["tasks"][0]["comm"], "traced");
  EXPECT_EQ(report["tasks"][0]["cgroup"], "/made/of/tests");
  EXPECT_EQ(report["audit"]["wait_ns"], report["audit"]["kernel_run_delay_ns"]);
  EXPECT_GT(report["audit"]["wait_ns"], 0);
  EXPECT_EQ(report["events"]["lost"], nlohmann::json::object());
}

// Tasks that are not traced are born and die, and only the scans say who lives.
TEST_F(FlightRecorderTest, UntracedTasksThatAScanDoesNotSeeAreForgotten) {
  constexpr std::uint32_t kForks = 500;
  StreamBuilder scenario;
  scenario.session(HT_SESSION_EXACT)
      .seen(10, {.comm = "traced"})
      .seen(20, {.comm = "other", .traced = false});
  std::uint32_t tid = 100;
  for (std::uint64_t second = 1; second <= 10; second++) {
    scenario.at(second * kSecond).tick(HT_TICK_COUNTERS).counters(10);
    scenario.at(second * kSecond + 1000).seen(20, {.comm = "other", .traced = false});
    // The last one born in each second lives on.
    for (std::uint32_t lives = 100 + kForks - 1; lives < tid; lives += kForks)
      scenario.at(second * kSecond + 2000).seen(lives, {.comm = "long", .traced = false});
    for (std::uint32_t i = 0; i < kForks; i++, tid++)
      scenario.at(second * kSecond + 10'000 + i).born(tid, {.comm = "short", .traced = false});
  }
  FlightRecorder recorder(3 * kSecond, {});
  ASSERT_TRUE(write_all_of(recorder, scenario.at(12 * kSecond).end()));
  auto source = FileSource::open(dump(recorder).path);
  ASSERT_TRUE(source);
  std::map<std::string, std::set<std::uint32_t>> seen;  // tids, by comm
  for (;;) {
    const auto records = (*source)->next();
    if (!records || records->empty()) break;
    for (const RecordView& record : *records)
      if (record.head->type == HT_TASK_SEEN)
        seen[reinterpret_cast<const ht_task*>(record.head)->comm].insert(record.head->tid);
  }
  EXPECT_EQ(seen["traced"].size(), 1U);
  EXPECT_EQ(seen["other"].size(), 1U);
  EXPECT_GE(seen["long"].size(), 4U);
  // Those of the two seconds before the file begins: whether they live is not known yet.
  EXPECT_LE(seen["short"].size(), 2 * kForks);
  EXPECT_GE(seen["short"].size(), 1U);
}

TEST_F(FlightRecorderTest, BeforeTheRingIsFullItIsTheStreamItself) {
  FlightRecorder recorder(100 * kSecond, {});
  const StreamBuilder scenario = long_scenario(5).end();
  ASSERT_TRUE(write_all_of(recorder, scenario));
  const FlightRecorder::Dump dumped = dump(recorder);
  EXPECT_EQ(read(dumped.path).types.size(), scenario.records().size());
  const std::uint64_t begun_ns = scenario.records().at(0).head->time_ns;
  const std::uint64_t ended_ns = scenario.records().at(scenario.records().size() - 1).head->time_ns;
  EXPECT_EQ(dumped.span_ns, ended_ns - begun_ns) << "since the stream began, not since boot";
}

// SIGUSR1: the stream goes on, and what is written has an end all the same.
TEST_F(FlightRecorderTest, IsWrittenWhileTheStreamContinues) {
  FlightRecorder recorder(3 * kSecond, {});
  ASSERT_TRUE(write_all_of(recorder, long_scenario(10)));
  const Recorded first = read(dump(recorder).path);
  EXPECT_EQ(first.types.back(), HT_TICK);
  EXPECT_EQ(first.switches, 4 * 20U);
  StreamBuilder more = long_scenario(12).end();
  ASSERT_TRUE(write_all_of(recorder, more));
  EXPECT_GT(read(dump(recorder).path).switches, 0U);
}

TEST_F(FlightRecorderTest, NeverExceedsItsMemoryLimit) {
  RecordingForm form;
  form.max_bytes = 2000;
  FlightRecorder recorder(1000 * kSecond, form);
  ASSERT_TRUE(write_all_of(recorder, long_scenario(200).end()));
  EXPECT_LE(recorder.bytes(), 4000U);
  EXPECT_GT(read(dump(recorder).path).switches, 0U);
}

}  // namespace
}  // namespace hoodtrace
