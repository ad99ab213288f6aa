// SPDX-License-Identifier: GPL-2.0-or-later
// Which rows a report has, and what they add up to: a stream in, JSON or text out.

#include "view/why/rows.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include "support/command_run.hpp"
#include "support/why_scenario.hpp"
#include "view/report.hpp"

namespace hoodtrace {
namespace {

constexpr std::uint64_t kMs = 1'000'000;
constexpr std::uint32_t kFirst = 20;

class WhyRows : public ::testing::Test {
 protected:
  // Threads of process 20 that sleep for 10 ms; the n-th is blocked for n ms of them, if it is one of
  // the first `blocked`.
  void sleepers(std::uint32_t threads, std::uint32_t blocked) {
    scenario.at(1000 * kMs).session(HT_SESSION_EXACT | HT_SESSION_IOWAIT, "process 20");
    for (std::uint32_t i = 0; i < threads; i++)
      scenario.seen(kFirst + i, {.pid = kFirst, .comm = "thread", .cgroup_id = 1});
    for (std::uint32_t i = 0; i < threads; i++)
      why.sleeps(kFirst + i, {.call = kEpollCall, .flags = HT_SLEEP_SCANNED});
    for (std::uint32_t i = 0; i < blocked; i++) {
      const std::uint32_t tid = kFirst + i;
      const auto cpu = static_cast<std::uint16_t>(i);
      scenario.at(1001 * kMs);
      why.on_cpu(cpu).wakes(tid, {.context = HT_CONTEXT_SOFTIRQ});
      scenario.switches({.from = 0, .to = tid, .from_traced = false});
      const SleepFields lock{.call = kMunmapCall, .state = kDiskSleep, .lock = HT_LOCK_MUTEX};
      why.sleeps(tid, lock);
      scenario.switches(
          {.from = tid, .to = 0, .state = kDiskSleep, .iowait = false, .to_traced = false});
      scenario.at((1001 + i) * kMs);
      why.wakes(tid, {.tid = 9});
      scenario.switches({.from = 0, .to = tid, .from_traced = false});
      why.sleeps(tid, {.call = kEpollCall});
      scenario.switches({.from = tid, .to = 0, .state = kSleeping, .to_traced = false});
    }
    scenario.at(1010 * kMs);
    for (std::uint32_t i = 0; i < threads; i++) scenario.counters(kFirst + i);
    scenario.end();
  }
  std::string text(const std::vector<std::string>& more = {}) {
    std::vector<std::string> words = {"why"};
    words.insert(words.end(), more.begin(), more.end());
    const CommandRun run = run_command(words, scenario);
    EXPECT_EQ(run.error, "");
    return run.output;
  }
  Json json(const std::vector<std::string>& more = {}) {
    std::vector<std::string> words = {"--format", "json"};
    words.insert(words.end(), more.begin(), more.end());
    return Json::parse(text(words), nullptr, false);
  }
  static std::size_t count(const std::string& text, const std::string& word) {
    std::size_t found = 0;
    for (std::size_t at = text.find(word); at != std::string::npos; at = text.find(word, at + 1))
      found++;
    return found;
  }
  StreamBuilder scenario;
  WhyScenario why{scenario};
};

TEST_F(WhyRows, PartsOfEveryThreadAddUpToItsTime) {
  sleepers(12, 8);
  const Json threads = json()["threads"];
  ASSERT_EQ(threads.size(), 12U);
  for (const Json& thread : threads) {
    std::uint64_t sum_ns = 0;
    for (const Json& part : thread["parts"]) sum_ns += part["ns"].get<std::uint64_t>();
    EXPECT_EQ(sum_ns, 10 * kMs);
    EXPECT_EQ(thread["wall_ns"], 10 * kMs);
  }
}

TEST_F(WhyRows, TheMostDelayedIsFirst) {
  sleepers(12, 8);
  const Json threads = json()["threads"];
  EXPECT_EQ(threads[0]["tid"], kFirst + 7);
  EXPECT_EQ(threads[1]["tid"], kFirst + 6);
}

TEST_F(WhyRows, TextHasTenThreadsAndTheSumOfTheOthers) {
  sleepers(15, 15);
  const std::string report = text();
  EXPECT_EQ(count(report, "\nthread ("), 10U) << report;
  EXPECT_NE(report.find("(5 other threads; --all shows each)"), std::string::npos) << report;
  EXPECT_EQ(count(text({"--all"}), "\nthread ("), 15U);
  EXPECT_EQ(count(text({"--top", "3"}), "\nthread ("), 3U);
}

TEST_F(WhyRows, ThreadsWithoutWorkAreSummedUp) {
  sleepers(30, 3);
  const std::string report = text();
  EXPECT_EQ(count(report, "\nthread ("), 2U) << report;  // the first was blocked for 0 ms
  EXPECT_NE(report.find("(28 other threads; --all shows each)"), std::string::npos) << report;
}

TEST_F(WhyRows, WithoutAnyWorkTenThreadsAreShown) {
  sleepers(30, 0);
  EXPECT_EQ(count(text(), "\nthread ("), 10U);
}

TEST_F(WhyRows, GroupsHaveTheSumOfTheirThreads) {
  sleepers(12, 8);
  for (const char* by : {"process", "comm", "cgroup"}) {
    const Json threads = json({"--by", by})["threads"];
    ASSERT_EQ(threads.size(), 1U) << by;
    EXPECT_TRUE(threads[0]["tid"].is_null());
    EXPECT_EQ(threads[0]["wall_ns"], 120 * kMs);
    std::uint64_t blocked_ns = 0;
    for (const Json& part : threads[0]["parts"])
      if (part["part"] == "blocked") blocked_ns += part["ns"].get<std::uint64_t>();
    EXPECT_EQ(blocked_ns, (1 + 2 + 3 + 4 + 5 + 6 + 7) * kMs);
  }
}

TEST_F(WhyRows, SortsByAPartAndByNothingElse) {
  sleepers(12, 8);
  EXPECT_EQ(json({"--sort", "idle"})["threads"][0]["tid"], kFirst);
  EXPECT_EQ(run_command({"why", "--sort", "nonsense"}, scenario).code, 2);
}

TEST_F(WhyRows, ATargetWithoutTasksSaysSo) {
  scenario.at(1000 * kMs).session().at(1001 * kMs).end();
  EXPECT_NE(text().find("no task of the target lived"), std::string::npos);
}

TEST_F(WhyRows, LongSleepsAreThoseThatAreNotForWork) {
  sleepers(12, 8);
  const std::string report = text({"--threshold", "6ms"});
  EXPECT_EQ(count(report, " slept "), 2U) << report;
  EXPECT_NE(report.find("0.007000  thread (26) slept 6.00 ms: munmap: kernel mutex, ended by "
                        "thread 9"),
            std::string::npos)
      << report;
}

TEST_F(WhyRows, LongSleepsAreInJsonWithoutStacks) {
  sleepers(12, 8);
  const Json report = json({"--threshold", "6ms"});
  EXPECT_EQ(report["long_sleeps_count"], 2);
  ASSERT_EQ(report["long_sleeps"].size(), 2U) << report.dump();
  EXPECT_EQ(report["long_sleeps"][0]["ns"], 6 * kMs);
  EXPECT_EQ(report["long_sleeps"][0]["call"], "munmap");
  EXPECT_TRUE(report["long_sleeps"][0]["user_stack"].is_null());
  EXPECT_FALSE(json().contains("long_sleeps"));
}

TEST_F(WhyRows, StacksNeedAThreshold) {
  const CommandRun run = run_command({"why", "--stacks"}, scenario);
  EXPECT_EQ(run.code, 2);
  EXPECT_NE(run.error.find("--threshold"), std::string::npos) << run.error;
}

TEST_F(WhyRows, AChainHasOneLevelToSixteen) {
  for (const char* levels : {"0", "17", "x"})
    EXPECT_EQ(run_command({"why", "--chain", levels}, scenario).code, 2) << levels;
}

TEST_F(WhyRows, FallbackIsRefused) {
  const CommandRun run = run_command({"why", "--fallback"}, scenario);
  EXPECT_EQ(run.code, 2);
  EXPECT_NE(run.error.find("accounting of waits"), std::string::npos) << run.error;
}

}  // namespace
}  // namespace hoodtrace
