// SPDX-License-Identifier: GPL-2.0-or-later
// From fork to the end: phases, vfork, threads.

#include <fcntl.h>
#include <pthread.h>
#include <sys/wait.h>
#include <unistd.h>

#include <thread>

#include "lab/acts.hpp"
#include "lab/list.hpp"

namespace hoodtrace::lab {
namespace {

constexpr int kCode = 7;

// to - from; null when one of them is not known.
LabJson elapsed(const LabJson& from, const LabJson& to) {
  if (!from.is_number() || !to.is_number()) return nullptr;
  return to.get<std::uint64_t>() - from.get<std::uint64_t>();
}

LabJson exec_of(const LabJson& life) {
  const LabJson execs = value_of(life, "execs");
  for (const LabJson& exec : execs)
    if (exec["failed_errno"].is_null()) return exec["time_ns"];
  return nullptr;
}

// Executes a shell that ends with kCode after `ms`; it only builds on what every system has.
[[noreturn]] void execute_nap(std::uint64_t ms) {
  const std::string script = "sleep " + std::to_string(ms / 1000) + "." +
                             std::to_string(1000 + ms % 1000).substr(1) + "; exit " +
                             std::to_string(kCode);
  ::execl("/bin/sh", "sh", "-c", script.c_str(), static_cast<char*>(nullptr));
  ::_exit(127);
}

LabJson play_fork_exec(const LabSettings& settings) {
  const std::uint64_t began_ns = now_ns();
  const pid_t child = start_child([&]() -> int {
    sleep_ms(settings.ms);
    execute_nap(2 * settings.ms);
  });
  const int status = wait_for(child);
  return {{"child", child},
          {"ms", settings.ms},
          {"code", WIFEXITED(status) ? WEXITSTATUS(status) : -1},
          {"took_ns", now_ns() - began_ns}};
}

void judge_fork_exec(const Evidence& evidence, Verdict& verdict) {
  const LabJson& facts = evidence.facts;
  const auto ms = facts["ms"].get<double>();
  const auto took = facts["took_ns"].get<double>();
  const LabJson life = evidence.life(facts["child"]);
  const LabJson exec = exec_of(life);
  verdict.within("from the first run to exec: it slept", ms * 1e6, took,
                 elapsed(value_of(life, "first_run_ns"), exec), LabUnit::kNs);
  verdict.within("from exec to the end: the program slept twice as long", 2 * ms * 1e6, took,
                 elapsed(exec, value_of(life, "exit_ns")), LabUnit::kNs);
  verdict.within("from fork to reaped, as long as the parent waited", 3 * ms * 1e6, took,
                 elapsed(value_of(life, "fork_ns"), value_of(life, "reaped_ns")), LabUnit::kNs);
  verdict.equal("exit code", kCode, value_of(life, "exit_code"), facts["code"]);
}

LabJson play_vfork(const LabSettings& settings) {
  const auto sleep_us = static_cast<useconds_t>(settings.ms * 1000);
  const std::uint64_t began_ns = now_ns();
  const pid_t child = ::vfork();  // NOLINT(bugprone-unsafe-functions)
  if (child == 0) {
    ::usleep(sleep_us);
    ::_exit(kCode);
  }
  const std::uint64_t returned_ns = now_ns();
  const int status = wait_for(child);
  return {{"parent", ::getpid()},
          {"child", child},
          {"ms", settings.ms},
          {"call_ns", returned_ns - began_ns},
          {"code", WIFEXITED(status) ? WEXITSTATUS(status) : -1}};
}

void judge_vfork(const Evidence& evidence, Verdict& verdict) {
  const LabJson& facts = evidence.facts;
  const auto ms = facts["ms"].get<double>();
  // The sleep begins and ends by the run queue's clock, and the call by that of the boot: in an emulated
  // guest they differed by 1 %.
  const double call = facts["call_ns"].get<double>() * 1.02;
  const LabJson parent = evidence.thread(facts["parent"]);
  verdict.within("sleep of the parent in D, for the child's whole time", ms * 1e6, call,
                 value_of(parent, "uninterruptible_ns"), LabUnit::kNs);
  verdict.within("by cause: vfork", ms * 1e6, call,
                 evidence.why_ns(facts["parent"], "blocked", "vfork"), LabUnit::kNs);
  // It touches a few pages of the parent's, such as its stack.
  verdict.within("page faults of the child, which uses the parent's memory", 0, 20,
                 value_of(evidence.life(facts["child"]), "min_flt"), LabUnit::kCount);
  verdict.equal("exit code", kCode, value_of(evidence.life(facts["child"]), "exit_code"),
                facts["code"]);
}

LabJson play_threads(const LabSettings&) {
  constexpr int kThreads = 5;
  LabJson tids = LabJson::array();
  std::uint64_t seen = 0;
  {
    pthread_barrier_t barrier;
    ::pthread_barrier_init(&barrier, nullptr, kThreads + 1);
    std::vector<pid_t> numbers(kThreads);
    std::vector<std::thread> threads;
    for (int i = 0; i < kThreads; i++)
      threads.emplace_back([&, i] {
        numbers[static_cast<std::size_t>(i)] = ::gettid();
        ::pthread_barrier_wait(&barrier);
        ::pthread_barrier_wait(&barrier);
      });
    ::pthread_barrier_wait(&barrier);
    seen = static_cast<std::uint64_t>(number_in("/proc/self/status", "Threads:"));
    ::pthread_barrier_wait(&barrier);
    for (std::thread& thread : threads) thread.join();
    ::pthread_barrier_destroy(&barrier);
    for (const pid_t tid : numbers) tids.push_back(tid);
  }
  return {{"pid", ::getpid()}, {"tids", tids}, {"threads", seen}};
}

void judge_threads(const Evidence& evidence, Verdict& verdict) {
  const LabJson& facts = evidence.facts;
  const LabJson life = evidence.life(facts["pid"]);
  verdict.equal("threads of the process", facts["tids"].size() + 1, value_of(life, "threads"),
                facts["threads"]);
  std::uint64_t of_it = 0;
  for (const LabJson& tid : facts["tids"])
    if (value_of(evidence.thread(tid), "pid") == facts["pid"]) of_it++;
  verdict.equal("threads with a tid of their own and the pid of the process", facts["tids"].size(),
                of_it);
  std::uint64_t processes = 0;
  for (const LabJson& tid : facts["tids"])
    if (!evidence.life(tid).is_null()) processes++;
  verdict.equal("new processes", 0, processes);
}

constexpr LabBar kForkBars[] = {
    {"child", 0, 10, '.', "fork"},
    {"child", 10, 210, '#', "first run: 200 ms"},
    {"child", 210, 610, '=', "exec: 400 ms"},
    {"child", 610, 620, '|', ""},
    {"parent", 0, 610, '-', "wait4()"},
    {"parent", 610, 620, '#', ""},
};

constexpr LabBar kVforkBars[] = {
    {"parent", 0, 10, '#', ""},
    {"parent", 10, 210, '-', "D: uninterruptible sleep"},
    {"parent", 210, 230, '#', ""},
    {"child", 0, 10, '-', ""},
    {"child", 10, 210, '=', "in the parent's memory"},
    {"child", 210, 212, '|', ""},
};

}  // namespace

const Experiment kForkExec = {
    "fork-exec",
    "processes",
    "the phases of a life: fork, first run, exec, exit, reaped",
    "procs",
    "procs",
    "A child sleeps 200 ms, executes a program that sleeps 400 ms, and ends with code 7. exec "
    "changes "
    "the program and keeps the process: its pid, its parent and its age. Each phase "
    "is "
    "as long as the sleep in it, or longer, and all of them together are no longer than the time "
    "that the parent measured.",
    lacks_nothing,
    play_fork_exec,
    judge_fork_exec,
    {"ms; | exit, reaped", kForkBars}};

const Experiment kVfork = {
    "vfork",
    "processes",
    "the parent of a vfork sleeps until the child executes or ends",
    "procs sched why",
    "procs; sched; why --all",
    "The child of vfork() runs in the parent's memory, so the parent must not run: it sleeps, "
    "uninterruptibly (D, though no disk is involved), until the child executes a program or ends "
    "(wait_for_vfork_done, kernel/fork.c). The child sleeps 200 ms before it ends; so long the "
    "parent is in D, in a system call that hoodtrace names. No page is copied. fork() would return "
    "at once and make page tables for all of the parent's memory.",
    lacks_nothing,
    play_vfork,
    judge_vfork,
    {"ms; | exit", kVforkBars}};

const Experiment kThreads = {
    "threads",
    "processes",
    "threads share the pid and have tids of their own",
    "procs sched",
    "procs; sched",
    "pthread_create() is clone() with CLONE_VM, CLONE_FILES, CLONE_SIGHAND and CLONE_THREAD: a new "
    "task of the kernel in the same process. Five of them make a process of six tasks, six tids "
    "and "
    "one pid, and no new process. `Threads:` of /proc/self/status is the independent count.",
    lacks_nothing,
    play_threads,
    judge_threads};

}  // namespace hoodtrace::lab
