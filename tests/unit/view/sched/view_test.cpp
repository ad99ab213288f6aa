// SPDX-License-Identifier: GPL-2.0-or-later
#include "view/sched/view.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>

#include "event/feed.hpp"
#include "support/command_run.hpp"
#include "support/stream_builder.hpp"

namespace hoodtrace {
namespace {

constexpr std::uint32_t kRunners = 40;

// Task 10 waits on one CPU while 40 others run there, each longer than the one before.
StreamBuilder waits_behind_many() {
  StreamBuilder scenario;
  scenario.at(1'000'000).session().seen(10, {.comm = "patient"});
  for (std::uint32_t tid = 100; tid < 100 + kRunners; tid++)
    scenario.seen(tid, {.comm = "runner" + std::to_string(tid)});
  std::uint64_t now_ns = 2'000'000;
  std::uint32_t before = 0;
  std::uint64_t waited_ns = 0;
  for (std::uint32_t tid = 100; tid < 100 + kRunners; tid++) {
    scenario.at(now_ns).switches({.from = before, .to = tid, .state = kSleeping});
    now_ns += 1'000 * tid;
    waited_ns += 1'000 * tid;
    before = tid;
  }
  scenario.at(now_ns).switches(
      {.from = before, .to = 10, .state = kSleeping, .wait_ns = waited_ns});
  return scenario.at(now_ns + 1'000).end();
}

nlohmann::json waited_behind(const std::vector<std::string>& more) {
  std::vector<std::string> words{"sched", "--format", "json"};
  words.insert(words.end(), more.begin(), more.end());
  const CommandRun run = run_command(words, waits_behind_many());
  EXPECT_EQ(run.error, "");
  const nlohmann::json report = nlohmann::json::parse(run.output);
  for (const auto& task : report["tasks"])
    if (task["tid"] == 10) return task["waited_behind"];
  return {};
}

std::uint64_t sum_of(const nlohmann::json& list) {
  std::uint64_t ns = 0;
  for (const auto& culprit : list) ns += culprit["ns"].get<std::uint64_t>();
  return ns;
}

TEST(SchedView, JsonNamesSixteenCulpritsAndSumsTheOthers) {
  const nlohmann::json all = waited_behind({"--culprits", "0"});
  ASSERT_EQ(all.size(), kRunners);
  const nlohmann::json capped = waited_behind({});
  ASSERT_EQ(capped.size(), 17U);
  for (std::size_t i = 0; i < 16; i++) EXPECT_EQ(capped[i], all[i]);
  EXPECT_EQ(capped[16]["comm"], "(others)");
  EXPECT_TRUE(capped[16]["pid"].is_null());
  EXPECT_EQ(sum_of(capped), sum_of(all));
}

TEST(SchedView, CulpritsChoosesHowManyAreNamed) {
  EXPECT_EQ(waited_behind({"--culprits", "2"}).size(), 3U);
  EXPECT_EQ(waited_behind({"--culprits", "40"}).size(), kRunners);
}

// 20 tasks, of which 5 ran.
struct FewOfMany {
  FewOfMany() {
    StreamBuilder scenario;
    scenario.at(1'000'000).session();
    for (std::uint32_t tid = 100; tid < 120; tid++) scenario.seen(tid, {.start_ns = tid});
    std::uint64_t now_ns = 2'000'000;
    for (std::uint32_t tid = 100; tid < 105; tid++, now_ns += 10'000) {
      scenario.at(now_ns).switches({.from = 0, .to = tid, .wait_ns = 1'000});
      scenario.at(now_ns + 5'000).switches({.from = tid, .to = 0, .state = kSleeping});
    }
    for (std::size_t i = 0; i < scenario.records().size(); i++) {
      const std::optional<Event> event = decode(scenario.records().at(i));
      feed(tasks, *event);
      feed(tracker, *event);
    }
    tracker.settle(now_ns);
  }
  [[nodiscard]] SchedTasks top(const std::string& sort, std::size_t rows,
                               std::uint32_t always = 0) const {
    ViewOptions view;
    view.sort = sort;
    view.top = rows;
    view.text = true;
    view.start_times = true;
    view.always = always;
    return sched_tasks(tracker, tasks, view);
  }

  TaskTable tasks;
  SchedTracker tracker{tasks, {}};
};

std::set<std::uint64_t> tids_of(const Table& table) {
  std::set<std::uint64_t> tids;
  for (const auto& row : table.rows) tids.insert(std::get<std::uint64_t>(row.at(0)));
  return tids;
}

TEST(SchedTasks, ThoseThatDidNothingAreCountedAndComeLast) {
  const FewOfMany few;
  const SchedTasks list = few.top("wait_ns", 7);
  EXPECT_EQ(list.table.rows.size(), 7U);
  EXPECT_EQ(list.table.hidden_rows, 13U);
  ASSERT_EQ(list.waits.size(), 7U);
  for (std::uint64_t tid = 100; tid < 105; tid++) EXPECT_TRUE(tids_of(list.table).contains(tid));
  EXPECT_EQ(few.top("tid", 7).table.hidden_rows, 13U);
  EXPECT_TRUE(tids_of(few.top("sleep_ns", 20).table).contains(119));
}

TEST(SchedTasks, TheOneThatIsAlwaysThereIs) {
  const FewOfMany few;
  EXPECT_FALSE(tids_of(few.top("wait_ns", 7).table).contains(119));
  for (const char* sort : {"wait_ns", "tid"}) {
    const SchedTasks list = few.top(sort, 7, 119);
    EXPECT_EQ(list.table.rows.size(), 7U);
    EXPECT_TRUE(tids_of(list.table).contains(119)) << sort;
    EXPECT_EQ(list.table.hidden_rows, 13U);
  }
}

TEST(SchedTasks, RowsHaveTheStartOfTheirTask) {
  const SchedTasks list = FewOfMany().top("tid", 1);
  const auto& columns = list.table.columns;
  const auto start = std::find_if(columns.begin(), columns.end(),
                                  [](const Column& one) { return one.key == "start_ns"; });
  ASSERT_NE(start, columns.end());
  EXPECT_EQ(start->rank, 0);
  EXPECT_EQ(list.table.rows[0][static_cast<std::size_t>(start - columns.begin())],
            Cell(std::uint64_t{100}));
}

}  // namespace
}  // namespace hoodtrace
