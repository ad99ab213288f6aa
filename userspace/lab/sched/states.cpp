// SPDX-License-Identifier: GPL-2.0-or-later
// The states of a task, each held for a known time; and waking up.

#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <ctime>
#include <vector>

#include "lab/acts.hpp"
#include "lab/list.hpp"

namespace hoodtrace::lab {
namespace {

// How long something was held: at least and at most.
struct Held {
  pid_t pid = 0;
  std::uint64_t least_ns = 0;
  std::uint64_t most_ns = 0;

  [[nodiscard]] LabJson json() const {
    return {{"pid", pid}, {"least_ns", least_ns}, {"most_ns", most_ns}};
  }
};

Held run_child(std::uint64_t ms) {
  const std::uint64_t began_ns = now_ns();
  const pid_t pid = start_child([ms] {
    burn_ms(ms);
    return 0;
  });
  wait_for(pid);
  return {pid, ms * 1'000'000, now_ns() - began_ns};
}

Held sleep_child(std::uint64_t ms) {
  const std::uint64_t began_ns = now_ns();
  const pid_t pid = start_child([ms] {
    sleep_ms(ms);
    return 0;
  });
  wait_for(pid);
  return {pid, ms * 1'000'000, now_ns() - began_ns};
}

// D: the child is a parent of a vfork.
Held block_child(std::uint64_t ms) {
  const std::uint64_t began_ns = now_ns();
  const pid_t pid = start_child([ms] {
    const auto us = static_cast<useconds_t>(ms * 1000);
    const pid_t inner = ::vfork();  // NOLINT(bugprone-unsafe-functions)
    if (inner == 0) {
      ::usleep(us);
      ::_exit(0);
    }
    wait_for(inner);
    return 0;
  });
  wait_for(pid);
  return {pid, ms * 1'000'000, now_ns() - began_ns};
}

Held stop_child(std::uint64_t ms) {
  const std::uint64_t began_ns = now_ns();
  const pid_t pid = start_child([] {
    ::raise(SIGSTOP);
    return 0;
  });
  int status = 0;
  ::waitpid(pid, &status, WUNTRACED);
  const std::uint64_t seen_ns = now_ns();
  sleep_ms(ms);
  const std::uint64_t going_ns = now_ns();
  ::kill(pid, SIGCONT);
  wait_for(pid);
  return {pid, going_ns - seen_ns, now_ns() - began_ns};
}

Held zombie_child(std::uint64_t ms) {
  const std::uint64_t began_ns = now_ns();
  const pid_t pid = start_child([] { return 0; });
  siginfo_t info{};
  ::waitid(P_PID, static_cast<id_t>(pid), &info, WEXITED | WNOWAIT);
  const std::uint64_t ended_ns = now_ns();
  sleep_ms(ms);
  const std::uint64_t reaping_ns = now_ns();
  wait_for(pid);
  return {pid, reaping_ns - ended_ns, now_ns() - began_ns};
}

LabJson play_states(const LabSettings& settings) {
  const std::uint64_t ms = settings.ms;
  return {{"running", run_child(ms).json()},
          {"sleeping", sleep_child(ms).json()},
          {"blocked", block_child(ms).json()},
          {"stopped", stop_child(ms).json()},
          {"zombie", zombie_child(ms).json()}};
}

void judge_states(const Evidence& evidence, Verdict& verdict) {
  const LabJson& facts = evidence.facts;
  const auto check = [&](const char* what, const char* fact, const char* key) {
    const LabJson& held = facts[fact];
    verdict.within(what, held["least_ns"].get<double>(), held["most_ns"].get<double>(),
                   value_of(evidence.thread(held["pid"]), key), LabUnit::kNs);
  };
  // Its clock has the time until a CPU began to run it too, which hoodtrace shows as dispatch.
  const LabJson running = evidence.thread(facts["running"]["pid"]);
  LabJson ran = value_of(running, "on_cpu_ns");
  if (const LabJson dispatch = value_of(running, "dispatch_ns");
      ran.is_number() && dispatch.is_number())
    ran = ran.get<std::uint64_t>() + dispatch.get<std::uint64_t>();
  verdict.within("R: on a CPU", facts["running"]["least_ns"].get<double>(),
                 facts["running"]["most_ns"].get<double>(), ran, LabUnit::kNs);
  check("S: in an interruptible sleep", "sleeping", "sleep_ns");
  check("D: in an uninterruptible sleep", "blocked", "d_sleep_ns");
  check("T: stopped by a signal", "stopped", "stopped_ns");
  const LabJson& zombie = facts["zombie"];
  verdict.within("Z: a zombie", zombie["least_ns"].get<double>(), zombie["most_ns"].get<double>(),
                 value_of(evidence.life(zombie["pid"]), "zombie_ns"), LabUnit::kNs);
}

LabJson play_wakeup(const LabSettings&) {
  constexpr int kNaps = 200;
  constexpr std::uint64_t kNapNs = 1'000'000;
  use_one_cpu();
  ::prctl(PR_SET_TIMERSLACK, 1UL);  // wake up when due, not up to 50 us later
  std::vector<std::uint64_t> late_ns;
  const TaskCounts before = task_counts(::getpid());
  for (int i = 0; i < kNaps; i++) {
    timespec now{};
    ::clock_gettime(CLOCK_MONOTONIC, &now);
    const std::uint64_t due_ns = static_cast<std::uint64_t>(now.tv_sec) * 1'000'000'000 +
                                 static_cast<std::uint64_t>(now.tv_nsec) + kNapNs;
    const timespec due{static_cast<time_t>(due_ns / 1'000'000'000),
                       static_cast<long>(due_ns % 1'000'000'000)};
    ::clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &due, nullptr);
    ::clock_gettime(CLOCK_MONOTONIC, &now);
    late_ns.push_back(static_cast<std::uint64_t>(now.tv_sec) * 1'000'000'000 +
                      static_cast<std::uint64_t>(now.tv_nsec) - due_ns);
  }
  const TaskCounts after = task_counts(::getpid());
  std::sort(late_ns.begin(), late_ns.end());
  return {{"tid", ::getpid()},
          {"naps", kNaps},
          {"late_p50_ns", late_ns[late_ns.size() / 2]},
          {"late_max_ns", late_ns.back()},
          {"voluntary", after.voluntary - before.voluntary},
          {"run_delay_ns", after.run_delay_ns - before.run_delay_ns}};
}

void judge_wakeup(const Evidence& evidence, Verdict& verdict) {
  const LabJson& facts = evidence.facts;
  const LabJson row = evidence.thread(facts["tid"]);
  const auto naps = facts["naps"].get<double>();
  verdict.within("naps: each is a voluntary switch", naps, naps + 100,
                 value_of(row, "voluntary_switches"), LabUnit::kCount, facts["voluntary"], 100);
  // From due to reading the clock there is the timer's interrupt, the wait, and the return to the
  // program. A histogram's bucket is 3 % wide.
  verdict.within("median of the waits for the CPU, below the median lateness", 1,
                 facts["late_p50_ns"].get<double>() * 1.04, value_of(row, "wait_p50_ns"),
                 LabUnit::kNs);
  const LabJson wait = value_of(row, "wait_ns");
  const LabJson dispatch = value_of(row, "dispatch_ns");
  if (wait.is_number() && dispatch.is_number())
    verdict.at_least("waits without the CPU's own waking up, as in run_delay of the kernel",
                     facts["run_delay_ns"].get<double>(),
                     wait.get<std::uint64_t>() - dispatch.get<std::uint64_t>(), LabUnit::kNs);
}

constexpr LabBar kStateBars[] = {
    {"R", 0, 200, '#', "burns CPU time"},       {"S", 200, 400, '-', "nanosleep()"},
    {"D", 400, 600, '-', "parent of a vfork"},  {"T", 600, 800, '.', "SIGSTOP"},
    {"Z", 800, 1000, '=', "ended, not reaped"},
};

constexpr LabBar kWakeupBars[] = {
    {"thread", 0, 1000, '-', "nap of 1 ms"},
    {"thread", 1000, 1030, '.', ""},
    {"thread", 1030, 1100, '#', ""},
};

}  // namespace

const Experiment kStates = {
    "states",
    "scheduler",
    "the states R, S, D, T and Z, each held for a known time",
    "sched procs",
    "sched; procs",
    "Five children, each in one state for 200 ms: R burns CPU time, S sleeps in nanosleep(), D is "
    "the parent of a vfork, T was sent SIGSTOP, Z has ended and is not reaped yet. D is no sign of "
    "a disk: it means that signals do not end the sleep. The clock of the scene says how long each "
    "was held, at least and at most.",
    lacks_nothing,
    play_states,
    judge_states,
    {"ms", kStateBars}};

const Experiment kWakeup = {
    "wakeup",
    "scheduler",
    "from a timer to running: the wait, and the CPU's own waking up",
    "sched",
    "sched",
    "A thread naps 200 times for 1 ms and reads the clock when it is back. The time by which it is "
    "late consists of the timer's interrupt, the wait on the run queue, and the return to the "
    "program, so the wait is below it. On an idle CPU, the wait is the time that the CPU needs to "
    "leave its idle state and to switch: most of it is in no counter of the kernel, because "
    "run_delay ends at the run queue's clock (dispatch_ns in hoodtrace's reports).",
    lacks_nothing,
    play_wakeup,
    judge_wakeup,
    {"us; . the wait: from the wake-up until it runs", kWakeupBars}};

}  // namespace hoodtrace::lab
