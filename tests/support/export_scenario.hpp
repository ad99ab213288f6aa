// SPDX-License-Identifier: GPL-2.0-or-later
// A stream with every kind of record and hostile names, for the tests of exporters.
#pragma once

#include "support/life_records.hpp"
#include "support/stream_builder.hpp"

namespace hoodtrace {

inline constexpr std::string_view kHostileComm = "</script>\"',\n\xff";

// make (10) forks a child (11), which executes cc, waits 500 ns behind make, and exits with 3.
inline StreamBuilder export_scenario() {
  StreamBuilder scenario;
  LifeRecords life(scenario);
  scenario.at(1000).session(HT_SESSION_WHOLE | HT_SESSION_EXACT | HT_SESSION_WAKERS);
  scenario.cgroup(7, "/work.slice/build.service");
  scenario.seen(10, {.comm = "make", .cgroup_id = 7, .on_cpu = true});
  scenario.seen(12, {.comm = std::string(kHostileComm), .state = kDiskSleep});
  scenario.at(2000).born(11, {.parent_pid = 10, .comm = "make", .start_ns = 2000, .cgroup_id = 7});
  scenario.at(2100).wakeup(11, HT_WAKEUP_NEW);
  scenario.at(2600).switches({.from = 10, .to = 11, .state = kSleeping, .wait_ns = 500});
  life.first_runs(11, 500);
  scenario.at(2700);
  life.executes(11, "/usr/bin/cc", {"cc", "-c", "<a b>.c"});
  scenario.execs(11, 11).renamed(11, "cc");
  scenario.at(2800).waking(12, 11).wakeup(12).migrates(12, 1);
  scenario.at(3000).on_cpu(1).switches({.from = 0, .to = 12, .wait_ns = 200});
  scenario.at(3100).behind(12, {{11, 150}}, 50);
  scenario.at(3200).moves_to_cgroup(12, 7);
  scenario.at(3300).switches({.from = 12, .to = 0, .preempt = true});
  scenario.on_cpu(0).at(4000);
  life.exits(11, 3 << 8);
  scenario.at(4100).switches({.from = 11, .to = 10, .state = kDead, .wait_ns = 0});
  scenario.ends(11);
  scenario.at(4200);
  life.looks(10, 11);
  scenario.at(4300);
  life.freed(11);
  scenario.at(4400).lost(HT_SWITCH, 3, 4450);
  scenario.at(4500).trouble(HT_TROUBLE_LATE, 2);
  scenario.at(4900).counters(10).counters(12);
  scenario.at(5000).end(0);
  return scenario;
}

// Of make (10): a child (11) that runs, waits and ends, and another that gets its id.
inline StreamBuilder reused_ids() {
  StreamBuilder scenario;
  LifeRecords life(scenario);
  scenario.at(1000).session(HT_SESSION_WHOLE | HT_SESSION_EXACT);
  scenario.seen(10, {.comm = "make", .on_cpu = true});
  const auto lives = [&](std::uint64_t from_ns, const std::string& comm) {
    scenario.at(from_ns).born(11, {.parent_pid = 10, .comm = comm, .start_ns = from_ns});
    scenario.at(from_ns + 600).switches({.from = 10, .to = 11, .state = kSleeping, .wait_ns = 500});
    scenario.at(from_ns + 700);
    life.exits(11);
    scenario.at(from_ns + 800).switches({.from = 11, .to = 10, .state = kDead, .wait_ns = 0});
    scenario.ends(11).at(from_ns + 900);
    life.freed(11);
  };
  lives(2000, "first");
  lives(4000, "second");
  return scenario.at(6000).end();
}

}  // namespace hoodtrace
