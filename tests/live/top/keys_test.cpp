// SPDX-License-Identifier: GPL-2.0-or-later
// Every key of top on a real terminal.

#include "view/top/keys.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <map>
#include <set>
#include <string>
#include <utility>

#include "live/sched/expectations.hpp"
#include "live/top/tmux.hpp"
#include "support/child_process.hpp"
#include "support/temporary_folder.hpp"

namespace hoodtrace::testing {
namespace {

std::string htrec_in(const TemporaryFolder& folder) {
  for (const auto& file : std::filesystem::directory_iterator(folder.file("")))
    if (file.path().extension() == ".htrec") return file.path();
  return "";
}

// tmux's names.
const std::map<KeyCode, std::string> kNames = {
    {KeyCode::kUp, "Up"},           {KeyCode::kDown, "Down"},    {KeyCode::kLeft, "Left"},
    {KeyCode::kRight, "Right"},     {KeyCode::kPageUp, "PPage"}, {KeyCode::kPageDown, "NPage"},
    {KeyCode::kHome, "Home"},       {KeyCode::kEnd, "End"},      {KeyCode::kEnter, "Enter"},
    {KeyCode::kEscape, "Escape"},   {KeyCode::kTab, "Tab"},      {KeyCode::kBackTab, "BTab"},
    {KeyCode::kBackspace, "BSpace"}};

// Presses keys, and remembers which.
class Keys {
 public:
  explicit Keys(TmuxScreen& screen) : screen_(screen) {}

  // Then the screen shows these words.
  void press(KeyCode code, const std::string& words) {
    pressed_.insert({code, '\0'});
    screen_.press(kNames.at(code));
    EXPECT_TRUE(screen_.shows(words)) << kNames.at(code) << ": " << words << "\n" << screen_.text();
  }
  void press(char character, const std::string& words) {
    pressed_.insert({KeyCode::kCharacter, character});
    screen_.type(std::string(1, character));
    EXPECT_TRUE(screen_.shows(words)) << character << ": " << words << "\n" << screen_.text();
  }
  [[nodiscard]] bool has(const KeyRow& key) const {
    return pressed_.contains({key.code, key.character});
  }

