// SPDX-License-Identifier: GPL-2.0-or-later
#include "model/boot/chain.hpp"

#include <gtest/gtest.h>

#include "command/pipeline.hpp"
#include "event/feed.hpp"
#include "support/boot_scenario.hpp"

namespace hoodtrace {
namespace {

constexpr std::uint64_t kMs = 1'000'000;

std::map<std::string, BootUnit> units(const std::vector<BootUnitFields>& list) {
  std::map<std::string, BootUnit> map;
  for (const BootUnitFields& scenario : list) {
    BootUnit& unit = map[scenario.name];
    unit.name = scenario.name;
    unit.activating_ns = scenario.activating_ns;
    unit.active_ns = scenario.active_ns;
    unit.inactive_ns = scenario.inactive_ns;
    unit.after = scenario.after;
  }
  return map;
}

std::vector<std::string> names(const std::vector<ChainStep>& chain) {
  std::vector<std::string> list;
  for (const ChainStep& step : chain) list.push_back(step.unit);
  return list;
}

TEST(CriticalChain, FollowsWhatWasUpLast) {
  const auto map =
      units({{"slow.service", 10 * kMs, 80 * kMs, 0, {}},
             {"quick.service", 10 * kMs, 20 * kMs, 0, {}},
             {"goal.target", 81 * kMs, 81 * kMs, 0, {"quick.service", "slow.service"}}});
  const auto chain = critical_chain(map, "goal.target", 0);
  EXPECT_EQ(names(chain), (std::vector<std::string>{"slow.service", "goal.target"}));
  EXPECT_EQ(chain[1].from_ns, 80 * kMs);
  EXPECT_EQ(chain[0].from_ns, 0U);
}

TEST(CriticalChain, WhatCameUpLaterWasNotWaitedFor) {
  const auto map =
      units({{"early.service", 10 * kMs, 20 * kMs, 0, {}},
             {"restarted.service", 10 * kMs, 500 * kMs, 0, {}},
             {"goal.target", 50 * kMs, 50 * kMs, 0, {"early.service", "restarted.service"}}});
  EXPECT_EQ(names(critical_chain(map, "goal.target", 0)),
            (std::vector<std::string>{"early.service", "goal.target"}));
}

TEST(CriticalChain, EndsInALoop) {
  const auto map = units({{"a.service", 10 * kMs, 10 * kMs, 0, {"b.service"}},
                          {"b.service", 10 * kMs, 10 * kMs, 0, {"a.service"}}});
  EXPECT_EQ(critical_chain(map, "a.service", 0).size(), 2U);
}

TEST(CriticalChain, WhatWasUpBeforeTheBeginningIsNoStep) {
  const auto map = units({{"initrd.service", 1 * kMs, 5 * kMs, 0, {}},
                          {"goal.target", 50 * kMs, 60 * kMs, 0, {"initrd.service"}}});
  const auto chain = critical_chain(map, "goal.target", 40 * kMs);
  EXPECT_EQ(names(chain), std::vector<std::string>{"goal.target"});
  EXPECT_EQ(chain[0].from_ns, 40 * kMs);
}

TEST(CriticalChain, AnUnknownGoalHasNone) {
  EXPECT_TRUE(critical_chain({}, "goal.target", 0).empty());
}

struct Replay {
  TaskTable tasks;
  LifecycleTracker lives{tasks, {}};
  FaultCounters faults;
  ActivityTracker activity{tasks};

