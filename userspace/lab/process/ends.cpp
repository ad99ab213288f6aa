// SPDX-License-Identifier: GPL-2.0-or-later
// Ends of processes: zombies, orphans, signals.

#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <stdexcept>

#include "lab/acts.hpp"
#include "lab/list.hpp"

namespace hoodtrace::lab {
namespace {

LabJson play_zombie(const LabSettings& settings) {
  const std::uint64_t forked_ns = now_ns();
  const pid_t child = start_child([] { return 3; });
  // WNOWAIT: it has ended, and stays a zombie.
  siginfo_t info{};
  if (::waitid(P_PID, static_cast<id_t>(child), &info, WEXITED | WNOWAIT) != 0) give_up("waitid");
  const std::uint64_t ended_ns = now_ns();
  const std::string status = text_of("/proc/" + std::to_string(child) + "/stat");
  const std::size_t at = status.rfind(") ");
  sleep_ms(settings.ms);
  const std::uint64_t reaping_ns = now_ns();
  const int code = wait_for(child);
  return {{"parent", ::getpid()},
          {"child", child},
          {"least_ns", reaping_ns - ended_ns},
          {"most_ns", now_ns() - forked_ns},
          {"state", at == std::string::npos ? "" : status.substr(at + 2, 1)},
          {"code", WEXITSTATUS(code)}};
}

void judge_zombie(const Evidence& evidence, Verdict& verdict) {
  const LabJson& facts = evidence.facts;
  const LabJson life = evidence.life(facts["child"]);
  verdict.within("time as a zombie", facts["least_ns"].get<double>(),
                 facts["most_ns"].get<double>(), value_of(life, "zombie_ns"), LabUnit::kNs);
  verdict.equal("thread that reaped it", facts["parent"], value_of(life, "reaped_by_tid"));
  verdict.equal("exit code, kept until then", 3, value_of(life, "exit_code"), facts["code"]);
  verdict.equal("state in /proc meanwhile", "Z", facts["state"], nullptr, LabUnit::kText);
}

// The child has a child and ends; the scene is a subreaper.
LabJson play_orphan(const LabSettings&) {
  if (::prctl(PR_SET_CHILD_SUBREAPER, 1) != 0) give_up("prctl");
  int ends[2];
  if (::pipe(ends) != 0) give_up("pipe");
  const pid_t child = start_child([&] {
    const pid_t own = ::getpid();
    const pid_t orphan = ::fork();
    if (orphan != 0) return 0;
    while (::getppid() == own) sleep_ms(1);
    const pid_t pids[2] = {::getpid(), ::getppid()};
    (void)!::write(ends[1], pids, sizeof(pids));
    ::_exit(0);
  });
  wait_for(child);
  pid_t pids[2] = {};
  if (::read(ends[0], pids, sizeof(pids)) != sizeof(pids)) throw std::runtime_error("no orphan");
  wait_for(pids[0]);
  return {{"scene", ::getpid()}, {"child", child}, {"orphan", pids[0]}, {"adopter", pids[1]}};
}

void judge_orphan(const Evidence& evidence, Verdict& verdict) {
  const LabJson& facts = evidence.facts;
  const LabJson life = evidence.life(facts["orphan"]);
  const LabJson adopted = value_of(life, "adopted");
  verdict.equal("parent at its birth", facts["child"], value_of(life, "parent_pid"));
  verdict.equal("process that adopted it", facts["scene"],
                adopted.empty() ? LabJson() : adopted.back()["parent_pid"], facts["adopter"]);
  verdict.equal("thread that reaped it", facts["scene"], value_of(life, "reaped_by_tid"));
}

LabJson play_signals(const LabSettings&) {
  int ready[2];
  if (::pipe(ready) != 0) give_up("pipe");
  const auto start = [&](const std::function<int()>& act) {
    const pid_t pid = start_child([&] {
      (void)!::write(ready[1], "x", 1);
      return act();
    });
    char byte = 0;
    (void)!::read(ready[0], &byte, 1);
    return pid;
  };
  const auto wait_in_pause = [] {
    for (;;) ::pause();
    return 0;
  };
  const pid_t ended = start(wait_in_pause);
  ::kill(ended, SIGTERM);
  const int ended_status = wait_for(ended);
  const pid_t crashed = start([] {
    volatile char* const nothing = nullptr;
    *nothing = 1;
    return 0;
  });
  const int crashed_status = wait_for(crashed);
  const pid_t handled = start([] {
    ::signal(SIGTERM, [](int) { ::_exit(5); });
    ::raise(SIGTERM);
    return 0;
  });
  const int handled_status = wait_for(handled);
  return {{"scene", ::getpid()},
          {"ended", ended},
          {"crashed", crashed},
          {"handled", handled},
          {"ended_signal", WTERMSIG(ended_status)},
          {"crashed_signal", WTERMSIG(crashed_status)},
          {"handled_code", WEXITSTATUS(handled_status)}};
}

void judge_signals(const Evidence& evidence, Verdict& verdict) {
  const LabJson& facts = evidence.facts;
  const LabJson ended = evidence.life(facts["ended"]);
  const LabJson crashed = evidence.life(facts["crashed"]);
  const LabJson handled = evidence.life(facts["handled"]);
  const LabJson killer = value_of(ended, "killed_by");
  verdict.equal("signal that ended the first child", SIGTERM, value_of(ended, "exit_signal"),
                facts["ended_signal"]);
  verdict.equal("process that sent it", facts["scene"], value_of(killer, "pid"));
  verdict.equal("signal that ended the second one, of its own access", SIGSEGV,
                value_of(crashed, "exit_signal"), facts["crashed_signal"]);
  verdict.equal("exit code of the third one, which handled its signal", 5,
                value_of(handled, "exit_code"), facts["handled_code"]);
  verdict.equal("signal that ended it", nullptr, value_of(handled, "exit_signal"));
}

constexpr LabBar kZombieBars[] = {
    {"child", 0, 10, '#', ""},
    {"child", 10, 210, '.', "zombie: pid, exit code, counters"},
    {"child", 210, 212, '|', ""},
    {"parent", 0, 210, '-', "sleeps"},
    {"parent", 210, 230, '#', "wait4()"},
};

}  // namespace

const Experiment kZombie = {"zombie",
                            "processes",
                            "a process that has ended waits for its parent",
                            "procs",
                            "procs",
                            "A child ends at once; the parent looks 200 ms later. Meanwhile the "
                            "child is a zombie: it has no "
                            "memory and no files any more, only its pid, its exit code and its "
                            "counters, which the parent's "
                            "wait4() takes. The time as a zombie is from the exit until that call.",
                            lacks_nothing,
                            play_zombie,
                            judge_zombie,
                            {"ms; | reaped", kZombieBars}};

const Experiment kOrphan = {
    "orphan",
    "processes",
    "an orphan goes to the nearest subreaper, which need not be init",
    "procs",
    "procs",
    "A child has a child and ends. The books say that init adopts the orphan. The kernel looks for "
    "another thread of the parent's process first, then for the nearest ancestor that called "
    "prctl(PR_SET_CHILD_SUBREAPER) (find_new_reaper, kernel/exit.c), and takes init of the pid "
    "namespace last. systemd --user and container supervisors are subreapers; here the scene is "
    "one.",
    lacks_nothing,
    play_orphan,
    judge_orphan};

const Experiment kSignals = {
    "signals",
    "processes",
    "which signal ended a process, and who sent it",
    "procs",
    "procs",
    "Three children: one is sent SIGTERM by the scene, one writes to address 0 and gets SIGSEGV "
    "from "
    "the kernel, one handles its SIGTERM and exits with code 5: a signal that is handled does not "
    "end a process, the handler's _exit() does. The wait status is the independent source.",
    lacks_nothing,
    play_signals,
    judge_signals};

}  // namespace hoodtrace::lab
