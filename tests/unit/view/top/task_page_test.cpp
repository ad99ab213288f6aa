// SPDX-License-Identifier: GPL-2.0-or-later
#include "view/top/task_page.hpp"

#include <gtest/gtest.h>

#include "support/top_snapshots.hpp"

namespace hoodtrace {
namespace {

using testing::interval;

constexpr TaskOfRow kTask{11, 11, 1};

std::string page_of(const History& history) {
  Frame frame(100, 40);
  task_page(kTask, history, false, 100).draw(frame, 0, 40, 0);
  return frame.text();
}

std::shared_ptr<Snapshot> second(std::uint64_t number, const WaitCounts& waits,
                                 std::uint64_t start_ns = 1) {
  auto snapshot = interval(number, {{11, "hog", 1'000, "/a.slice", "", 500'000'000, start_ns}});
  snapshot->waits = {waits};
  return snapshot;
}

TEST(TopTaskPage, AddsUpTheWaitsOfTheIntervalsThatAreKept) {
  History history(~std::uint64_t{0} >> 1, 1 << 30);
  history.add(second(1, {{10, 3}, {11, 1}}));
  history.add(second(2, {{10, 4}, {20, 2}}));
  const std::string page = page_of(history);
  EXPECT_NE(page.find("10 waits in 2.00 s"), std::string::npos) << page;
  EXPECT_NE(page.find("1us#"), std::string::npos) << page;
  EXPECT_NE(page.find("1ms."), std::string::npos) << page;
}

TEST(TopTaskPage, TheWaitsOfAnEarlierTaskWithItsTidAreNotItsOwn) {
  History history(~std::uint64_t{0} >> 1, 1 << 30);
  history.add(second(1, {{10, 100}}, 77));
  history.add(second(2, {{10, 4}}));
  EXPECT_NE(page_of(history).find("4 waits in 2.00 s"), std::string::npos) << page_of(history);
}

TEST(TopTaskPage, ShowsTheLastEventsTheNewestFirst) {
  History history(~std::uint64_t{0} >> 1, 1 << 30);
  auto first = second(1, {});
  EXPECT_NE((history.add(first), page_of(history)).find("from the next interval on"),
            std::string::npos);
  auto with = second(2, {});
  with->moments =
      TaskMoments{kTask, {{1'500'000'000, "runs on CPU 1"}, {1'600'000'000, "sleeps"}}, 7};
  history.add(with);
  const std::string page = page_of(history);
  EXPECT_LT(page.find("00:00:01.600000  sleeps"), page.find("00:00:01.500000  runs on CPU 1"));
  EXPECT_NE(page.find("(7 before that are not kept)"), std::string::npos) << page;
  auto other = second(3, {});
  other->moments = TaskMoments{{12, 12, 1}, {{2'500'000'000, "not its own"}}, 0};
  history.add(other);
  EXPECT_EQ(page_of(history).find("not its own"), std::string::npos);
}

TEST(TopTaskPage, OneThatHasNoRowIsNotSaidToHaveDoneNothing) {
  History history(~std::uint64_t{0} >> 1, 1 << 30);
  auto snapshot = interval(1, {{12, "other", 1}});
  history.add(snapshot);
  EXPECT_NE(page_of(history).find("nothing of it in this interval"), std::string::npos);
  auto cut = interval(2, {{12, "other", 1}});
  cut->tables[index_of(ScreenId::kTasks)]->hidden_rows = 9;
  history.add(cut);
  EXPECT_NE(page_of(history).find("not among the rows that are kept"), std::string::npos);
}

}  // namespace
}  // namespace hoodtrace
