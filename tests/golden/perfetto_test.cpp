// SPDX-License-Identifier: GPL-2.0-or-later
// The Perfetto export, read again by a decoder that shares no code with it and follows
// trace_processor's rules (tests/support/perfetto_totals.py): no import errors, and its tables have
// our own totals.

#include <gtest/gtest.h>

#include "golden/disk_scenarios.hpp"
#include "golden/load_scenarios.hpp"
#include "support/command_run.hpp"
#include "support/export_scenario.hpp"
#include "support/script_run.hpp"
#include "support/temporary_folder.hpp"
#include "support/why_scenario.hpp"
#include "view/report.hpp"

namespace hoodtrace::golden {
namespace {

using nlohmann::json;
using testing::TemporaryFolder;

json tables_of(const StreamBuilder& scenario, std::vector<std::string> words = {}) {
  const TemporaryFolder folder;
  words.insert(words.begin(), {"export", "--to", "perfetto"});
  const CommandRun run = run_command(words, scenario);
  EXPECT_EQ(run.error, "");
  testing::write_file(folder.file("trace"), run.output);
  return testing::run_script("perfetto_totals.py", {folder.file("trace")});
}

// make (10) and cc (11) on CPU 0: waits after sleeps, after preemptions, a disk sleep.
StreamBuilder two_tasks(std::uint32_t flags = HT_SESSION_WHOLE | HT_SESSION_EXACT |
                                              HT_SESSION_IOWAIT) {
  StreamBuilder scenario;
  scenario.at(1000).session(flags);
  scenario.seen(10, {.comm = "make", .on_cpu = true}).seen(11, {.comm = "cc"});
  scenario.at(2000).switches({.from = 10, .to = 11, .state = kSleeping, .wait_ns = 300});
  scenario.at(2500).switches({.from = 11, .to = 10, .preempt = true, .wait_ns = 100});
  scenario.at(3000).switches({.from = 10, .to = 11, .wait_ns = 500, .nr_running = 2});
  scenario.at(3600).switches({.from = 11, .to = 10, .state = kDiskSleep, .wait_ns = 600});
  scenario.at(4000).switches({.from = 10, .to = 0, .state = kSleeping});
  scenario.at(5000).switches({.from = 0, .to = 11, .wait_ns = 50});
  scenario.at(6000).counters(10).counters(11).end();
  return scenario;
}

TEST(Perfetto, SlicesAndStatesHaveOurOwnTotals) {
  const json tables = tables_of(two_tasks());
  EXPECT_EQ(tables["errors"], json::object());
  const json report = json::parse(run_command({"sched", "--format", "json"}, two_tasks()).output);
  ASSERT_EQ(report["tasks"].size(), 2U);
  for (const json& task : report["tasks"]) {
    const std::string tid = std::to_string(task["tid"].get<int>());
    const json& states = tables["thread_state"][tid];
    EXPECT_EQ(tables["sched_slice"][tid]["dur_ns"], task["on_cpu_ns"]) << tid;
    EXPECT_EQ(states["Running"], task["on_cpu_ns"]) << tid;
    EXPECT_EQ(states.value("R", 0) + states.value("R+", 0), task["wait_ns"]) << tid;
    EXPECT_EQ(states.value("D", 0), task["d_sleep_ns"]) << tid;
  }
  EXPECT_EQ(tables["thread_state"]["10"]["S"], 400 + 2000);
  // make was running when tracing began: a slice, although no switch to it was recorded.
  EXPECT_EQ(tables["sched_slice"]["10"]["count"], 3);
  EXPECT_EQ(tables["sched_slice"]["11"]["count"], 3);
}

// The decoder is strict: what trace_processor would call an import error, it does.
TEST(Perfetto, ADamagedTraceHasErrors) {
  const auto errors_with = [](const std::string& from, const std::string& to) {
    std::string trace = run_command({"export", "--to", "perfetto"}, two_tasks()).output;
    const std::size_t at = trace.find(from);
    EXPECT_NE(at, std::string::npos);
    if (at != std::string::npos) trace.replace(at, from.size(), to);
    const TemporaryFolder folder;
    testing::write_file(folder.file("trace"), trace);
    return testing::run_script("perfetto_totals.py", {folder.file("trace")})["errors"];
  };
  // Of the first packet: sequence 1, its state cleared.
  EXPECT_EQ(errors_with("\x50\x01\x68\x01", std::string("\x50\x01\x68\x00", 4)),
            json({{"sequence_without_cleared_state", 1}}));
  EXPECT_EQ(errors_with("\x50\x01\x68\x01", std::string("\x50\x00\x68\x01", 4)),
            json({{"packet_without_sequence", 1}, {"sequence_without_cleared_state", 1}}));
  // A bundle's CPU 0 (field 1) becomes an unknown field.
  EXPECT_EQ(errors_with(std::string("\x08\x00\x12", 3), std::string("\x30\x00\x12", 3)),
            json({{"ftrace_bundle_without_cpu", 1}}));
}

TEST(Perfetto, AWaitIsASliceNamedAfterItsCulprit) {
  const json slices = tables_of(two_tasks())["slice"];
  ASSERT_EQ(slices.size(), 5U);
  const json& wait = slices[2];
  EXPECT_EQ(wait["name"], "behind make");
  EXPECT_EQ(wait["tid"], 11);
  EXPECT_EQ(wait["time_ns"], 2500);
  EXPECT_EQ(wait["dur_ns"], 500);
  EXPECT_EQ(wait["args"]["preempted"], true);
  EXPECT_EQ(wait["args"]["behind_ns"], json({{"make (10)", 500}}));
}

// The run queue's clock is 4 us old when 10 loses the CPU, and 2 us when it gets it back.
TEST(Perfetto, ASliceEndsAtTheRunQueuesClockAsTheRunDoes) {
  StreamBuilder scenario;
  scenario.at(1'000'000).session().seen(10, {.comm = "make", .on_cpu = true});
  scenario.seen(11, {.comm = "hog"});
  scenario.at(1'100'000).switches({.from = 10, .to = 0, .state = kSleeping, .clock_age_ns = 0});
  scenario.at(1'200'000).switches({.from = 0, .to = 10, .clock_age_ns = 0});
  scenario.at(1'300'000).switches({.from = 10, .to = 11, .clock_age_ns = 4000});
  scenario.at(1'400'000).switches(
      {.from = 11, .to = 10, .state = kSleeping, .wait_ns = 102'000, .clock_age_ns = 2000});
  scenario.at(1'500'000).switches({.from = 10, .to = 0, .state = kSleeping, .clock_age_ns = 0});
  scenario.at(1'600'000);
  const json tables = tables_of(scenario);
  EXPECT_EQ(tables["errors"], json::object());
  EXPECT_EQ(tables["sched_slice"]["10"]["dur_ns"], 100'000 + 96'000 + 100'000);
  EXPECT_EQ(tables["sched_slice"]["11"]["dur_ns"], 98'000);
  EXPECT_EQ(tables["thread_state"]["10"]["R"], 104'000);
  const json sched = json::parse(run_command({"sched", "--format", "json"}, scenario).output);
  const json& task = sched["tasks"][0]["tid"] == 10 ? sched["tasks"][0] : sched["tasks"][1];
  EXPECT_EQ(task["on_cpu_ns"], 100'000 + 96'000 + 100'000);
  EXPECT_EQ(task["wait_ns"], 104'000);
}

TEST(Perfetto, TheThresholdLeavesShortWaitsToTheStates) {
  const json tables = tables_of(two_tasks(), {"--threshold", "500ns"});
  EXPECT_EQ(tables["slice"].size(), 2U);
  EXPECT_EQ(tables["thread_state"]["11"]["R"], 300 + 50)
      << "and they are in the states all the same";
}

TEST(Perfetto, RunQueueLengthIsACounterPerCpu) {
  const json counters = tables_of(two_tasks())["counter"];
  EXPECT_EQ(counters["runnable on CPU 0"],
            json({{2000, 1}, {3000, 2}, {3600, 1}, {4000, 0}, {5000, 1}}));
}

TEST(Perfetto, TheLoadAverageIsACounter) {
  const json tables = tables_of(loaded_machine());
  EXPECT_EQ(tables["errors"], json::object());
  std::vector<double> values;
  for (const json& point : tables["counter"]["load average, 1 min"])
    values.push_back(point[1].get<double>());
  EXPECT_EQ(values, (std::vector<double>{2.0, 2.1, 2.18, 2.18}));
}

// Ten reads one after the other, then a writeback, during which the flush of somebody else begins.
TEST(Perfetto, ABlockRequestIsASliceOfItsDeviceWithAnArrowToWhoSleptForIt) {
  const json tables = tables_of(busy_disk());
  EXPECT_EQ(tables["errors"], json::object());
  std::map<std::string, int> count;
  json first_read;
  json writeback;
  json sleeps = json::array();
  for (const json& slice : tables["slice"]) {
    const std::string name = slice["name"];
    if (slice["track"] == "sleeps for the disk") sleeps.push_back(slice);
    if (slice["track"] != "requests") continue;
    count[name.substr(0, name.find(' '))]++;
    if (name.starts_with("read ") && first_read.is_null()) first_read = slice;
    if (name.starts_with("write ")) writeback = slice;
  }
  EXPECT_EQ(count["read"], 10);
  EXPECT_EQ(count["queued"], 13) << "all but the flush, which begins at the device";
  EXPECT_EQ(count["at"], 14);
  EXPECT_EQ(first_read["time_ns"], 1'010'000'000);
  EXPECT_EQ(first_read["dur_ns"], 410'000);
  EXPECT_EQ(first_read["args"]["by"], "tar (10)");
  EXPECT_EQ(first_read["args"]["bytes"], "65536");
  EXPECT_EQ(writeback["name"], "write /db/table");
  EXPECT_EQ(writeback["dur_ns"], 19'000'000);

  // Ten of tar, one each for the write, the flush and the journal.
  ASSERT_EQ(sleeps.size(), 13U);
  EXPECT_EQ(sleeps[0]["tid"], 10);
  EXPECT_EQ(sleeps[0]["time_ns"], 1'010'030'000);
  EXPECT_EQ(sleeps[0]["dur_ns"], 370'000);
  EXPECT_EQ(sleeps[12]["name"], "a kernel thread's work");
  ASSERT_EQ(tables["arrow"].size(), 12U);
  EXPECT_EQ(tables["arrow"][0], json({{"time_ns", 1'010'400'000}, {"from", nullptr}, {"to", 10}}));
}

TEST(Perfetto, TheClockAndTheKernelAreNamed) {
  const json tables = tables_of(two_tasks());
  EXPECT_EQ(tables["clocks"]["6"], 1000);
  EXPECT_EQ(tables["clocks"]["primary"], 6);
  EXPECT_TRUE(tables["clocks"].contains("1"));
}

TEST(Perfetto, ProcessesHaveNamesParentsAndEnds) {
  const json tables = tables_of(export_scenario());
  const json& child = tables["process"]["11"];
  EXPECT_EQ(child["start_ns"], 2000);
  EXPECT_EQ(child["end_ns"], 4300) << "when the kernel freed it";
  EXPECT_EQ(child["parent"], 10);
  EXPECT_EQ(child["cmdline"], "cc -c <a b>.c");
  EXPECT_EQ(tables["thread"]["11"]["name"], "cc");
  EXPECT_EQ(tables["process"]["10"]["name"], "make");
}

TEST(Perfetto, AnIdThatIsUsedAgainIsAnothers) {
  const json tables = tables_of(reused_ids());
  EXPECT_EQ(tables["errors"], json::object());
  EXPECT_EQ(tables["rows"]["11"], 2);
  EXPECT_EQ(tables["thread"]["11"]["name"], "second");
  EXPECT_EQ(tables["process"]["11"]["start_ns"], 4000);
}

// The kernel frees a task a while after it was reaped.
TEST(Perfetto, AnIdThatIsUsedAgainBeforeTheFirstTaskWasFreedMakesNoPhantom) {
  StreamBuilder scenario;
  LifeRecords life(scenario);
  scenario.at(1000).session().seen(10, {.comm = "make", .on_cpu = true});
  scenario.at(2000).born(11, {.parent_pid = 10, .comm = "first", .start_ns = 2000});
  scenario.at(2500).switches({.from = 10, .to = 11, .state = kSleeping, .wait_ns = 400});
  scenario.at(2700);
  life.exits(11);
  scenario.at(2800).switches({.from = 11, .to = 10, .state = kDead}).ends(11);
  scenario.at(3000).born(11, {.parent_pid = 10, .comm = "second", .start_ns = 3000});
  scenario.at(3100).kernel(11).who.start_ns = 2000;
  life.freed(11);
  scenario.kernel(11).who.start_ns = 3000;
  scenario.at(3500).switches({.from = 10, .to = 11, .state = kSleeping, .wait_ns = 400});
  scenario.at(4000).switches({.from = 11, .to = 0, .state = kSleeping});
  const json tables = tables_of(scenario.at(5000).end());
  EXPECT_EQ(tables["errors"], json::object());
  EXPECT_EQ(tables["rows"]["11"], 2);
  EXPECT_EQ(tables["thread"]["11"]["name"], "second");
  EXPECT_EQ(tables["process"]["11"]["start_ns"], 3000);
}

TEST(Perfetto, AWaitThatBeganBeforeOurStampOfTheSwitchIsRunnableTime) {
  StreamBuilder scenario;
  scenario.at(1000).session().seen(10, {.on_cpu = true});
  scenario.at(2000).switches({.from = 10, .to = 0, .state = kSleeping});
  scenario.at(2100).switches({.from = 0, .to = 10, .wait_ns = 130});
  const json tables = tables_of(scenario.at(3000).end());
  EXPECT_EQ(tables["errors"], json::object());
  EXPECT_EQ(tables["thread_state"]["10"]["R"], 99);
}

TEST(Perfetto, TasksFromBeforeTheStreamAreRenamedToo) {
  StreamBuilder scenario;
  scenario.at(1000).session().seen(10, {.comm = "hoodtrace"});
  scenario.at(2000).renamed(10, "app").at(3000).end();
  const json tables = tables_of(scenario);
  EXPECT_EQ(tables["errors"], json::object());
  EXPECT_EQ(tables["thread"]["10"]["name"], "app");
  EXPECT_EQ(tables["process"]["10"]["name"], "app");
}

TEST(Perfetto, AProgramFromBeforeTheStreamIsACommandLineAndNoMark) {
  StreamBuilder scenario;
  LifeRecords life(scenario);
  scenario.at(1000).session().at(1100).seen(10, {.comm = "app"});
  life.executes(10, "/usr/bin/app", {"app", "-v"}, 0, HT_PROGRAM_BEFORE);
  const json tables = tables_of(scenario.at(2000).end());
  EXPECT_EQ(tables["errors"], json::object());
  EXPECT_EQ(tables["process"]["10"]["cmdline"], "app -v");
  for (const json& mark : tables["instant"]) EXPECT_EQ(mark["tid"], nullptr) << mark.dump();
}

TEST(Perfetto, ExecsAndExitsAreMarks) {
  std::map<std::string, json> marks;
  const json tables = tables_of(export_scenario());
  for (const json& mark : tables["instant"]) marks[mark["name"]] = mark;
  ASSERT_TRUE(marks.contains("exec /usr/bin/cc"));
  EXPECT_EQ(marks["exec /usr/bin/cc"]["args"]["argv"], json({"cc", "-c", "<a b>.c"}));
  EXPECT_EQ(marks["exec /usr/bin/cc"]["tid"], 11);
  ASSERT_TRUE(marks.contains("exit 3"));
}

TEST(Perfetto, AnArrowGoesFromWhoEndsASleepToTheSleeper) {
  StreamBuilder scenario;
  WhyScenario why(scenario);
  using namespace std::string_view_literals;
  scenario.at(1000).session(HT_SESSION_EXACT | HT_SESSION_IOWAIT, "process 10",
                            "tp_btf\0families\0sched,why"sv);
  scenario.on_cpu(0).seen(10, {.comm = "waiter", .on_cpu = true});
  scenario.on_cpu(1).seen(11, {.comm = "giver", .on_cpu = true});
  scenario.at(2000);
  why.on_cpu(0).sleeps(10, {.call = kReadCall});
  scenario.switches({.from = 10, .to = 0, .state = kSleeping});
  scenario.at(3000);
  why.on_cpu(1).wakes(10, {.tid = 11, .call = kWriteCall});
  scenario.on_cpu(0).switches({.from = 0, .to = 10});
  scenario.at(4000).end();
  const json tables = tables_of(scenario);
  EXPECT_EQ(tables["errors"], json::object());
  ASSERT_EQ(tables["arrow"].size(), 1U) << tables["arrow"].dump();
  EXPECT_EQ(tables["arrow"][0]["from"], 11);
  EXPECT_EQ(tables["arrow"][0]["to"], 10);
  EXPECT_EQ(tables["arrow"][0]["time_ns"], 3000);
}

TEST(Perfetto, LossesAreReportedWithoutAnImportError) {
  StreamBuilder lossy;
  lossy.at(1000).session().seen(10, {.comm = "make", .on_cpu = true}).seen(11, {.comm = "cc"});
  lossy.at(2000).switches({.from = 10, .to = 11, .state = kSleeping, .wait_ns = 300});
  lossy.at(2100).lost(HT_SWITCH, 5, 2900);
  lossy.at(3000).switches({.from = 10, .to = 11, .preempt = true, .wait_ns = 20});
  lossy.at(4000).end();
  const json tables = tables_of(lossy);
  EXPECT_EQ(tables["errors"], json::object()) << "who ran meanwhile is not claimed";
  EXPECT_EQ(tables["lost_bundles"], 1);
  EXPECT_EQ(tables["sched_slice"]["11"]["dur_ns"], 100 + 1000) << "nothing of the gap";
  bool result = false;
  for (const json& mark : tables["instant"])
    result = result || mark["name"] == "5 records of CPU 0 lost";
  EXPECT_TRUE(result);
}

TEST(Perfetto, UntracedTimeOfACpuIsIdle) {
  StreamBuilder scenario;
  scenario.at(1000).session(HT_SESSION_EXACT).seen(10, {.comm = "mine"});
  scenario.seen(20, {.comm = "other", .traced = false});
  scenario.at(2000).switches({.from = 20, .to = 10, .wait_ns = 10, .from_traced = false});
  scenario.at(2500).switches({.from = 10, .to = 20, .state = kSleeping, .to_traced = false});
  scenario.at(3000).switches({.from = 21, .to = 10, .wait_ns = 10, .from_traced = false});
  scenario.at(3300).switches({.from = 10, .to = 0, .state = kSleeping, .to_traced = false});
  scenario.at(4000).end();
  const json tables = tables_of(scenario);
  EXPECT_EQ(tables["errors"], json::object());
  EXPECT_EQ(tables["sched_slice"]["10"], json({{"dur_ns", 800}, {"count", 2}}));
  EXPECT_FALSE(tables["sched_slice"].contains("20")) << "for how long it ran is not known";
}

TEST(Perfetto, WakeUpsOfUntracedTasksAreLeftOut) {
  StreamBuilder scenario;
  scenario.at(1000).session(HT_SESSION_EXACT | HT_SESSION_WAKERS).seen(10, {.comm = "mine"});
  scenario.seen(20, {.comm = "other", .traced = false});
  scenario.at(2000).waking(20, 10).wakeup(20).waking(30, 10).wakeup(30);
  scenario.at(2100).waking(10, 20).wakeup(10).at(3000).end();
  const json tables = tables_of(scenario);
  EXPECT_EQ(tables["errors"], json::object());
  EXPECT_TRUE(tables["thread_state"].contains("10"));
  EXPECT_FALSE(tables["thread_state"].contains("20"));
  EXPECT_FALSE(tables["thread_state"].contains("30"));
  EXPECT_EQ(tables["thread"]["20"]["name"], "other") << "it has woken somebody";
}

TEST(Perfetto, AThreadThatExecutesGoesOnUnderTheLeadersTid) {
  StreamBuilder scenario;
  scenario.at(1000).session().seen(10, {.comm = "app"});
  scenario.seen(12, {.pid = 10, .comm = "app"});
  scenario.at(2000).switches({.from = 0, .to = 12, .wait_ns = 5});
  scenario.at(2400).execs(10, 12);
  scenario.at(3000).switches({.from = 10, .to = 0, .state = kSleeping}).end();
  const json tables = tables_of(scenario);
  EXPECT_EQ(tables["errors"], json::object());
  EXPECT_EQ(tables["sched_slice"]["12"]["dur_ns"], 400);
  EXPECT_EQ(tables["sched_slice"]["10"]["dur_ns"], 600);
}

TEST(Perfetto, FaultsAndForksAreSlices) {
  StreamBuilder scenario;
  scenario.at(1000).session().seen(10, {.comm = "app", .on_cpu = true});
  ht_fault fault{};
  fault.head = {2000, 10, HT_FAULT, 0};
  fault.address = 0x7f00;
  fault.took_ns = 300;
  fault.facts = HT_FAULT_ACCESS | HT_FAULT_WRITE;  // not DONE: invalid
  fault.signal = 11;
  scenario.raw(&fault, sizeof(fault));
  ht_fork fork{};
  fork.head = {4000, 10, HT_FORK, 0};
  fork.fork_ns = 700;
  fork.anon_bytes = 4096;
  fork.child_pid = 11;
  scenario.raw(&fork, sizeof(fork));
  const json tables = tables_of(scenario.at(5000).end());
  EXPECT_EQ(tables["errors"], json::object());
  ASSERT_EQ(tables["slice"].size(), 2U);
  const json& first = tables["slice"][0];
  EXPECT_EQ(first["name"], "invalid");
  EXPECT_EQ(first["track"], "page faults");
  EXPECT_EQ(first["tid"], 10);
  EXPECT_EQ(first["time_ns"], 1700);
  EXPECT_EQ(first["dur_ns"], 300);
  EXPECT_EQ(first["args"], json({{"address", "0x7f00"}, {"access", "write"}, {"signal", "11"}}));
  EXPECT_EQ(tables["slice"][1]["name"], "fork of 11");
  EXPECT_EQ(tables["slice"][1]["dur_ns"], 700);
}

TEST(Perfetto, HostileNamesAreValidUtf8) {
  // The decoder is strict about it.
  EXPECT_EQ(tables_of(export_scenario())["thread"]["12"]["name"], "</script>\"',\n\xef\xbf\xbd");
}

}  // namespace
}  // namespace hoodtrace::golden