 private:
  TmuxScreen& screen_;
  std::set<std::pair<KeyCode, char>> pressed_;
};

void help_and_order(Keys& keys, TmuxScreen& screen) {
  keys.press('?', "the row above");
  keys.press(KeyCode::kPageDown, "any text of the row");
  keys.press(KeyCode::kPageUp, "the row above");
  keys.press('h', "WAITED BEHIND");
  keys.press('<', "sort: ON-CPU, largest first");
  keys.press('>', "sort: WAIT, largest first");
  keys.press('s', "sort: WAITS, largest first");
  keys.press(KeyCode::kRight, "sort: WOKEN");
  keys.press(KeyCode::kLeft, "sort: WAITS");
  keys.press('r', "sort: WAITS, smallest first");
  for (int i = 0; i < 5; i++) screen.press("Left");
  EXPECT_TRUE(screen.shows("sort: COMM, A to Z")) << screen.text();
}

// The rows are alpha, beta, gamma, workload.
void bar(Keys& keys) {
  keys.press(KeyCode::kHome, "sort: COMM");
  keys.press('F', "following: alpha");
  keys.press(KeyCode::kDown, "sort: COMM");
  keys.press('F', "following: beta");
  keys.press('k', "sort: COMM");
  keys.press('F', "following: alpha");
  keys.press('j', "sort: COMM");
  keys.press('F', "following: beta");
  keys.press(KeyCode::kUp, "sort: COMM");
  keys.press('F', "following: alpha");
  keys.press(KeyCode::kPageDown, "sort: COMM");
  keys.press('F', "following: workload");
  keys.press(KeyCode::kPageUp, "sort: COMM");
  keys.press('F', "following: alpha");
  keys.press('p', "*");
  keys.press('p', "following: alpha");
}

void pages(Keys& keys, TmuxScreen& screen) {
  keys.press('b', "by process");
  keys.press('b', "by comm");
  keys.press('b', "tasks by thread");
  EXPECT_TRUE(screen.shows("  TID")) << screen.text();
  keys.press(KeyCode::kEnter, "where its time went");
  EXPECT_TRUE(screen.shows("waits in")) << screen.text();
  EXPECT_TRUE(screen.shows("runs on CPU")) << screen.text();
  keys.press(KeyCode::kEscape, "WAITED BEHIND");
  keys.press(KeyCode::kEnter, "where its time went");
  keys.press(KeyCode::kBackspace, "WAITED BEHIND");
  keys.press('4', "TARGET-ON-CPU");
  keys.press('2', "WAITED BEHIND");
  keys.press(KeyCode::kTab, "Why is not traced");
  keys.press(KeyCode::kEnter, "clock_nanosleep");
  keys.press(KeyCode::kBackTab, "WAITED BEHIND");
  keys.press('!', "remarks on this interval");
  keys.press('!', "WAITED BEHIND");
  keys.press('y', "hoodtrace sched --pid");
  keys.press('/', "filter: _");
  screen.type("comm:gamma");
  keys.press(KeyCode::kEnter, "filter: comm:gamma");
  EXPECT_TRUE(screen.hides("alpha  ")) << screen.text();
  screen.press("Escape");
}

void live_time(Keys& keys) {
  keys.press(' ', "HISTORY -00:0");
  keys.press(' ', "LIVE");
  keys.press('[', "HISTORY");
  keys.press(KeyCode::kEnd, "LIVE");
  keys.press('+', "intervals of 500 ms");
  keys.press('=', "intervals of 1.00 s");
  keys.press('-', "intervals of 500 ms");
}

// Four intervals of a second, the last of them short.
void recorded_time(Keys& keys, TmuxScreen& screen) {
  screen.type(std::string(HOODTRACE_BINARY) + " top --from " +
              HOODTRACE_SOURCE_DIR "/tests/golden/recordings/top_shop.htrec");
  screen.press("Enter");
  ASSERT_TRUE(screen.shows("HISTORY -00:01")) << screen.text();
  keys.press('{', "11:05:18  HISTORY -00:02");
  keys.press(']', "11:05:19  HISTORY -00:01");
  keys.press('}', "11:05:20  HISTORY -00:00");
  keys.press('[', "11:05:20  HISTORY -00:00");
  keys.press('[', "11:05:19  HISTORY -00:01");
  keys.press('g', "go to: _");
  screen.type("11:05:18");
  keys.press(KeyCode::kEnter, "11:05:18  HISTORY -00:02");
  keys.press('g', "go to: _");
  screen.type("-1s");
  keys.press(KeyCode::kEnter, "11:05:20  HISTORY -00:00");
  // It is read again.
  keys.press('+', "HISTORY -00:00  1.26 s");
  keys.press('q', "ready>");
}

TEST(TopKeys, EachDoesWhatTheHelpSays) {
  HOODTRACE_TMUX();
  const TemporaryFolder folder;
  const ChildProcess busy({workload_path(), "spin", "ms=180000", "cpus=1", "alpha", "beta",
                           "gamma:naps=100000:nap_us=2000"});
  TmuxScreen screen(120, 30);
  screen.type("cd " + folder.file(""));
  screen.press("Enter");
  start_top(screen, "--pid " + std::to_string(busy.pid()));
  ASSERT_TRUE(screen.shows("LIVE")) << screen.text();
  Keys keys(screen);
  help_and_order(keys, screen);
  bar(keys);
  pages(keys, screen);
  live_time(keys);
  keys.press('w', "write to: hoodtrace-");
  keys.press(KeyCode::kEnter, "wrote hoodtrace-");
  keys.press('q', "ready>");
  screen.type("clear");
  screen.press("Enter");
  recorded_time(keys, screen);
  for (const KeyRow& key : kKeys)
    EXPECT_TRUE(keys.has(key)) << "not pressed: " << key.shown << " " << key.character;

  const std::string written = htrec_in(folder);
  ChildProcess sched({HOODTRACE_BINARY, "sched", "--from", written});
  ASSERT_EQ(sched.wait(std::chrono::seconds(60)), 0) << written << sched.error();
  EXPECT_NE(sched.output().find(": equal"), std::string::npos) << sched.output();
  EXPECT_EQ(sched.output().find("DIFFER"), std::string::npos) << sched.output();
}

// The privileges are dropped by then.
TEST(TopKeys, WhyKnowsTheKernelsFunctionsWhenItIsAttachedLater) {
  HOODTRACE_TMUX();
  const TemporaryFolder folder;
  // An fsync after each write, from the beginning: whenever the screen is read, one is there.
  const ChildProcess writer({workload_path(), "disk", "file=" + folder.file("journal"), "kib=16",
                             "count=100000", "fsyncs"});
  TmuxScreen screen(120, 30);
  screen.type("cd " + folder.file(""));
  screen.press("Enter");
  start_top(screen, "--pid " + std::to_string(writer.pid()));
  ASSERT_TRUE(screen.shows("LIVE")) << screen.text();
  screen.type("3");
  screen.press("Enter");
  EXPECT_TRUE(screen.shows("fsync ")) << screen.text();
  screen.type("w");
  screen.press("Enter");
  EXPECT_TRUE(screen.shows("wrote hoodtrace-")) << screen.text();
  screen.type("q");
  expect_sane(screen);
  ChildProcess info({HOODTRACE_BINARY, "info", htrec_in(folder)});
  ASSERT_EQ(info.wait(std::chrono::seconds(60)), 0) << info.error();
  EXPECT_NE(info.output().find("  symbol "), std::string::npos) << info.output();
}

TEST(TopKeys, AClickSelectsAScreen) {
  HOODTRACE_TMUX();
  const ChildProcess busy({workload_path(), "spin", "ms=120000", "cpus=1", "alpha"});
  TmuxScreen screen(120, 30);
  start_top(screen, "--pid " + std::to_string(busy.pid()));
  ASSERT_TRUE(screen.shows("LIVE")) << screen.text();
  // Button 1 at column 26, row 2: "4 CPUs". Each is written as 32 plus its number.
  screen.type("\033[M :\"");
  EXPECT_TRUE(screen.shows("TARGET-ON-CPU")) << screen.text();
  screen.type("q");
  expect_sane(screen);
}

}  // namespace
}  // namespace hoodtrace::testing
