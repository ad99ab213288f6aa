// SPDX-License-Identifier: GPL-2.0-or-later
// The procs command over streams: when its lines come, and which options it heeds.

#include <gtest/gtest.h>

#include "support/command_run.hpp"
#include "support/life_scenario.hpp"

namespace hoodtrace {
namespace {

constexpr std::uint64_t kMs = 1'000'000;

LifeScenario one_child() {
  LifeScenario scenario;
  scenario.at(1'000 * kMs).session(HT_SESSION_EXACT, "process 10");
  scenario.seen(10, {.comm = "sh"});
  scenario.at(1'010 * kMs).born(20, {.parent_pid = 10, .comm = "sh", .start_ns = 1'010 * kMs});
  scenario.at(1'011 * kMs).runs(20, 5);
  scenario.at(1'020 * kMs).exits(20, {.status = 3 << 8});
  scenario.at(1'021 * kMs).looks(10);
  return scenario;
}

std::size_t lines_with(const std::string& text, const std::string& what) {
  std::size_t n = 0;
  for (std::size_t at = text.find(what); at != std::string::npos; at = text.find(what, at + 1)) n++;
  return n;
}

TEST(Procs, TheTimelineBeginsWithWhatIsTracedAndEndsWithTheCounts) {
  LifeScenario scenario = one_child();
  scenario.at(1'100 * kMs).end();
  const CommandRun run = run_command({"procs"}, scenario);
  EXPECT_TRUE(run.output.starts_with("hoodtrace procs: process 10\n")) << run.output;
  EXPECT_EQ(lines_with(run.output, "exit 3"), 1U);
  EXPECT_NE(run.output.find("processes: 1 born, 1 exited (1 failed), 1 reaped; execs: 0, failed "
                            "ones: not recorded (--exec-failures)\n"),
            std::string::npos)
      << run.output;
}

TEST(Procs, EveryLineComesOnceWhateverMakesItDue) {
  // By a later record, by a pulse, by a tick, or by the end of a stream that has no end.
  for (const int way : {0, 1, 2, 3}) {
    LifeScenario scenario = one_child();
    const ht_pulse pulse{{1'121 * kMs, 0, HT_PULSE, HT_NO_CPU}};
    if (way == 0) scenario.at(1'300 * kMs).renamed(10, "later");
    if (way == 1) scenario.raw(&pulse, sizeof(pulse));
    if (way == 2) scenario.at(1'022 * kMs).tick();
    if (way != 3) scenario.at(1'400 * kMs).end();
    const CommandRun run = run_command({"procs"}, scenario);
    for (const char* what : {"born (", "first run", "exit 3", "reaped by sh"})
      EXPECT_EQ(lines_with(run.output, what), 1U) << what << " " << way << run.output;
  }
}

// Pids wrap around: the scan at the start, which goes by pid, comes to the parent after its child.
TEST(Procs, AZombiesParentWithAHigherPidIsNamed) {
  LifeScenario scenario;
  scenario.at(1'000 * kMs).session(HT_SESSION_EXACT, "process 20");
  scenario.seen(20, {.parent_pid = 90, .comm = "child"});
  scenario.seen(30, {.parent_pid = 91, .comm = "older", .state = kDead});
  scenario.seen(90, {.comm = "parent", .traced = false});
  scenario.seen(91, {.comm = "other", .traced = false});
  scenario.at(1'020 * kMs).exits(20, {.status = 0});
  scenario.at(1'100 * kMs).end();
  const CommandRun run = run_command({"procs"}, scenario);
  EXPECT_EQ(lines_with(run.output, "to be reaped by parent (90)"), 1U) << run.output;
  EXPECT_EQ(lines_with(run.output, "to be reaped by other (91)"), 1U) << run.output;
}

TEST(Procs, UnusedOptionsAreRefused) {
  LifeScenario scenario = one_child();
  scenario.end();
  for (const char* option : {"--by=comm", "--sort=pid", "--top=3", "--histogram"})
    EXPECT_EQ(run_command({"procs", option}, scenario).code, 2) << option;
  EXPECT_EQ(run_command({"procs", "--with", "weather"}, scenario).code, 2);
  EXPECT_EQ(run_command({"procs", "--slow", "fast"}, scenario).code, 2);
}

TEST(Procs, SlowShowsOnlyWhatLasted) {
  LifeScenario scenario = one_child();
  scenario.at(1'030 * kMs).born(30, {.parent_pid = 10, .comm = "long", .start_ns = 1'030 * kMs});
  scenario.at(1'031 * kMs).runs(30);
  scenario.at(1'090 * kMs).exits(30);
  scenario.at(1'100 * kMs).end();
  const CommandRun run = run_command({"procs", "--slow", "50ms", "--tree"}, scenario);
  EXPECT_NE(run.output.find("(long)"), std::string::npos) << run.output;
  EXPECT_EQ(run.output.find("exit 3"), std::string::npos) << run.output;
}

TEST(Procs, TheGanttsBarsAreOfOneWidth) {
  LifeScenario scenario = one_child();
  scenario.at(1'100 * kMs).end();
  const std::string output = run_command({"procs", "--gantt"}, scenario).output;
  const std::size_t first = output.find('|');
  const std::size_t last = output.find('|', first + 1);
  ASSERT_NE(last, std::string::npos) << output;
  EXPECT_EQ(last - first - 1, 49U);  // 100 columns without a terminal
}

}  // namespace
}  // namespace hoodtrace
