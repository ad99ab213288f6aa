// SPDX-License-Identifier: GPL-2.0-or-later
// Waits for other threads of the process: who holds the lock, whose end is waited for, who has none.

#include <fmt/format.h>

#include <fstream>

#include "live/why/expectations.hpp"

namespace hoodtrace::testing {
namespace {

// What the holder did in that time is known: it slept.
void expect_held_by_a_sleeper(const WhyRun& run, const Want& want) {
  const Json waiter = run.thread("waiter");
  std::uint64_t asleep_ns = 0;
  for (const Json& line : waiter["parts"]) {
    if (!matches(line, want) || !line.contains("meanwhile")) continue;
    for (const Json& other : line["meanwhile"])
      if (text_of(other, "part") == "idle") asleep_ns += number(other, "ns");
  }
  // The holder may wait for a CPU between its sleep and its unlock.
  const Json holder = run.thread("holder");
  EXPECT_GE(asleep_ns + wait_ns(holder) + total_of_parts(holder, {"on_cpu", "stolen"}).ns,
            total(waiter, want).ns)
      << waiter.dump();
}

void expect_the_holder_named(const WhyRun& run) {
  const Want lock{.part = "blocked",
                  .cause = "futex_lock",
                  .call = "futex",
                  .object = fmt::format("{:#x}", run.fact("address")),
                  .relation = "holder",
                  .by = run.tid("holder")};
  run.expect_sleeps("waiter", "lock", lock);
  expect_held_by_a_sleeper(run, lock);
}

TEST(Why, AMutexIsHeldByTheThreadThatHasIt) {
  HOODTRACE_SCENE(run, {"mutex", "count=5", "ms=50"});
  expect_the_holder_named(run);
}

TEST(Why, AMutexWithPriorityInheritanceIsHeldByTheThreadThatHasIt) {
  HOODTRACE_SCENE(run, {"pi_mutex", "count=5", "ms=50"});
  expect_the_holder_named(run);
}

// The owner is in the word itself.
TEST(Why, ARobustMutexIsHeldByTheThreadThatHasIt) {
  HOODTRACE_SCENE(run, {"robust_mutex", "count=5", "ms=50"});
  expect_the_holder_named(run);
}

// Plays the scene in a pid namespace of its own, where the words of futexes have that namespace's tids.
Json report_of_namespace(const Words& scene) {
  const TemporaryFolder folder;
  Words words = {"why",     "--format", "json",           "-o", folder.file("report"), "--",
                 "unshare", "-pf",      why_scenes_path()};
  words.insert(words.end(), scene.begin(), scene.end());
  const Finished made = run_hoodtrace(words);
  EXPECT_EQ(made.exit_code, 0) << made.error;
  return Json::parse(std::ifstream(folder.file("report")), nullptr, false);
}

Json thread_called(const Json& report, const std::string& comm) {
  for (const Json& thread : report["threads"])
    if (thread["comm"] == comm) return thread;
  return Json::object();
}

TEST(Why, ALockInAPidNamespaceIsHeldByTheThreadThatHasIt) {
  HOODTRACE_LIVE();
  for (const char* scene : {"mutex", "robust_mutex", "pi_mutex"}) {
    const Json report = report_of_namespace({scene, "count=5", "ms=50"});
    ASSERT_TRUE(report.is_object()) << scene;
    const Json holder = thread_called(report, "holder");
    ASSERT_FALSE(holder.empty()) << report.dump();
    const Total held = total(thread_called(report, "waiter"), {.part = "blocked",
                                                               .cause = "futex_lock",
                                                               .relation = "holder",
                                                               .by = holder["tid"].get<pid_t>()});
    EXPECT_EQ(held.count, 5U) << scene << report.dump();
    EXPECT_GE(held.ns, 5 * 40'000'000U) << scene << report.dump();
  }
}

TEST(Why, AJoinInAPidNamespaceIsOne) {
  HOODTRACE_LIVE();
  const Json report = report_of_namespace({"join", "ms=50"});
  ASSERT_TRUE(report.is_object());
  std::uint64_t joins = 0;
  for (const Json& thread : report["threads"]) {
    expect_sound_thread(thread);
    const Total join =
        total(thread, {.part = "blocked", .cause = "thread_end", .relation = "holder"});
    joins += join.count;
    if (join.count > 0) {
      EXPECT_GE(join.ns, 45'000'000U) << thread.dump();
    }
  }
  // The scene's own thread waits for the joiner, and that one for the third.
  EXPECT_EQ(joins, 2U) << report.dump();
}

TEST(Why, JoinWaitsForTheEndOfAThread) {
  HOODTRACE_SCENE(run, {"join", "ms=50"});
  run.expect_sleeps("joiner", "join",
                    {.part = "blocked", .cause = "thread_end", .by = run.tid("ender")});
}

TEST(Why, AConditionIsAWaitForWorkAndNamesWhoBroughtIt) {
  HOODTRACE_SCENE(run, {"condition", "count=5", "ms=50", "pool=8"});
  run.expect_sleeps("worker", "work", {.cause = "futex_wait", .by = run.tid("giver")});
  // Nobody has work for these: the pool must not hide the threads that wait for something.
  for (int i = 0; i < 8; i++) {
    const std::string name = "idle-" + std::to_string(i);
    run.expect_sleeps(name, "idle", {.part = "idle", .cause = "futex_wait"}, 1);
  }
}

// The one that reads, then the other one that writes.
TEST(Why, AReadWriteLockIsHeldByItsWriter) {
  HOODTRACE_SCENE(run, {"rwlock", "count=4", "ms=50"});
  const Want lock{.part = "blocked",
                  .cause = "futex_lock",
                  .call = "futex",
                  .relation = "holder",
                  .by = run.tid("writer")};
  run.expect_sleeps("reader", "lock", lock);
  run.expect_sleeps("second", "lock", lock);
}

// "first" waits for "middle", which waits for "last", which sleeps. A chain of one level ends at the
// first of them.
TEST(Why, AnOwnThreadsWaitIsKnownOneLevelDeep) {
  HOODTRACE_SCENE(run, {"chain", "ms=50"});
  const Json first = run.thread("first");
  const Want outer{.cause = "futex_lock", .relation = "holder", .by = run.tid("middle")};
  run.expect_sleeps("first", "outer", outer);
  std::uint64_t blocked_ns = 0;
  for (const Json& line : first["parts"]) {
    if (!matches(line, outer)) continue;
    for (const Json& other : line["meanwhile"]) {
      if (text_of(other, "cause") == "futex_lock") blocked_ns += number(other, "ns");
      EXPECT_FALSE(other.contains("meanwhile")) << line.dump();
    }
  }
  EXPECT_GT(blocked_ns, 30'000'000U) << first.dump();
}

}  // namespace
}  // namespace hoodtrace::testing
