// SPDX-License-Identifier: GPL-2.0-or-later
// top on a real terminal: its keys, its ends, and the terminal after each of them.

#include <gtest/gtest.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <string>

#include "live/sched/expectations.hpp"
#include "live/top/tmux.hpp"
#include "support/child_process.hpp"
#include "support/temporary_folder.hpp"
#include "support/traced_run.hpp"

namespace hoodtrace::testing {
namespace {

// A program that computes, and sleeps now and then.
class Busy {
 public:
  Busy()
      : process_({workload_path(), "spin", "ms=120000", "cpus=1", "hog:naps=100000:nap_us=2000"}) {}
  [[nodiscard]] std::string pid() const { return std::to_string(process_.pid()); }

 private:
  ChildProcess process_;
};

TEST(Top, ShowsATaskOpensItAndLeavesTheTerminalAsItWas) {
  HOODTRACE_TMUX();
  const Busy busy;
  TmuxScreen screen(110, 30);
  start_top(screen, "--pid " + busy.pid());
  ASSERT_TRUE(screen.shows("LIVE")) << screen.text();
  screen.type("2");
  EXPECT_TRUE(screen.shows("hog")) << screen.text();
  EXPECT_TRUE(screen.shows("audit equal")) << screen.text();
  EXPECT_TRUE(screen.shows("none lost")) << screen.text();
  screen.press("Enter");
  EXPECT_TRUE(screen.shows("where its time went")) << screen.text();
  screen.press("Escape");
  EXPECT_TRUE(screen.shows("WAITED BEHIND")) << screen.text();
  screen.type("[");
  EXPECT_TRUE(screen.shows("HISTORY")) << screen.text();
  screen.press("End");
  EXPECT_TRUE(screen.shows("LIVE")) << screen.text();
  screen.type("/comm:nobody");
  screen.press("Enter");
  EXPECT_TRUE(screen.shows("no row passes the filter")) << screen.text();
  screen.press("Escape");
  screen.type("?");
  EXPECT_TRUE(screen.shows("the row above")) << screen.text();
  screen.resize(70, 14);
  EXPECT_TRUE(screen.shows("hoodtrace top")) << screen.text();
  screen.type("q");
  EXPECT_TRUE(screen.hides("hoodtrace top  ")) << screen.text();
  expect_sane(screen);
}

TEST(Top, AttachesAFamilyWhenItsScreenAsksForIt) {
  HOODTRACE_TMUX();
  const Busy busy;
  TmuxScreen screen(110, 30);
  start_top(screen, "--pid " + busy.pid());
  ASSERT_TRUE(screen.shows("LIVE")) << screen.text();
  screen.type("3");
  EXPECT_TRUE(screen.shows("Why is not traced")) << screen.text();
  screen.press("Enter");
  EXPECT_TRUE(screen.shows("clock_nanosleep")) << screen.text();
  screen.press("C-c");
  expect_sane(screen);
}

TEST(Top, StopsAndGoesOnLikeAnyProgramOfAShell) {
  HOODTRACE_TMUX();
  const Busy busy;
  TmuxScreen screen(110, 30);
  start_top(screen, "--pid " + busy.pid());
  ASSERT_TRUE(screen.shows("LIVE")) << screen.text();
  screen.press("C-z");
  EXPECT_TRUE(screen.shows("Stopped")) << screen.text();
  screen.type("fg");
  screen.press("Enter");
  EXPECT_TRUE(screen.shows("1 Units")) << screen.text();
  EXPECT_TRUE(screen.hides("Stopped")) << screen.text();
  screen.type("q");
  expect_sane(screen);
}

TEST(Top, AKilledOneLeavesTheTerminalClean) {
  HOODTRACE_TMUX();
  const Busy busy;
  TmuxScreen screen(110, 30);
  start_top(screen, "--pid " + busy.pid());
  ASSERT_TRUE(screen.shows("LIVE")) << screen.text();
  ChildProcess find({"/usr/bin/pgrep", "-o", "-f", "top -i 200ms --pid " + busy.pid() + "$"});
  ASSERT_EQ(find.wait(std::chrono::seconds(10)), 0);
  const pid_t killed = std::stoi(find.output());
  ::kill(killed, SIGKILL);
  EXPECT_TRUE(screen.shows("Killed")) << screen.text();
  expect_sane(screen);
}

TEST(Top, LooksAtARecordingAndStaysWhenItHasEnded) {
  HOODTRACE_TMUX();
  const TemporaryFolder folder;
  ChildProcess record({HOODTRACE_BINARY, "record", "sched", "-o", folder.file("run.htrec"), "--",
                       workload_path(), "spin", "ms=1500", "cpus=1", "first", "second"});
  ASSERT_EQ(record.wait(std::chrono::seconds(60)), 0) << record.error();
  TmuxScreen screen(110, 30);
  start_top(screen, "--from " + folder.file("run.htrec"));
  // Two that compute on one CPU: each waits half of its time.
  EXPECT_TRUE(screen.shows("waited for a CPU")) << screen.text();
  EXPECT_TRUE(screen.shows("HISTORY")) << screen.text();
  screen.type("3");
  screen.press("Enter");
  EXPECT_TRUE(screen.shows("the recording does not have it")) << screen.text();
  screen.type("q");
  expect_sane(screen);
}

TEST(Top, ACommandDoesNotWriteOnTheScreen) {
  HOODTRACE_TMUX();
  TmuxScreen screen(110, 30);
  start_top(screen, "-- sh -c 'for i in $(seq 300); do echo unwanted; sleep 0.02; done'");
  ASSERT_TRUE(screen.shows("LIVE")) << screen.text();
  screen.type("2");
  EXPECT_TRUE(screen.shows("sleep")) << screen.text();
  EXPECT_TRUE(screen.hides("unwanted")) << screen.text();
  screen.type("q");
  expect_sane(screen);
}

TEST(Top, TheCommandThatGoesOnIsNamed) {
  HOODTRACE_TMUX();
  TmuxScreen screen(110, 30);
  start_top(screen, "-- " + workload_path() + " spin ms=60000 cpus=1 left");
  ASSERT_TRUE(screen.shows("LIVE")) << screen.text();
  screen.type("q");
  EXPECT_TRUE(screen.shows("hoodtrace: workload goes on; to end it: kill ")) << screen.text();
  const std::string text = screen.text();
  const pid_t left = std::stoi(text.substr(text.find("it: kill ") + 9));
  EXPECT_EQ(::kill(left, SIGKILL), 0) << text;
  expect_sane(screen);
}

TEST(Top, ATargetThatIsKilledStaysOnTheScreen) {
  HOODTRACE_TMUX();
  ChildProcess busy({workload_path(), "spin", "ms=120000", "cpus=1", "hog"});
  TmuxScreen screen(110, 30);
  start_top(screen, "--pid " + std::to_string(busy.pid()));
  ASSERT_TRUE(screen.shows("LIVE")) << screen.text();
  ::kill(busy.pid(), SIGKILL);
  EXPECT_TRUE(screen.shows("the target has ended; q leaves")) << screen.text();
  EXPECT_TRUE(screen.shows("HISTORY")) << screen.text();
  screen.type("[");
  EXPECT_TRUE(screen.shows("hog")) << screen.text();
  screen.type("q");
  expect_sane(screen);
}

TEST(Top, WhereThereIsNoTerminalItSaysWhatToDo) {
  HOODTRACE_LIVE();
  ChildProcess top({HOODTRACE_BINARY, "top", "--pid", std::to_string(::getpid())});
  EXPECT_EQ(top.wait(std::chrono::seconds(30)), 2);
  EXPECT_NE(top.error().find("top draws on a terminal"), std::string::npos) << top.error();
}

}  // namespace
}  // namespace hoodtrace::testing