  explicit Replay(const StreamBuilder& scenario) {
    for (std::size_t i = 0; i < scenario.records().size(); i++) {
      const std::optional<Event> event = decode(scenario.records().at(i));
      feed(tasks, *event);
      feed(lives, *event);
      feed(faults, *event);
      feed(activity, *event);
    }
    activity.settle(scenario.now_ns());
  }
};

// The unit is up at 100 ms. Its process is born at 20, runs 30-50 with a disk sleep 40-45, waits
// for a CPU 60-70 and sleeps else. The manager runs 5-15.
TEST(CriticalChain, EveryNanosecondOfAStepIsAccountedOnce) {
  BootScenario scenario;
  StreamBuilder& stream = scenario.stream;
  stream.session().cgroup(7, "/system.slice/work.service").cgroup(1, "/init.scope");
  stream.at(1 * kMs).seen(1, {.pid = 1, .parent_pid = 0, .comm = "systemd", .cgroup_id = 1});
  stream.at(5 * kMs).switches({.from = 0, .to = 1});
  stream.at(15 * kMs).switches({.from = 1, .to = 0, .state = kSleeping});
  stream.at(20 * kMs).born(50,
                           {.parent_pid = 1, .comm = "work", .start_ns = 20 * kMs, .cgroup_id = 7});
  stream.at(30 * kMs).switches({.from = 0, .to = 50, .wait_ns = 10 * kMs});
  stream.at(40 * kMs).switches({.from = 50, .to = 0, .state = kDiskSleep});
  stream.at(45 * kMs).switches({.from = 0, .to = 50, .wait_ns = 0});
  stream.at(50 * kMs).switches({.from = 50, .to = 0, .state = kSleeping});
  stream.at(70 * kMs).switches({.from = 0, .to = 50, .wait_ns = 10 * kMs});
  stream.at(75 * kMs).switches({.from = 50, .to = 0, .state = kSleeping});
  stream.at(100 * kMs);
  const Replay replay(stream);
  std::vector<ChainStep> chain{{"work.service", 0, 20 * kMs, 100 * kMs, {}}};
  account_chain(chain, join_loads(replay.lives, replay.tasks, replay.faults), replay.lives,
                replay.activity, 2 * kMs);
  const ChainTime& time = chain[0].time;
  EXPECT_EQ(time.cpu_ns, (10 + 5 + 5) * kMs);
  EXPECT_EQ(time.wait_ns, (10 + 10) * kMs);
  EXPECT_EQ(time.disk_ns, 5 * kMs);
  EXPECT_EQ(time.sleep_ns, (10 + 25) * kMs);
  EXPECT_EQ(time.manager_ns, 10 * kMs);
  EXPECT_EQ(time.other_ns, (3 + 5) * kMs);
  EXPECT_EQ(time.unseen_ns, 2 * kMs);
  EXPECT_EQ(time.total_ns(), 100 * kMs);
}

TEST(UnitLoad, BelongsToTheCgroupThatAProcessWasLastIn) {
  BootScenario scenario;
  StreamBuilder& stream = scenario.stream;
  stream.session().cgroup(7, "/system.slice/work.service").cgroup(1, "/init.scope").cgroup(2, "/");
  stream.seen(1, {.pid = 1, .parent_pid = 0, .comm = "systemd", .cgroup_id = 1});
  stream.seen(2, {.pid = 2, .parent_pid = 0, .comm = "kthreadd", .cgroup_id = 2});
  stream.at(2000).born(50, {.parent_pid = 1, .comm = "systemd", .start_ns = 2000, .cgroup_id = 1});
  stream.at(3000).moves_to_cgroup(50, 7);
  scenario.at(9000).exits(50, 1 << 8, 2000);
  stream.ends(50);
  const Replay replay(stream);
  const auto loads = join_loads(replay.lives, replay.tasks, replay.faults);
  ASSERT_TRUE(loads.contains("work.service"));
  EXPECT_EQ(loads.at("work.service").born, 1U);
  EXPECT_EQ(loads.at("work.service").failed, 1U);
  EXPECT_EQ(loads.at("work.service").first_ns, 2000U);
  EXPECT_EQ(loads.at("work.service").last_ns, 9000U);
  EXPECT_EQ(loads.at("init.scope").processes.size(), 1U);
  EXPECT_EQ(loads.at(kKernelUnit).processes.size(), 1U);
}

}  // namespace
}  // namespace hoodtrace
