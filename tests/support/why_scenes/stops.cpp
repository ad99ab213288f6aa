// SPDX-License-Identifier: GPL-2.0-or-later
// Stops: of a sleeper and of a spinner by a signal, of a sleeper by a tracer.

#include <sys/ptrace.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <string>

#include "support/why_scenes/scenes.hpp"

namespace why_scenes {
namespace {

// How long it was stopped at least and at most, as its parent knows.
void note_stop(Notes& notes, const std::string& name, std::uint64_t asked_ns, std::uint64_t seen_ns,
               std::uint64_t let_go_ns) {
  notes.fact((name + "_least_ns").c_str(), let_go_ns - seen_ns);
  notes.fact((name + "_most_ns").c_str(), now_ns() - asked_ns);
}

void stop_by_signal(Notes& notes, const std::string& name, pid_t child, std::uint64_t us) {
  const std::uint64_t asked_ns = now_ns();
  ::kill(child, SIGSTOP);
  ::waitpid(child, nullptr, WUNTRACED);
  const std::uint64_t seen_ns = now_ns();
  sleep_us(us);
  const std::uint64_t let_go_ns = now_ns();
  ::kill(child, SIGCONT);
  ::waitpid(child, nullptr, WCONTINUED);
  note_stop(notes, name, asked_ns, seen_ns, let_go_ns);
}

}  // namespace

void play_stops(const Script& script, Notes& notes) {
  const std::uint64_t us = script.number("ms", 100) * 1000;
  std::atomic<std::uint32_t>* over = shared_flags(1);
  notes.begin("stopper");
  const pid_t napper = notes.fork("napper", [&] {
    const Waiting waiting(notes, "nap");
    sleep_us(8 * us);
  });
  sleep_us(us / 2);
  stop_by_signal(notes, "napper", napper, us);
  ::waitpid(napper, nullptr, 0);

  const pid_t spinner = notes.fork("spinner", [over] {
    while (*over == 0) continue;
  });
  sleep_us(us / 2);
  stop_by_signal(notes, "spinner", spinner, us);
  *over = 1;
  ::waitpid(spinner, nullptr, 0);

  const pid_t traced = notes.fork("traced", [&] {
    const Waiting waiting(notes, "nap");
    sleep_us(8 * us);
  });
  sleep_us(us / 2);
  if (::ptrace(PTRACE_SEIZE, traced, nullptr, nullptr) != 0)
    cannot("this kernel permits no ptrace");
  const std::uint64_t asked_ns = now_ns();
  ::ptrace(PTRACE_INTERRUPT, traced, nullptr, nullptr);
  ::waitpid(traced, nullptr, __WALL);
  const std::uint64_t seen_ns = now_ns();
  sleep_us(us);
  const std::uint64_t let_go_ns = now_ns();
  ::ptrace(PTRACE_DETACH, traced, nullptr, nullptr);
  note_stop(notes, "traced", asked_ns, seen_ns, let_go_ns);
  ::waitpid(traced, nullptr, 0);
  notes.end();
}

}  // namespace why_scenes
