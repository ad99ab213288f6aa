// SPDX-License-Identifier: GPL-2.0-or-later
// A session record with words of the test's own.
#pragma once

#include <initializer_list>
#include <string>
#include <string_view>

#include "support/stream_builder.hpp"

namespace hoodtrace {

// `words`: key, value, key, value ...
inline StreamBuilder& add_session(StreamBuilder& scenario,
                                  std::initializer_list<std::string_view> words) {
  ht_session record{};
  record.head = {scenario.now_ns(), 0, HT_SESSION, HT_NO_CPU};
  record.flags = HT_SESSION_WHOLE | HT_SESSION_IOWAIT;
  record.cpus = 2;
  record.self_pid = 999;
  std::string tail;
  for (const std::string_view word : words) tail.append(word).push_back('\0');
  RecordBuffer one;
  one.add(record, tail);
  return scenario.raw(one.at(0).head, one.at(0).bytes);
}

// What the target was, its cgroup, and the cgroup that was made again under the same path.
inline StreamBuilder cgroup_made_again() {
  StreamBuilder scenario;
  add_session(scenario.at(1'000'000'000), {"target", "cgroup /job", "how", "", "families", "sched",
                                           "cgroup", "/job", "cgroup_id", "70"});
  scenario.cgroup(70, "/job").seen(10, {.comm = "make", .cgroup_id = 70});
  scenario.at(1'500'000'000).cgroup(71, "/job/inner");
  scenario.at(2'000'000'000).cgroup(72, "/job");
  return scenario.at(3'000'000'000).end();
}

// A task waits twice; between the waits the reader could not keep up, and culprits were switched off.
inline StreamBuilder culprits_switched_off() {
  constexpr std::uint64_t kMs = 1'000'000;
  StreamBuilder scenario;
  scenario.at(1000 * kMs).session().seen(10, {.comm = "make"});
  scenario.at(1200 * kMs).switches({.from = 0, .to = 10, .wait_ns = 200 * kMs});
  scenario.at(1300 * kMs).switches({.from = 10, .to = 0, .state = kSleeping});
  scenario.at(2000 * kMs).tick(HT_TICK_NO_CULPRITS);
  scenario.at(2200 * kMs).switches({.from = 0, .to = 10, .wait_ns = 100 * kMs});
  return scenario.at(2300 * kMs).end();
}

// A task is moved in its sleep, and the kernel counts that as a wait.
inline StreamBuilder moved_asleep() {
  constexpr std::uint64_t kMs = 1'000'000;
  StreamBuilder scenario;
  scenario.at(1000 * kMs).session(HT_SESSION_WHOLE | HT_SESSION_EXACT).seen(10, {.comm = "make"});
  scenario.at(1200 * kMs).switches({.from = 0, .to = 10, .wait_ns = 2 * kMs});
  scenario.at(1300 * kMs).switches({.from = 10, .to = 11, .state = kSleeping});
  scenario.at(1301 * kMs).migrates(10, 1, 0, HT_MIGRATE_ASLEEP);
  scenario.at(2200 * kMs).on_cpu(1).switches({.from = 0, .to = 10, .wait_ns = 899 * kMs});
  scenario.at(2300 * kMs).counters(10);
  return scenario.end();
}

}  // namespace hoodtrace
