// SPDX-License-Identifier: GPL-2.0-or-later
#include "golden/fair_scenarios.hpp"

#include "support/fair_scenario.hpp"

namespace hoodtrace::golden {
namespace {

constexpr std::uint64_t kMs = 1'000'000;
constexpr std::uint32_t kCompiler = 11;
constexpr std::uint32_t kBackup = 12;
constexpr std::uint32_t kSleeper = 13;

// Rounds of 12 ms: 11 for the one, 1 for the other.
void share(StreamBuilder& scenario, std::uint8_t flags) {
  FairScenario fair(scenario);
  // The one ends 1 ms ahead, and the other is owed that.
  const bool has_lags = (flags & HT_FAIR_EEVDF) != 0;
  const auto owed = [&](std::int64_t ns) { return has_lags ? std::optional(ns) : std::nullopt; };
  constexpr std::int64_t kLag = kMs;
  const std::uint64_t step = virtual_time(kMs, 1024 + 110);
  fair.wakes({.tid = kCompiler, .owed_ns = owed(0), .flags = flags});
  fair.wakes({.tid = kBackup, .owed_ns = owed(0), .weight = 110, .nice = 10, .flags = flags});
  std::uint64_t now = 0;
  for (std::uint64_t round = 0; round < 10; round++) {
    scenario.at((1012 + 12 * round) * kMs);
    fair.runs({.tid = kCompiler,
               .virtual_in = now,
               .virtual_now = now + 11 * step,
               .exec_ns = 11 * kMs,
               .owed_ns = owed(-kLag),
               .flags = flags});
    fair.runs({.tid = kBackup,
               .virtual_in = now + 11 * step,
               .virtual_now = now + 12 * step,
               .exec_ns = kMs,
               .owed_ns = owed(kLag),
               .weight = 110,
               .nice = 10,
               .flags = flags});
    now += 12 * step;
  }
}

StreamBuilder begun() {
  StreamBuilder scenario;
  scenario.at(1000 * kMs).session().cgroup(7, "/user.slice");
  scenario.seen(kCompiler, {.comm = "cc1", .cgroup_id = 7})
      .seen(kBackup, {.comm = "tar", .cgroup_id = 7});
  return scenario;
}

}  // namespace

StreamBuilder shared_cpu() {
  StreamBuilder scenario = begun();
  scenario.seen(kSleeper, {.comm = "sshd"});
  FairScenario fair(scenario);
  share(scenario, HT_FAIR_WHOLE | HT_FAIR_EEVDF | HT_FAIR_RUNNABLE);
  fair.wakes({.tid = kSleeper, .queue = 9, .lag_ns = -400'000});
  fair.runs({.tid = kSleeper,
             .queue = 9,
             .queue_in = 9,
             .virtual_now = virtual_time(50'000, 1024),
             .exec_ns = 50'000,
             .slice_ns = 20 * kMs,
             .flags = HT_FAIR_WHOLE | HT_FAIR_EEVDF | HT_FAIR_CUSTOM | HT_FAIR_DELAYED});
  return scenario.at(1130 * kMs).end();
}

StreamBuilder shared_cpu_old() {
  StreamBuilder scenario = begun();
  share(scenario, HT_FAIR_WHOLE | HT_FAIR_RUNNABLE);
  return scenario.at(1130 * kMs).end();
}

}  // namespace hoodtrace::golden
