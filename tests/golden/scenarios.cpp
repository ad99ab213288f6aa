// SPDX-License-Identifier: GPL-2.0-or-later
#include "golden/scenarios.hpp"

namespace hoodtrace::golden {
namespace {

constexpr std::uint64_t kMs = 1'000'000;

}  // namespace

StreamBuilder busy_machine() {
  StreamBuilder scenario;
  scenario.at(1000 * kMs)
      .session(HT_SESSION_WHOLE | HT_SESSION_EXACT | HT_SESSION_WAKERS | HT_SESSION_IOWAIT)
      .cgroup(7, "/system.slice/build.service")
      .seen(100, {.comm = "spin-a", .cgroup_id = 7, .on_cpu = true})
      .seen(101, {.pid = 100, .comm = "spin-b", .cgroup_id = 7, .queued = true})
      .seen(200, {.comm = "napper", .state = kSleeping})
      .seen(300, {.comm = "audio", .state = kSleeping})
      .seen(301, {.comm = "batch", .on_cpu = true});
  // CPU 0: four turns of 4 ms, with the napper woken in the second.
  scenario.on_cpu(0);
  scenario.at(1004 * kMs).switches({.from = 100, .to = 101, .wait_ns = 4 * kMs, .nr_running = 2});
  scenario.at(1006 * kMs).waking(200, 301);
  scenario.at(1006 * kMs + 3000).wakeup(200);
  scenario.at(1008 * kMs)
      .switches({.from = 101, .to = 200, .wait_ns = 2 * kMs - 3000, .nr_running = 3});
  scenario.at(1009 * kMs)
      .switches({.from = 200, .to = 100, .state = kSleeping, .wait_ns = 5 * kMs, .nr_running = 2});
  scenario.at(1013 * kMs).switches({.from = 100, .to = 101, .wait_ns = 5 * kMs, .nr_running = 2});
  // CPU 1: the real-time task preempts in the kernel; batch sleeps on the disk afterwards.
  scenario.on_cpu(1);
  scenario.at(1014 * kMs).waking(300, 0).wakeup(300);
  scenario.at(1014 * kMs + 20'000)
      .switches({.from = 301,
                 .to = 300,
                 .preempt = true,
                 .wait_ns = 20'000,
                 .nr_running = 2,
                 .prio = 49,
                 .policy = 1});
  scenario.at(1020 * kMs)
      .switches({.from = 300, .to = 301, .state = kSleeping, .wait_ns = 6 * kMs - 20'000});
  scenario.at(1024 * kMs).switches({.from = 301, .to = 0, .state = kDiskSleep});
  for (const std::uint32_t tid : {100U, 101U, 200U, 300U, 301U}) scenario.counters(tid);
  scenario.at(1025 * kMs).tick();
  scenario.at(1030 * kMs).waking(301, 0).wakeup(301);
  scenario.at(1030 * kMs + 500).switches({.from = 0, .to = 301, .wait_ns = 500});
  scenario.on_cpu(0);
  scenario.at(1033 * kMs).switches({.from = 101, .to = 100, .wait_ns = 20 * kMs, .nr_running = 2});
  scenario.at(1036 * kMs).switches({.from = 100, .to = 101, .wait_ns = 3 * kMs, .nr_running = 1});
  scenario.at(1040 * kMs);
  for (const std::uint32_t tid : {100U, 101U, 200U, 300U, 301U}) scenario.counters(tid);
  return scenario.end();
}

StreamBuilder hostile_names() {
  StreamBuilder scenario;
  scenario.at(1000 * kMs)
      .session(HT_SESSION_EXACT, "command \x1b[31msh\x1b[0m -c\nexit", "sched_switch (tp_btf)")
      .cgroup(9, "/user.slice/\x1b]0;owned\x07")
      .seen(10, {.comm = "\x1b[2J\x1b[H", .cgroup_id = 9, .on_cpu = true})
      .seen(11, {.comm = "a\nb\tc\r", .cgroup_id = 9, .queued = true})
      .seen(12, {.comm = "\xff\xfe\xc3(", .cgroup_id = 9, .queued = true})
      .seen(13, {.comm = "=cmd|'/C x'!A1", .cgroup_id = 9, .queued = true})
      .seen(14, {.comm = "\"quoted\",<b>", .cgroup_id = 9, .queued = true});
  std::uint32_t from = 10;
  std::uint64_t now_ns = 1000 * kMs;
  for (std::uint32_t to = 11; to <= 14; to++) {
    now_ns += kMs;
    scenario.at(now_ns).behind(to, {{from, kMs}});
    scenario.switches({.from = from, .to = to, .wait_ns = kMs, .nr_running = 5});
    from = to;
  }
  scenario.at(now_ns + kMs);
  for (std::uint32_t tid = 10; tid <= 14; tid++) scenario.counters(tid);
  return scenario.end();
}

StreamBuilder losses() {
  StreamBuilder scenario;
  scenario.at(1000 * kMs).session().seen(10, {.comm = "a", .on_cpu = true}).seen(11, {.comm = "b"});
  scenario.at(1001 * kMs).switches({.from = 10, .to = 11, .state = kSleeping, .wait_ns = 1000});
  scenario.at(1002 * kMs).lost(HT_SWITCH, 41, 1005 * kMs);
  scenario.at(1006 * kMs).switches({.from = 11, .to = 10, .wait_ns = 700});
  scenario.trouble(HT_TROUBLE_LATE, 2).trouble(HT_TROUBLE_MISSED, 3);
  const std::uint64_t nonsense[3] = {7, 7, 7};
  scenario.raw(nonsense, sizeof(nonsense));
  scenario.at(1008 * kMs).counters(10).counters(11);
  return scenario.end();
}

StreamBuilder fallback() {
  StreamBuilder scenario;
  scenario.without_sched_info();
  scenario.at(1000 * kMs)
      .session(HT_SESSION_WHOLE | HT_SESSION_WAKERS, "the whole system",
               "sched_switch, sched_waking, sched_wakeup (tp_btf); waits from stamps")
      .seen(10, {.comm = "a", .on_cpu = true})
      .seen(11, {.comm = "b"});
  scenario.at(1001 * kMs).waking(11, 10).wakeup(11);
  scenario.at(1003 * kMs).switches({.from = 10, .to = 11, .nr_running = 2});
  scenario.at(1004 * kMs).switches({.from = 11, .to = 10, .state = kSleeping});
  scenario.at(1006 * kMs).counters(10).counters(11);
  return scenario.end();
}

}  // namespace hoodtrace::golden
