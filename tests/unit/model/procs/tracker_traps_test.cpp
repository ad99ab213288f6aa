// SPDX-License-Identifier: GPL-2.0-or-later
// Notes 22 to 27 of docs/kernel-notes.md (TrapN is note N): each is a wrong line in the timeline of
// some existing tracer.

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <regex>

#include "probe/catalog.hpp"
#include "support/life_scenario.hpp"

namespace hoodtrace {
namespace {

constexpr std::uint64_t kThread = 0x00010000;  // CLONE_THREAD
constexpr std::uint32_t kGroup = HT_WAIT_GROUP;

// sh (10) has forked child 20.
LifeScenario a_child() {
  LifeScenario scenario;
  scenario.session();
  scenario.seen(10, {.comm = "sh"});
  scenario.at(2'000).born(20, {.parent_pid = 10, .comm = "sh", .start_ns = 2'000});
  scenario.at(2'500).runs(20, 300);
  return scenario;
}

TEST(LifecycleTraps, Trap22AnExecByAnotherThreadTakesThePlaceOfTheFirst) {
  LifeScenario scenario = a_child();
  scenario.at(3'000).born(21, {.pid = 20, .parent_pid = 10, .start_ns = 3'000}, kThread);
  // The first one is killed by the exec, and exits before the exec is seen.
  scenario.at(4'000).exits(20, {.pid = 20, .live = 1});
  scenario.at(5'000).execs(20, 21);
  scenario.executes(20, "/bin/true", {.argv = {"true"}, .old_tid = 21});
  scenario.kernel(20).on_cpu_ns = 700;
  scenario.at(6'000).exits(20);
  scenario.ends(20);
  const LifeReplay replay(scenario);
  EXPECT_EQ(replay.count(20), 1U);
  EXPECT_EQ(replay.of(20).exit_ns, 6'000U);
  EXPECT_EQ(replay.of(20).threads, 2U);
  ASSERT_NE(replay.of(20).program(), nullptr);
  EXPECT_EQ(replay.of(20).program()->file, "/bin/true");
  ASSERT_EQ(replay.of(20).thread_lives.size(), 1U);
  EXPECT_TRUE(replay.of(20).thread_lives[0].became_first);
}

TEST(LifecycleTraps, Trap22TheCountersOfBothThreadsOfAnExecCount) {
  LifeScenario scenario = a_child();
  scenario.at(3'000).born(21, {.pid = 20, .parent_pid = 10, .start_ns = 3'000}, kThread);
  scenario.kernel(20).on_cpu_ns = 100;
  scenario.kernel(21).on_cpu_ns = 40;
  // The leader's last switch comes when the thread has its tid already: it has the thread's then.
  scenario.at(5'000).execs(20, 21);
  scenario.executes(20, "/bin/true", {.argv = {"true"}, .old_tid = 21});
  scenario.kernel(21) = {.who = {.pid = 20, .parent_pid = 10, .start_ns = 2'000}, .on_cpu_ns = 100};
  scenario.at(5'100).ends(21);
  scenario.kernel(20).on_cpu_ns = 45;
  scenario.at(6'000).exits(20);
  scenario.at(6'100).ends(20);
  const LifeReplay replay(scenario);
  EXPECT_EQ(LifecycleTracker::times_of(replay.of(20)).on_cpu_ns, 145U);
}

TEST(LifecycleTraps, Trap22TheFirstThreadsEndIsNotTheProcesss) {
  LifeScenario scenario = a_child();
  scenario.at(3'000).born(21, {.pid = 20, .parent_pid = 10}, kThread);
  scenario.at(4'000).exits(20, {.pid = 20, .live = 1});
  LifeReplay replay(scenario);
  EXPECT_FALSE(replay.of(20).exit_ns);
  EXPECT_FALSE(replay.of(20).is_zombie());
  scenario.at(9'000).exits(21, {.pid = 20, .status = 3 << 8});
  replay.play(scenario);
  EXPECT_EQ(replay.of(20).exit_ns, 9'000U);
  EXPECT_EQ(replay.of(20).wait_status, 3U << 8);
}

TEST(LifecycleTraps, Trap22TwoLastThreadsThatExitAtOnceEndOneProcess) {
  LifeScenario scenario = a_child();
  scenario.at(3'000).born(21, {.pid = 20, .parent_pid = 10}, kThread);
  // Before 6.16 only signal->live is available, and both threads may read 0.
  scenario.at(4'000).exits(20, {.pid = 20, .status = 9});
  scenario.at(4'001).exits(21, {.pid = 20, .status = 9});
  scenario.at(5'000).looks(10);
  LifeReplay replay(scenario);
  EXPECT_EQ(replay.count(20), 1U);
  EXPECT_EQ(replay.of(20).exit_ns, 4'001U);
  EXPECT_EQ(replay.of(20).reaped_ns, 5'000U);
  std::size_t exits = 0;
  for (const LifeEvent& event : replay.tracker.take_events(~0ULL))
    exits += event.kind == LifeEventKind::kExit ? 1 : 0;
  EXPECT_EQ(exits, 1U);
}

TEST(LifecycleTraps, Trap23AZombieIsReapedByTheWaitNotTheFree) {
  LifeScenario scenario = a_child();
  scenario.at(10'000).exits(20);
  scenario.at(210'000).looks(10);
  scenario.at(14'600'000).is_freed(20);
  const LifeReplay replay(scenario);
  EXPECT_EQ(replay.of(20).reaped_ns, 210'000U);
  EXPECT_EQ(replay.of(20).zombie_ns(), 200'000U);
  EXPECT_EQ(replay.of(20).freed_ns, 14'600'000U);
}

TEST(LifecycleTraps, Trap23AParentThatSleepsInWaitReapsWhenItRunsAgain) {
  LifeScenario scenario = a_child();
  scenario.at(5'000).looks(10);
  scenario.at(7'000).wakes_waiting(10);  // a signal: no child has exited
  scenario.at(10'000).exits(20);
  scenario.at(10'900).wakes_waiting(10);
  const LifeReplay replay(scenario);
  EXPECT_EQ(replay.of(20).reaped_ns, 10'900U);
  EXPECT_EQ(replay.of(20).reaped_by_tid, 10U);
}

TEST(LifecycleTraps, Trap23AWaitBeforeTheExitIsCorrected) {
  LifeScenario scenario = a_child();
  // It has begun to exit, and is no zombie yet.
  scenario.at(10'000).exits(20);
  scenario.at(10'001).looks(10);
  scenario.at(10'800).wakes_waiting(10);
  LifeReplay replay(scenario);
  EXPECT_EQ(replay.of(20).reaped_ns, 10'800U);
  std::size_t reaped = 0;
  for (const LifeEvent& event : replay.tracker.take_events(~0ULL))
    reaped += event.kind == LifeEventKind::kReaped ? 1 : 0;
  EXPECT_EQ(reaped, 1U);
}

TEST(LifecycleTraps, Trap23WhoIgnoresSigchldHasNoZombies) {
  LifeScenario scenario = a_child();
  scenario.at(10'000).exits(20, {.autoreap = true});
  const LifeReplay replay(scenario);
  EXPECT_TRUE(replay.of(20).autoreaped);
  EXPECT_EQ(replay.of(20).zombie_ns(), 0U);
  EXPECT_FALSE(replay.of(20).is_zombie());
}

TEST(LifecycleTraps, Trap23AWaitThatLeavesTheZombieReapsNothing) {
  LifeScenario scenario = a_child();
  scenario.at(10'000).exits(20);
  scenario.at(11'000).looks(10, {.options = 0x4 | 0x01000000});  // WEXITED | WNOWAIT
  scenario.at(12'000).looks(10, {.options = 0x2});               // WSTOPPED
  scenario.at(13'000).looks(10, {.selected_pid = 77});
  LifeReplay replay(scenario);
  EXPECT_TRUE(replay.of(20).is_zombie());
  scenario.at(14'000).looks(10, {.selected_pid = 20});
  replay.play(scenario);
  EXPECT_EQ(replay.of(20).reaped_ns, 14'000U);
}

TEST(LifecycleTraps, Trap23OfSeveralZombiesAWaitTakesTheOldestChildFirst) {
  LifeScenario scenario = a_child();
  scenario.at(3'000).born(30, {.parent_pid = 10, .start_ns = 3'000});
  scenario.at(4'000).exits(30);
  scenario.at(5'000).exits(20);
  scenario.at(6'000).looks(10);
  scenario.at(7'000).looks(10);
  const LifeReplay replay(scenario);
  EXPECT_EQ(replay.of(20).reaped_ns, 6'000U);
  EXPECT_EQ(replay.of(30).reaped_ns, 7'000U);
}

TEST(LifecycleTraps, Trap23OfSeveralZombiesInGroupsNoneIsGuessed) {
  LifeScenario scenario = a_child();
  scenario.at(3'000).born(30, {.parent_pid = 10, .start_ns = 3'000});
  scenario.at(4'000).exits(30);
  scenario.at(5'000).exits(20);
  scenario.at(6'000).looks(10, {.selected_pid = kGroup});
  scenario.at(20'000).is_freed(30);
  LifeReplay replay(scenario);
  EXPECT_FALSE(replay.of(20).reaped_ns || replay.of(30).reaped_ns);
  EXPECT_TRUE(replay.of(20).is_zombie());
  EXPECT_FALSE(replay.of(30).is_zombie());  // freed: reaped before, at a moment not seen
  scenario.at(30'000).looks(10, {.selected_pid = kGroup});
  replay.play(scenario);
  EXPECT_EQ(replay.of(20).reaped_ns, 30'000U);
}

TEST(LifecycleTraps, Trap24AnArgvOfManyPiecesIsOneAgain) {
  LifeScenario scenario = a_child();
  const std::vector<std::string> argv(300, std::string(100, 'x'));
  scenario.at(3'000).executes(20, "/bin/echo", {.argv = argv});
  const LifeReplay replay(scenario);
  const auto arguments = arguments_of(*replay.of(20).program());
  ASSERT_EQ(arguments.size(), 300U);
  for (const std::string_view argument : arguments) EXPECT_EQ(argument, argv[0]);
  EXPECT_FALSE(replay.of(20).program()->cut);
}

TEST(LifecycleTraps, Trap24EmptyArgumentsAreArguments) {
  LifeScenario scenario = a_child();
  scenario.at(3'000).executes(20, "/bin/echo", {.argv = {"echo", "", "a b", ""}});
  const LifeReplay replay(scenario);
  EXPECT_EQ(arguments_of(*replay.of(20).program()),
            (std::vector<std::string_view>{"echo", "", "a b", ""}));
}

TEST(LifecycleTraps, Trap24AnIncompleteArgvIsMarked) {
  LifeScenario scenario = a_child();
  scenario.at(3'000).executes(20, "/bin/echo",
                              {.argv = {"echo", std::string(100'000, 'x')}, .cut_after = 65'536});
  LifeReplay replay(scenario);
  EXPECT_TRUE(replay.of(20).program()->cut);
  EXPECT_EQ(replay.of(20).program()->argv.size(), 65'536U);
  // A piece that was lost: what follows does not slip into its place.
  scenario.at(4'000).executes(20, "/bin/echo", {});
  scenario.argv_piece(20, 4096, "wrong");
  replay.play(scenario);
  EXPECT_TRUE(replay.of(20).program()->cut);
  EXPECT_EQ(replay.of(20).program()->argv, "");
}

TEST(LifecycleTraps, Trap25AReusedPidIsAnotherProcess) {
  LifeScenario scenario = a_child();
  scenario.at(3'000).executes(20, "/bin/first", {.argv = {"first"}});
  scenario.at(4'000).exits(20, {.status = 1 << 8});
  scenario.at(5'000).looks(10);
  scenario.at(6'000).born(20, {.parent_pid = 10, .comm = "sh", .start_ns = 6'000});
  scenario.at(6'500).runs(20);
  scenario.at(7'000).executes(20, "/bin/second", {.argv = {"second"}});
  // The first one is freed when the second one runs.
  scenario.kernel(20).who.start_ns = 2'000;
  scenario.at(8'000).is_freed(20);
  scenario.kernel(20).who.start_ns = 6'000;
  LifeReplay replay(scenario);
  ASSERT_EQ(replay.count(20), 2U);
  EXPECT_EQ(replay.of(20).program()->file, "/bin/second");
  EXPECT_FALSE(replay.of(20).exit_ns || replay.of(20).freed_ns);
  scenario.at(9'000).exits(20);
  scenario.at(9'500).looks(10);
  replay.play(scenario);
  for (const auto& [id, life] : replay.tracker.lives()) {
    if (life.pid != 20) continue;
    EXPECT_EQ(life.program()->file, life.start_boottime_ns == 2'000 ? "/bin/first" : "/bin/second");
    EXPECT_EQ(life.reaped_ns, life.start_boottime_ns == 2'000 ? 5'000U : 9'500U);
    EXPECT_EQ(life.wait_status, life.start_boottime_ns == 2'000 ? 1U << 8 : 0U);
  }
}

TEST(LifecycleTraps, Trap25AReusedPidWithoutABirthRecordIsAnotherProcess) {
  LifeScenario scenario = a_child();
  scenario.kernel(20).who.start_ns = 50'000;  // the last exit and this birth were lost
  scenario.at(60'000).exits(20, {.status = 2 << 8});
  const LifeReplay replay(scenario);
  ASSERT_EQ(replay.count(20), 2U);
  EXPECT_EQ(replay.of(20).start_boottime_ns, 50'000U);
  EXPECT_FALSE(replay.of(20).born_ns);
  EXPECT_FALSE(LifecycleTracker::times_of(replay.of(20)).on_cpu_ns);
}

TEST(LifecycleTraps, Trap25AContainersPidIsRecordedWithTheInitialOne) {
  LifeScenario scenario = a_child();
  scenario.at(2'000).has_pids(20, 2);
  const LifeReplay replay(scenario);
  EXPECT_EQ(replay.of(20).pid, 20U);
  EXPECT_EQ(replay.of(20).ns_pid, 2U);
}

TEST(LifecycleTraps, Trap26CloneFlagsDistinguishThreadsAndProcesses) {
  LifeScenario scenario = a_child();
  scenario.at(3'000).born(21, {.pid = 20, .parent_pid = 10}, kThread);
  scenario.at(4'000).born(22, {.parent_pid = 20}, 0x4000 | 0x100);  // CLONE_VFORK | CLONE_VM
  const LifeReplay replay(scenario);
  EXPECT_EQ(replay.count(21), 0U);
  EXPECT_EQ(replay.of(20).threads, 2U);
  ASSERT_EQ(replay.of(20).thread_lives.size(), 1U);
  EXPECT_EQ(replay.of(20).thread_lives[0].born_ns, 3'000U);
  EXPECT_EQ(replay.of(22).clone_flags, 0x4100U);
  EXPECT_EQ(replay.of(22).depth, 2U);
}

// Several classic tracepoints moved comm into __data_loc by 6.18. A program that relies on their old
// layout reads wrong values there; hoodtrace has no such program.
TEST(LifecycleTraps, Trap27NoProgramReadsAClassicTracepointsLayout) {
  for (const Probe& probe : kCatalog)
    EXPECT_EQ(probe.program.find("tracepoint"), std::string_view::npos);
  const std::regex section(R"re(SEC\("[?]?([a-z_.]+)/?)re");
  std::size_t sections = 0;
  for (const auto& file : std::filesystem::directory_iterator(HOODTRACE_SOURCE_DIR "/bpf")) {
    std::ifstream text(file.path());
    for (std::string line; std::getline(text, line);) {
      std::smatch match;
      if (!std::regex_search(line, match, section)) continue;
      sections++;
      EXPECT_NE(match[1], "tracepoint") << file.path();
      EXPECT_NE(match[1], "tp") << file.path();
    }
  }
  EXPECT_GT(sections, 15U);
}

}  // namespace
}  // namespace hoodtrace
