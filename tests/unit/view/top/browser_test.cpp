// SPDX-License-Identifier: GPL-2.0-or-later
// Keys and what they show.
#include "view/top/browser.hpp"

#include <gtest/gtest.h>

#include "support/top_snapshots.hpp"

namespace hoodtrace {
namespace {

using testing::interval;
using testing::TopTask;
using testing::unit_table;

class Screen {
 public:
  explicit Screen(std::size_t width = 100, std::size_t height = 24, BrowserFacts facts = {})
      : width_(width), height_(height), browser_(std::move(facts)) {}

  Screen& take(std::shared_ptr<Snapshot> snapshot) {
    browser_.take(std::move(snapshot), now_ms_ += 1000);
    return *this;
  }
  Screen& press(KeyCode code) {
    outcome_ = browser_.on_key({code}, now_ms_ += 10);
    return *this;
  }
  Screen& type(std::string_view text) {
    for (const char c : text) outcome_ = browser_.on_key({KeyCode::kCharacter, c}, now_ms_ += 10);
    return *this;
  }
  std::string text() {
    Frame frame(width_, height_);
    browser_.draw(frame);
    return frame.text();
  }
  bool shows(std::string_view words) { return text().find(words) != std::string::npos; }
  // The row that is drawn as selected; "" when none is.
  std::string selected() {
    Frame frame(width_, height_);
    browser_.draw(frame);
    for (std::size_t row = 3; row < height_; row++)
      if (frame.runs(row).front().role == Role::kSelected) return frame.runs(row).front().text;
    return "";
  }
  Browser& browser() { return browser_; }
  [[nodiscard]] Browser::Outcome outcome() const { return outcome_; }
  void wait_ms(std::uint64_t ms) { now_ms_ += ms; }

