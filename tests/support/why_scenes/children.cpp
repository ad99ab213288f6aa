// SPDX-License-Identifier: GPL-2.0-or-later
// Children: one that is waited for, one that is reaped late, one of vfork.

#include <sys/wait.h>
#include <unistd.h>

#include <ctime>

#include "support/why_scenes/scenes.hpp"

namespace why_scenes {

void play_children(const Script& script, Notes& notes) {
  const std::uint64_t us = script.number("ms", 50) * 1000;
  notes.begin("parent");
  const pid_t child = notes.fork("child", [us] { sleep_us(us); });
  {
    const Waiting waiting(notes, "wait4");
    ::waitpid(child, nullptr, 0);
  }
  // A zombie while its parent sleeps.
  const pid_t early = notes.fork("early", [] {});
  siginfo_t ended{};
  while (::waitid(P_PID, static_cast<id_t>(early), &ended, WEXITED | WNOHANG | WNOWAIT) == 0 &&
         ended.si_pid == 0)
    sleep_us(1000);
  {
    const Waiting waiting(notes, "nap");
    sleep_us(us);
  }
  ::waitpid(early, nullptr, 0);
  {
    const Waiting waiting(notes, "vfork");
    const timespec time{0, static_cast<long>(us * 1000)};
    const pid_t borrower = ::vfork();
    if (borrower == 0) {
      ::nanosleep(&time, nullptr);
      ::_exit(0);
    }
    notes.fact("borrower", static_cast<std::uint64_t>(borrower));
  }
  ::waitpid(-1, nullptr, 0);
  notes.end();
}

}  // namespace why_scenes
