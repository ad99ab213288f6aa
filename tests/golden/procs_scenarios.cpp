// SPDX-License-Identifier: GPL-2.0-or-later
#include "golden/procs_scenarios.hpp"

#include <cerrno>

#include "support/life_scenario.hpp"

namespace hoodtrace::golden {
namespace {

constexpr std::uint64_t kMs = 1'000'000;
constexpr std::uint64_t kBegin = 5'000 * kMs;

LifeScenario begin(const std::string& target, std::uint32_t more_flags = 0) {
  LifeScenario scenario;
  scenario.at(kBegin).session(HT_SESSION_EXACT | more_flags, target,
                              "sched_switch, sched_process_exit, sched_process_exec (tp_btf)");
  return scenario;
}

}  // namespace

StreamBuilder small_build() {
  LifeScenario scenario = begin("command make -j2 and what it starts", HT_SESSION_FAILED_EXECS);
  const auto at = [&scenario](double ms) -> LifeScenario& {
    return scenario.at(kBegin + static_cast<std::uint64_t>(ms * 1e6));
  };
  const auto end_of = [&](std::uint32_t pid, double ms, std::uint64_t on_cpu_ns,
                          const ExitFields& how) {
    scenario.kernel(pid).on_cpu_ns = on_cpu_ns;
    scenario.kernel(pid).run_delay_ns = on_cpu_ns / 8;
    scenario.kernel(pid).min_flt = on_cpu_ns / 50'000;
    at(ms).exits(pid, how);
    at(ms + 0.05).ends(pid);
  };
  at(0.1).cgroup(7, "/system.slice/build.service");
  at(0.2).seen(90, {.parent_pid = 1, .comm = "hoodtrace", .traced = false});
  at(0.3).seen(100,
               {.parent_pid = 90, .comm = "hoodtrace", .start_ns = kBegin - kMs, .cgroup_id = 7});
  at(1.0).renamed(100, "make");
  scenario.executes(100, "/usr/bin/make", {.argv = {"make", "-j2"}});
  at(3.0).born(101,
               {.parent_pid = 100, .comm = "make", .start_ns = kBegin + 3 * kMs, .cgroup_id = 7},
               0x4100);
  at(3.2).runs(101, 120'000);
  at(3.5).executes(101, "/usr/local/bin/gcc", {.argv = {"gcc", "-c", "a b.c"}, .error = ENOENT});
  at(3.6).renamed(101, "gcc");
  scenario.executes(101, "/usr/bin/gcc", {.argv = {"gcc", "-c", "a b.c"}});
  at(4.0).looks(100);
  at(4.1).born(102,
               {.parent_pid = 101, .comm = "gcc", .start_ns = kBegin + 4 * kMs, .cgroup_id = 7},
               0x4100);
  at(4.15).runs(102, 9'000);
  at(4.3).renamed(102, "cc1");
  scenario.executes(102, "/usr/libexec/cc1", {.argv = {"cc1", "-quiet", "a b.c", ""}});
  at(4.4).looks(101);
  end_of(102, 40.0, 34'000'000, {});
  at(40.2).wakes_waiting(101);
  end_of(101, 41.0, 1'500'000, {});
  at(41.1).wakes_waiting(100);
  // A script that fails, with a helper that is killed; and a zombie that is not reaped.
  at(42.0).born(
      103, {.parent_pid = 100, .comm = "make", .start_ns = kBegin + 42 * kMs, .cgroup_id = 7}, 17);
  at(42.3).runs(103, 250'000);
  at(42.5).renamed(103, "check.sh");
  scenario.executes(103, "./check.sh",
                    {.argv = {"/bin/sh", "./check.sh", "--all"}, .interpreter = "/bin/sh"});
  at(43.0).born(
      104, {.parent_pid = 103, .comm = "check.sh", .start_ns = kBegin + 43 * kMs, .cgroup_id = 7},
      17);
  at(43.1).runs(104, 5'000);
  at(43.5).born(
      105,
      {.parent_pid = 103, .comm = "check.sh", .start_ns = kBegin + 43 * kMs + 1, .cgroup_id = 7},
      0x20000000 | 17);
  scenario.has_pids(105, 1);
  at(43.6).runs(105, 5'000);
  end_of(104, 50.0, 700'000, {.status = 11 | 0x80});
  at(55.0).looks(103);
  end_of(103, 60.0, 2'000'000, {.status = 2 << 8, .heir_pid = 1});
  at(60.1).looks(100);
  end_of(105, 70.0, 100'000, {.parent_pid = 1});
  end_of(100, 80.0, 5'000'000, {.status = 2 << 8, .parent_pid = 90});
  at(80.2).looks(90);
  at(85.0).is_freed(102);
  at(90.0).end(2 << 8);
  return scenario;
}

StreamBuilder hostile_lives() {
  LifeScenario scenario = begin("pid 10");
  scenario.cgroup(3, "/evil\x1b[0m\n.service");
  scenario.seen(10, {.parent_pid = 1, .comm = "\x1b[2J\n\"<,"});
  scenario.executes(10, "/bin/=cmd", {.argv = {"=cmd|' /C calc'!A0"}, .before = true});
  scenario.at(kBegin + kMs).born(20, {.parent_pid = 10, .comm = "\xff\xfe", .cgroup_id = 3});
  scenario.at(kBegin + 2 * kMs).runs(20, 10);
  scenario.at(kBegin + 3 * kMs)
      .executes(20, "/tmp/\x1b]0;owned\x07\n\xe2\x80\xae",
                {.argv = {"line\nbreak", "",
                          ("\xc2\x9b"
                           "31m"),
                          "a\"b", "<b>&amp;"},
                 .interpreter = "/bin/\x7f"});
  scenario.at(kBegin + 4 * kMs).executes(20, std::string(4'000, 'n'), {.argv = {"\x1b"}});
  scenario.at(kBegin + 5 * kMs).exits(20, {.status = 1 << 8});
  scenario.at(kBegin + 6 * kMs).end();
  return scenario;
}

StreamBuilder threads_of_one() {
  LifeScenario scenario = begin("command server and what it starts");
  scenario.seen(100, {.parent_pid = 90, .comm = "server", .start_ns = kBegin - kMs});
  scenario.at(kBegin + 2 * kMs)
      .born(101, {.pid = 100, .parent_pid = 90, .comm = "server"}, 0x10000);
  scenario.at(kBegin + 3 * kMs).runs(101, 40'000);
  scenario.renamed(101, "worker");
  scenario.kernel(101).on_cpu_ns = 3 * kMs;
  scenario.at(kBegin + 9 * kMs).exits(101, {.pid = 100, .live = 1});
  scenario.at(kBegin + 9 * kMs + 1000).ends(101);
  scenario.at(kBegin + 10 * kMs)
      .born(102, {.pid = 100, .parent_pid = 90, .comm = "server"}, 0x10000);
  scenario.at(kBegin + 11 * kMs).runs(102, 2'000);
  scenario.at(kBegin + 12 * kMs).counters(100);
  scenario.counters(102);
  scenario.at(kBegin + 13 * kMs).end();
  return scenario;
}

// A shell by way of env; a link to another file; who killed whom; an interpreter that is missing;
// and records that were lost.
StreamBuilder known_by_more() {
  LifeScenario scenario = begin("command env and what it starts", HT_SESSION_FAILED_EXECS);
  const auto at = [&scenario](std::uint64_t ms) -> LifeScenario& {
    return scenario.at(kBegin + ms * kMs);
  };
  const auto end_of = [&](std::uint32_t pid, std::uint64_t ms, const ExitFields& how) {
    at(ms).exits(pid, how);
    scenario.kernel(pid).on_cpu_ns += 85'000;
    scenario.at(kBegin + ms * kMs + 85'000).ends(pid);
  };
  scenario.seen(100, {.parent_pid = 90, .comm = "hoodtrace", .start_ns = kBegin - kMs});
  at(1).executes(100, "/usr/bin/env", {.argv = {"env", "sh", "-c", "./run"}});
  scenario.has_exe(
      100, {.names = {"env", "bin", "usr"}, .flags = HT_EXE_WHO, .uid = 1000, .cwd = {"srv"}});
  at(2).renamed(100, "sh");
  scenario.executes(100, "/bin/sh", {.argv = {"sh", "-c", "./run"}});
  scenario.has_exe(
      100, {.names = {"dash", "bin", "usr"}, .flags = HT_EXE_WHO, .uid = 1000, .cwd = {"srv"}});
  at(3).born(101, {.parent_pid = 100, .comm = "sh", .start_ns = kBegin + 3 * kMs}, 17);
  at(4).runs(101, 9'000);
  at(5).lacks_interpreter(101, "/opt/python");
  scenario.executes(101, "./run", {.argv = {"./run"}, .error = ENOENT});
  scenario.kernel(101).on_cpu_ns = 7'000;
  end_of(101, 6, {.status = 127 << 8});
  at(7).looks(100);
  at(8).born(102, {.parent_pid = 100, .comm = "sh", .start_ns = kBegin + 8 * kMs}, 17);
  at(9).runs(102, 9'000);
  at(10).is_sent(102, {.signal = 15, .sender_pid = 100, .comm = "sh"});
  end_of(102, 11, {.status = 15});
  at(12).looks(100);
  at(13).born(103, {.parent_pid = 100, .comm = "sh", .start_ns = kBegin + 13 * kMs}, 17);
  at(14).runs(103, 9'000);
  end_of(103, 15, {});
  at(16).lost(HT_WAIT, 2, kBegin + 16 * kMs);
  at(20).end(0);
  return scenario;
}

}  // namespace hoodtrace::golden
