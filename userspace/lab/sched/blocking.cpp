// SPDX-License-Identifier: GPL-2.0-or-later
// Tasks that block others: priority inversion, and the load average.

#include <pthread.h>
#include <sched.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cmath>
#include <sstream>
#include <thread>
#include <vector>

#include "lab/acts.hpp"
#include "lab/list.hpp"

namespace hoodtrace::lab {
namespace {

// ---- priority inversion ----

constexpr std::uint64_t kHeldMs = 20;

void become_real_time(int priority) {
  use_one_cpu();
  const sched_param parameter{.sched_priority = priority};
  if (::pthread_setschedparam(::pthread_self(), SCHED_FIFO, &parameter) != 0) give_up("SCHED_FIFO");
}

// Low takes the lock and needs kHeldMs in it; high wants it; middle burns `ms` without any lock.
LabJson invert(int protocol, std::uint64_t ms) {
  pthread_mutexattr_t attributes;
  ::pthread_mutexattr_init(&attributes);
  ::pthread_mutexattr_setprotocol(&attributes, protocol);
  pthread_mutex_t lock;
  ::pthread_mutex_init(&lock, &attributes);
  std::atomic<bool> is_held{false};
  std::atomic<int> ready{0};
  std::atomic<pid_t> high_tid{0};
  std::atomic<std::uint64_t> waited_ns{0};
  std::atomic<std::uint64_t> locks_at_ns{0};
  std::thread low([&] {
    become_real_time(10);
    // While it spins below, nobody else may be able to start on a machine with one CPU.
    while (ready < 2) sleep_ms(1);
    ::pthread_mutex_lock(&lock);
    is_held = true;
    // The others want the CPU now.
    while (locks_at_ns == 0) continue;
    burn_ms(kHeldMs);
    ::pthread_mutex_unlock(&lock);
  });
  std::thread high([&] {
    become_real_time(30);
    high_tid = ::gettid();
    ready++;
    while (!is_held) sleep_ms(1);
    const std::uint64_t began_ns = now_ns();
    locks_at_ns = began_ns;
    ::pthread_mutex_lock(&lock);
    waited_ns = now_ns() - began_ns;
    ::pthread_mutex_unlock(&lock);
  });
  std::thread middle([&] {
    become_real_time(20);
    ready++;
    while (locks_at_ns == 0) sleep_ms(1);
    burn_ms(ms);
  });
  for (std::thread* thread : {&low, &high, &middle}) thread->join();
  return {{"tid", high_tid.load()}, {"waited_ns", waited_ns.load()}};
}

LabJson play_inversion(const LabSettings& settings) {
  return {{"ms", settings.ms},
          {"plain", invert(PTHREAD_PRIO_NONE, settings.ms)},
          {"inheriting", invert(PTHREAD_PRIO_INHERIT, settings.ms)}};
}

void judge_inversion(const Evidence& evidence, Verdict& verdict) {
  const LabJson& facts = evidence.facts;
  const auto ms = facts["ms"].get<double>();
  const auto blocked = [&](const char* which) {
    const LabJson& tid = facts[which]["tid"];
    return evidence.why_ns(tid, "blocked", "futex_lock") +
           evidence.why_ns(tid, "blocked", "futex_wait") +
           evidence.why_ns(tid, "idle", "futex_wait");
  };
  const auto waited = [&](const char* which) { return facts[which]["waited_ns"].get<double>(); };
  // Low's 20 ms began when high asked; the middle one woke up to 1 ms later. The time in the call is
  // the sleep, the switches and the return.
  verdict.within("plain mutex: high slept for the lock while the middle one ran",
                 (ms + static_cast<double>(kHeldMs) - 3) * 1e6, waited("plain"), blocked("plain"),
                 LabUnit::kNs);
  verdict.within("PRIO_INHERIT: high slept for the lock as long as low held it",
                 (static_cast<double>(kHeldMs) - 3) * 1e6, waited("inheriting"),
                 blocked("inheriting"), LabUnit::kNs);
  verdict.within("PRIO_INHERIT: it got the lock before the middle one had run", 0,
                 static_cast<double>(kHeldMs) * 1e6 + ms * 1e6 / 2,
                 facts["inheriting"]["waited_ns"], LabUnit::kNs);
}

std::string lacks_real_time(const LabSettings& settings) { return kClasses.lacks(settings); }

// ---- load average ----

double load_now() {
  double load = 0;
  std::istringstream(text_of("/proc/loadavg")) >> load;
  return load;
}

LabJson play_load(const LabSettings&) {
  constexpr int kTasks = 40;
  constexpr std::uint64_t kSeconds = 11;
  const double before = load_now();
  std::vector<pid_t> pids;
  const std::uint64_t began_ns = now_ns();
  for (int i = 0; i < kTasks; i++)
    pids.push_back(start_child([] {
      const pid_t inner = ::vfork();  // NOLINT(bugprone-unsafe-functions)
      if (inner == 0) {
        ::sleep(static_cast<unsigned>(kSeconds));
        ::_exit(0);
      }
      wait_for(inner);
      return 0;
    }));
  sleep_ms(kSeconds * 1000 - 200);
  const double after = load_now();
  for (const pid_t pid : pids) wait_for(pid);
  return {{"tasks", kTasks},  {"pids", pids},   {"seconds", kSeconds},
          {"before", before}, {"after", after}, {"took_ns", now_ns() - began_ns}};
}

void judge_load(const Evidence& evidence, Verdict& verdict) {
  const LabJson& facts = evidence.facts;
  const auto tasks = facts["tasks"].get<double>();
  const auto seconds = facts["seconds"].get<double>();
  // Not all need be seen: the kernel calls no tracepoint for some switches (docs/kernel-notes.md, note
  // 44), and when it is the one by which a task goes to sleep, its seconds in D are missing. Its next
  // switch-out tells by the task's counters, and it is counted.
  std::uint64_t seen = 0;
  std::uint64_t in_d = 0;
  std::uint64_t on_cpu = 0;
  for (const LabJson& pid : facts["pids"])
    if (const LabJson row = evidence.thread(pid); !row.is_null()) {
      const auto ns = row["d_sleep_ns"].get<std::uint64_t>();
      on_cpu += row["on_cpu_ns"].get<std::uint64_t>();
      if (static_cast<double>(ns) < seconds * 1e9) continue;
      seen++;
      in_d += ns;
    }
  verdict.within("tasks that were in D for 11 s",
                 std::max(tasks - static_cast<double>(evidence.unshown), 1.0), tasks, seen,
                 LabUnit::kCount);
  verdict.within("time of these in D, all together", static_cast<double>(seen) * seconds * 1e9,
                 static_cast<double>(seen) * facts["took_ns"].get<double>(), in_d, LabUnit::kNs);
  verdict.within("time that they used a CPU", 0, tasks * 50e6, on_cpu, LabUnit::kNs);
  // calc_load, kernel/sched/loadavg.c: every 5 s, load = load * e + n * (1 - e) with e = exp(-5/60).
  // Two of these times are within 10.8 s, or three. What else runs on the machine adds to it.
  const double e = std::exp(-5.0 / 60);
  const double before = facts["before"].get<double>();
  const auto load_after = [&](int times, double n) {
    double load = before;
    for (int i = 0; i < times; i++) load = load * e + n * (1 - e);
    return load;
  };
  verdict.within("one-minute load average after 11 s, of 40 tasks that use no CPU",
                 load_after(2, tasks) - 0.1, load_after(3, tasks + 10) + 0.1, facts["after"],
                 LabUnit::kCount);
}

constexpr LabBar kInversionBars[] = {
    {"plain: high", 0, 220, '.', "waits for the lock"},
    {"plain: high", 220, 240, '#', ""},
    {"plain: middle", 0, 200, '#', "burns 200 ms"},
    {"plain: middle", 200, 240, '-', ""},
    {"plain: low", 0, 200, '.', "holds the lock, cannot run"},
    {"plain: low", 200, 220, '=', ""},
    {"plain: low", 220, 240, '-', ""},
    {"inherit: high", 0, 20, '.', ""},
    {"inherit: high", 20, 40, '#', ""},
    {"inherit: high", 40, 240, '-', ""},
    {"inherit: middle", 0, 40, '.', ""},
    {"inherit: middle", 40, 240, '#', "burns 200 ms"},
    {"inherit: low", 0, 20, '=', ""},
    {"inherit: low", 20, 240, '-', ""},
};

constexpr LabBar kLoadBars[] = {
    {"after 5 s", 0, 3.2, '#', "3.2"},    {"after 15 s", 0, 8.8, '#', "8.8"},
    {"after 30 s", 0, 15.7, '#', "15.7"}, {"after 45 s", 0, 21.1, '#', "21.1"},
    {"after 60 s", 0, 25.3, '#', "25.3"}, {"tasks", 0, 40, '=', "40"},
};

}  // namespace

const Experiment kInversion = {
    "priority-inversion",
    "scheduler",
    "a middle task keeps a high one waiting, through a low one",
    "sched why",
    "why --all",
    "Three real-time threads on one CPU. Low holds a mutex and needs 20 ms in it, high waits for "
    "it, "
    "middle burns 200 ms and wants no lock. With a plain mutex middle preempts low, so high waits "
    "220 ms for somebody who has nothing to do with it. With PTHREAD_PRIO_INHERIT low runs with "
    "high's priority while high waits.",
    lacks_real_time,
    play_inversion,
    judge_inversion,
    {"ms; = in the lock", kInversionBars}};

const Experiment kLoadAverage = {
    "load-average",
    "scheduler",
    "tasks in D count as load, though they use no CPU",
    "sched",
    "sched",
    "40 tasks sleep in D for 11 s and use no CPU. Linux counts them in the load average, like "
    "runnable ones. Every 5 s the kernel moves the one-minute average towards their number n: "
    "load = load * e + n * (1 - e), e = exp(-5/60). So one minute is no half-life: after 60 s the "
    "average is 63 % of the way there, and after 42 s half of it. After 11 s, two or three steps "
    "of "
    "8 %, 40 tasks have raised it by 6.1 or 8.8.",
    lacks_nothing,
    play_load,
    judge_load,
    {"load average of 40 tasks that last, from 0", kLoadBars}};

}  // namespace hoodtrace::lab