 private:
  std::size_t width_;
  std::size_t height_;
  Browser browser_;
  std::uint64_t now_ms_ = 1'000'000;
  Browser::Outcome outcome_ = Browser::Outcome::kStay;
};

const std::vector<TopTask> kTwo = {
    {11, "busy", 300'000'000, "/a.slice", "cc1plus (9) 80 %", 500'000'000},
    {12, "calm", 1'000'000, "/b.slice", "", 2'000'000}};

TEST(TopBrowser, AGoldenFrame) {
  BrowserFacts facts;
  facts.host = "db1";
  facts.target = "whole system";
  Screen screen(80, 12, facts);
  screen.take(interval(3600, kTwo)).take(interval(3601, kTwo));
  EXPECT_EQ(screen.text(),
            "hoodtrace top  db1  01:00:01  LIVE  1.00 s  none lost  audit equal  own 0.0 %\n"
            " 1 Units  2 Tasks  3 Why  4 CPUs  5 Faults  6 Cache  7 Disk  8 Lives  9 Load  !1\n"
            " wait ██ 301 ms/s\n"
            " sort: WAIT, largest first\n"
            " TID  COMM   ON-CPU     WAIT  WAITED BEHIND\n"
            "  11  busy   500 ms   300 ms  cc1plus (9) 80 %\n"
            "  12  calm  2.00 ms  1.00 ms\n"
            "\n\n\n"
            "! busy (11) waited for a CPU 30 % of its time, behind cc1plus (9) 80 %\n"
            "? keys  / filter  s sort  Enter open  ! remarks  Space pause  [ ] time  q quit\n");
}

TEST(TopBrowser, BeforeTheFirstIntervalItSaysSo) {
  Screen screen;
  EXPECT_TRUE(screen.shows("waiting for the first interval"));
  screen.press(KeyCode::kEnter).press(KeyCode::kDown).press(KeyCode::kEscape).type("sb[]{}gr!y?p");
  EXPECT_TRUE(screen.shows("hoodtrace top"));
}

TEST(TopBrowser, ASmallTerminalGetsASentence) {
  Screen screen(40, 8);
  screen.take(interval(1, kTwo));
  EXPECT_EQ(screen.text().substr(0, 16), "60 by 10 needed\n");
}

TEST(TopBrowser, EveryWidthAndHeightIsDrawn) {
  for (std::size_t width = 1; width < 130; width += 7)
    for (std::size_t height = 1; height < 40; height += 3) {
      Screen screen(width, height);
      screen.take(interval(1, kTwo));
      for (const char* keys : {"", "?", "?!", "!2"}) EXPECT_FALSE(screen.type(keys).text().empty());
      EXPECT_FALSE(screen.press(KeyCode::kEnter).text().empty());
    }
}

TEST(TopBrowser, EnterOpensATaskAndEscGoesBack) {
  Screen screen;
  screen.take(interval(1, kTwo)).press(KeyCode::kEnter);
  EXPECT_TRUE(screen.shows("busy (thread 11), process 11, in /a.slice"));
  EXPECT_TRUE(screen.shows("on CPU"));
  EXPECT_TRUE(screen.shows("50.0 %  500 ms"));
  EXPECT_TRUE(screen.shows("behind cc1plus (9) 80 %"));
  screen.press(KeyCode::kEscape);
  EXPECT_TRUE(screen.shows("WAITED BEHIND"));
}

TEST(TopBrowser, AUnitOpensItsTasks) {
  Screen screen;
  auto snapshot = interval(1, kTwo);
  snapshot->tables[index_of(ScreenId::kUnits)] = unit_table({{"/b.slice", 9}, {"/a.slice", 5}});
  screen.take(snapshot).type("1").press(KeyCode::kEnter);
  EXPECT_TRUE(screen.shows("in: /b.slice"));
  EXPECT_TRUE(screen.shows("calm"));
  EXPECT_FALSE(screen.shows(" busy  "));
  screen.press(KeyCode::kEscape);
  EXPECT_TRUE(screen.shows("CGROUP"));
}

TEST(TopBrowser, AFilterIsTypedAndTakenAway) {
  Screen screen;
  screen.take(interval(1, kTwo)).type("/comm:calm").press(KeyCode::kEnter);
  EXPECT_TRUE(screen.shows("filter: comm:calm"));
  EXPECT_FALSE(screen.shows(" busy  "));
  screen.press(KeyCode::kEscape);
  EXPECT_TRUE(screen.shows(" busy  "));
  screen.type("/wait>").press(KeyCode::kEnter);
  EXPECT_TRUE(screen.shows("write COLUMN>VALUE"));
}

TEST(TopBrowser, KeysInAPromptAreText) {
  Screen screen;
  screen.take(interval(1, kTwo)).type("/q");
  EXPECT_EQ(screen.outcome(), Browser::Outcome::kStay);
  EXPECT_TRUE(screen.shows("filter: q_"));
  screen.press(KeyCode::kBackspace).press(KeyCode::kEscape).type("q");
  EXPECT_EQ(screen.outcome(), Browser::Outcome::kQuit);
}

TEST(TopBrowser, ControlCLeavesFromEverywhere) {
  Screen screen;
  screen.type("/abc").press(KeyCode::kInterrupt);
  EXPECT_EQ(screen.outcome(), Browser::Outcome::kQuit);
}

TEST(TopBrowser, AfterAKeyTheOrderRestsThreeSeconds) {
  const std::vector<TopTask> turned = {{11, "busy", 1}, {12, "calm", 900'000'000}};
  Screen screen;
  screen.take(interval(1, kTwo)).press(KeyCode::kDown).press(KeyCode::kUp);
  screen.take(interval(2, turned));
  const std::string rests = screen.text();
  EXPECT_LT(rests.find(" busy "), rests.find(" calm "));
  screen.wait_ms(5000);
  screen.take(interval(3, turned));
  const std::string moved = screen.text();
  EXPECT_GT(moved.find(" busy "), moved.find(" calm "));
  EXPECT_NE(screen.selected().find("busy"), std::string::npos);
}

TEST(TopBrowser, StepsBackInTimeAndReturns) {
  Screen screen;
  for (std::uint64_t second = 1; second <= 50; second++)
    screen.take(interval(second, {{second, "task" + std::to_string(second), second}}));
  screen.type("[");
  EXPECT_TRUE(screen.shows("HISTORY -00:01"));
  EXPECT_TRUE(screen.shows("task49"));
  screen.type("{");
  EXPECT_TRUE(screen.shows("HISTORY -00:11"));
  screen.type("g-40s").press(KeyCode::kEnter);
  EXPECT_TRUE(screen.shows("task10"));
  screen.type("g00:00:20").press(KeyCode::kEnter);
  EXPECT_TRUE(screen.shows("task20"));
  screen.type("gnonsense").press(KeyCode::kEnter);
  EXPECT_TRUE(screen.shows("write a time of day"));
  screen.press(KeyCode::kEnd);
  EXPECT_TRUE(screen.shows("LIVE"));
  screen.type(" ");
  screen.take(interval(51, {{51, "task51", 1}}));
  EXPECT_TRUE(screen.shows("task50"));
  screen.type(" ");
  EXPECT_TRUE(screen.shows("task51"));
}

TEST(TopBrowser, ARemarkOpensItsEvidence) {
  Screen screen;
  screen.take(interval(1, kTwo)).type("4!");
  EXPECT_TRUE(screen.shows("remarks on this interval"));
  screen.press(KeyCode::kEnter);
  EXPECT_NE(screen.selected().find("busy"), std::string::npos);
}

TEST(TopBrowser, AScreenWithoutItsFamilyAsksForIt) {
  Screen screen;
  screen.take(interval(1, kTwo)).type("3");
  EXPECT_TRUE(screen.shows("Why is not traced"));
  EXPECT_FALSE(screen.browser().wish().family);
  screen.press(KeyCode::kEnter);
  ASSERT_TRUE(screen.browser().wish().family);
  EXPECT_EQ(*screen.browser().wish().family, Family::kWhy);
  EXPECT_EQ(screen.outcome(), Browser::Outcome::kAttach);
  EXPECT_TRUE(screen.shows("attaching what it needs"));
  EXPECT_EQ(screen.press(KeyCode::kEnter).outcome(), Browser::Outcome::kStay);
  auto with = interval(2, kTwo);
  with->tables[index_of(ScreenId::kWhy)] = Table();
  screen.take(with).press(KeyCode::kUp);
  EXPECT_FALSE(screen.browser().wish().family);
  EXPECT_TRUE(screen.shows("no traced task was there"));
}

TEST(TopBrowser, ACommandIsNotStartedTwice) {
  BrowserFacts facts;
  facts.can_attach = false;
  Screen screen(100, 24, facts);
  screen.take(interval(1, kTwo)).type("3").press(KeyCode::kEnter);
  EXPECT_FALSE(screen.browser().wish().family);
  EXPECT_TRUE(screen.shows("--families"));
}

TEST(TopBrowser, FollowsATaskToOtherScreensUntilTheBarIsMoved) {
  Screen screen;
  auto snapshot = interval(1, kTwo);
  Table faults;
  faults.columns = {{"pid", "PID", Unit::kId, 1}, {"minor", "MINOR", Unit::kCount, 1}};
  for (std::uint64_t pid = 20; pid > 10; pid--) faults.rows.push_back({pid, pid});
  snapshot->tables[index_of(ScreenId::kFaults)] = faults;
  screen.take(snapshot).press(KeyCode::kDown).type("F");
  EXPECT_TRUE(screen.shows("following: calm (12)"));
  screen.type("5");
  EXPECT_NE(screen.selected().find(" 12  "), std::string::npos);
  screen.press(KeyCode::kUp);
  EXPECT_FALSE(screen.shows("following"));
  screen.type("2F").take(interval(2, {{11, "busy", 1}}));
  EXPECT_TRUE(screen.shows("following: calm (12), not here now"));
  screen.type("F");
  EXPECT_FALSE(screen.shows("following"));
}

TEST(TopBrowser, IntervalsGetLongerAndShorter) {
  Screen screen;
  screen.take(interval(1, kTwo)).type("+");
  EXPECT_TRUE(screen.shows("intervals of 2.00 s from now on"));
  EXPECT_EQ(screen.browser().wish().interval_ns, 2'000'000'000U);
  screen.type("--");
  EXPECT_EQ(screen.browser().wish().interval_ns, 500'000'000U);
  screen.type("---------");
  EXPECT_EQ(screen.browser().wish().interval_ns, 100'000'000U);
  screen.type("+++++++++++++++");
  EXPECT_EQ(screen.browser().wish().interval_ns, 60'000'000'000U);
}

TEST(TopBrowser, WritesToAPathThatCanBeChanged) {
  Screen screen;
  screen.type("w");
  EXPECT_TRUE(screen.shows("nothing to write yet"));
  screen.take(interval(3600, kTwo)).type("w");
  EXPECT_TRUE(screen.shows("write to: hoodtrace-19700101-010000.htrec_"));
  screen.press(KeyCode::kBackspace).type("X").press(KeyCode::kEnter);
  EXPECT_EQ(screen.outcome(), Browser::Outcome::kWrite);
  EXPECT_EQ(screen.browser().path_to_write(), "hoodtrace-19700101-010000.htreX");
  screen.browser().say("wrote it");
  EXPECT_TRUE(screen.shows("wrote it"));
  BrowserFacts facts;
  facts.from = "run.htrec";
  Screen recording(100, 24, facts);
  recording.take(interval(1, kTwo)).type("w");
  EXPECT_TRUE(recording.shows("it is in run.htrec already"));
}

TEST(TopBrowser, TheOpenPageIsWhatTheNextIntervalIsCountedFor) {
  Screen screen;
  screen.take(interval(1, kTwo));
  EXPECT_FALSE(screen.browser().wish().task);
  screen.press(KeyCode::kDown).press(KeyCode::kEnter);
  ASSERT_TRUE(screen.browser().wish().task);
  EXPECT_EQ(screen.browser().wish().task->tid, 12U);
  screen.press(KeyCode::kEscape);
  EXPECT_FALSE(screen.browser().wish().task);
}

TEST(TopBrowser, AReusedTidDoesNotGetThePageOfTheOldTask) {
  Screen screen;
  screen.take(interval(1, kTwo)).press(KeyCode::kEnter);
  EXPECT_TRUE(screen.shows("busy (thread 11)"));
  screen.take(interval(2, {{11, "other", 1, "/c.slice", "", 0, 77}}));
  EXPECT_FALSE(screen.shows("other (thread 11)"));
  EXPECT_TRUE(screen.shows("thread 11: nothing of it in this interval"));
}

TEST(TopBrowser, AFamilyThatCannotBeAttachedIsNotAskedForAgain) {
  Screen screen;
  screen.take(interval(1, kTwo)).type("3").press(KeyCode::kEnter);
  screen.browser().refuse_family("why needs BTF");
  EXPECT_TRUE(screen.shows("why needs BTF"));
  EXPECT_TRUE(screen.shows("Why is not traced"));
  EXPECT_FALSE(screen.browser().wish().family);
}

TEST(TopBrowser, TheHelpHasEveryKeyAndScrolls) {
  Screen screen(80, 24);
  screen.take(interval(1, kTwo)).type("?");
  std::string seen;
  for (std::size_t i = 0; i < kKeys.size(); i++) {
    seen += screen.text();
    screen.press(KeyCode::kDown);
  }
  for (const KeyRow& key : kKeys) {
    if (key.shown.empty()) continue;
    EXPECT_NE(seen.find("  " + std::string(key.shown) + "  "), std::string::npos) << key.shown;
  }
  EXPECT_FALSE(screen.shows("lines more"));
}

TEST(TopBrowser, SortsByTheColumnsThatAreShown) {
  Screen screen;
  screen.take(interval(1, kTwo)).type("<");
  EXPECT_TRUE(screen.shows("sort: ON-CPU"));
  screen.type(">>");
  EXPECT_TRUE(screen.shows("sort: WAITED BEHIND"));
}

TEST(TopBrowser, PrintsTheCommandOfItsTable) {
  BrowserFacts facts;
  facts.options = " --pid 4242";
  Screen screen(120, 24, facts);
  screen.take(interval(1, kTwo)).type("y");
  EXPECT_TRUE(screen.shows("hoodtrace sched --pid 4242 --sort wait_ns -i 1s"));
}

TEST(TopBrowser, ARecordingOpensAtItsWorstMoment) {
  BrowserFacts facts;
  facts.from = "run.htrec";
  Screen screen(100, 24, facts);
  for (std::uint64_t second = 1; second <= 9; second++)
    screen.take(interval(
        second, {{1, second == 4 ? "worst" : "calm", second == 4 ? 800'000'000U : 1'000U}}));
  screen.browser().end("");
  EXPECT_TRUE(screen.shows("worst (1) waited for a CPU 80 %"));
  EXPECT_TRUE(screen.shows("HISTORY -00:05"));
}

TEST(TopBrowser, ARecordingThatWasCutOffDoesNotOpenWhereItWasCut) {
  BrowserFacts facts;
  facts.from = "run.htrec";
  Screen screen(100, 24, facts);
  for (std::uint64_t second = 1; second <= 5; second++) {
    auto snapshot = interval(second, {{1, "hog", second == 2 ? 800'000'000U : 1'000U}});
    if (second == 5) snapshot->lost["cut"] = 1;
    screen.take(snapshot);
  }
  screen.browser().end("");
  EXPECT_TRUE(screen.shows("HISTORY -00:03"));
}

TEST(TopBrowser, TheAuditIsThatOfTheLastIntervalThatHasOne) {
  Screen screen;
  auto without = interval(2, kTwo);
  without->audit_is_equal.reset();
  screen.take(without);
  EXPECT_FALSE(screen.shows("audit"));
  screen.take(interval(3, kTwo));
  EXPECT_TRUE(screen.shows("audit equal"));
  auto later = interval(4, kTwo);
  later->audit_is_equal.reset();
  screen.take(later);
  EXPECT_TRUE(screen.shows("audit equal"));
}

TEST(TopBrowser, AHostileNameIsDrawnHarmless) {
  Screen screen;
  screen.take(interval(1, {{1, "\033]0;x\007\033[2J", 900'000'000, "/\033[31m"}}));
  for (const char* keys : {"", "!", "1", "2"})
    for (const char c : screen.type(keys).text())
      EXPECT_TRUE(c == '\n' || !(c >= 0 && c < ' ')) << int{c};
  screen.press(KeyCode::kEnter);
  EXPECT_EQ(screen.text().find('\033'), std::string::npos);
}

}  // namespace
}  // namespace hoodtrace
