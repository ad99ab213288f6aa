// SPDX-License-Identifier: GPL-2.0-or-later
#include "terminal/guardian.hpp"

#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>

namespace hoodtrace {
namespace {

// In the child: only what is allowed after a fork().
[[noreturn]] void guard(int pipe, const termios& settings, const std::string& restore) {
  ::prctl(PR_SET_NAME, "hoodtrace-tty");
  ::dup2(pipe, 3);
  ::close_range(4, ~0U, 0);
  // Not in the foreground: no key of the terminal stops or ends it, and it may still set it.
  ::setpgid(0, 0);
  sigset_t all;
  ::sigfillset(&all);
  ::sigprocmask(SIG_BLOCK, &all, nullptr);
  char byte = 0;
  ssize_t got = 0;
  while ((got = ::read(3, &byte, 1)) < 0 && errno == EINTR) {
  }
  if (got != 0) ::_exit(0);
  (void)!::write(STDOUT_FILENO, restore.data(), restore.size());
  ::tcsetattr(STDOUT_FILENO, TCSADRAIN, &settings);
  ::_exit(0);
}

}  // namespace

Guardian::Guardian(const std::string& restore) {
  termios settings{};
  int ends[2];
  if (::tcgetattr(STDOUT_FILENO, &settings) != 0 || ::pipe2(ends, O_CLOEXEC) != 0) return;
  const Fd reading(ends[0]);
  pipe_ = Fd(ends[1]);
  pid_ = ::fork();
  if (pid_ == 0) guard(reading.get(), settings, restore);
}

Guardian::~Guardian() {
  if (pid_ <= 0) return;
  const char byte = 1;
  (void)!::write(pipe_.get(), &byte, 1);
  pipe_.reset();
  while (::waitpid(pid_, nullptr, 0) < 0 && errno == EINTR) {
  }
}

}  // namespace hoodtrace
