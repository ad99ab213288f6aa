// SPDX-License-Identifier: GPL-2.0-or-later
#include "golden/load_scenarios.hpp"

#include "support/load_scenario.hpp"

namespace hoodtrace::golden {

StreamBuilder loaded_machine() {
  constexpr std::uint64_t kSecond = 1'000'000'000;
  constexpr std::uint32_t kDisk = 20;
  constexpr std::uint32_t kParent = 21;
  constexpr std::uint32_t kWorker = 22;
  constexpr std::uint32_t kQueued = 23;
  StreamBuilder scenario;
  scenario.at(kSecond).session().cgroup(7, "/system.slice/db.service");
  loads(scenario, 200, 150, 100);
  scenario.seen(kDisk, {.comm = "postgres", .cgroup_id = 7, .state = kDiskSleep})
      .seen(kParent, {.comm = "make", .state = kDiskSleep, .iowait = false})
      .seen(kWorker, {.comm = "cc1", .on_cpu = true})
      .seen(kQueued, {.comm = "hostile\x1b[31m"});
  scenario.at(4 * kSecond)
      .switches({.from = kWorker, .to = kQueued, .preempt = true, .wait_ns = kSecond});
  loads(scenario.at(5 * kSecond), 210, 153, 101);
  scenario.at(6 * kSecond)
      .switches({.from = kQueued, .to = kWorker, .state = kSleeping, .wait_ns = 2 * kSecond});
  scenario.at(8 * kSecond).switches({.from = kWorker, .state = kSleeping});
  loads(scenario.at(10 * kSecond), 218, 155, 102);
  loads(scenario.at(11 * kSecond), 218, 155, 102);
  return scenario.end();
}

}  // namespace hoodtrace::golden
