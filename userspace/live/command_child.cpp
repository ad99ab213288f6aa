// SPDX-License-Identifier: GPL-2.0-or-later
#include "live/command_child.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstring>

namespace hoodtrace {
namespace {

constexpr int kExecFailed = 127;

// After the fork: only async-signal-safe calls.
[[noreturn]] void run_child(int go, int failure, char* const* argv) {
  char byte = 0;
  if (::read(go, &byte, 1) != 1) ::_exit(kExecFailed);
  ::signal(SIGPIPE, SIG_DFL);
  sigset_t none;
  ::sigemptyset(&none);
  ::sigprocmask(SIG_SETMASK, &none, nullptr);
  ::execvp(argv[0], argv);
  const int error = errno;
  (void)!::write(failure, &error, sizeof(error));
  ::_exit(kExecFailed);
}

}  // namespace

Result<CommandChild> CommandChild::start(const std::vector<std::string>& command) {
  int go[2];
  int failure[2];
  if (::pipe2(go, O_CLOEXEC) != 0) return failed(fmt::format("pipe: {}", std::strerror(errno)));
  Fd go_read(go[0]);
  CommandChild child;
  child.go_ = Fd(go[1]);
  if (::pipe2(failure, O_CLOEXEC) != 0)
    return failed(fmt::format("pipe: {}", std::strerror(errno)));
  child.failure_ = Fd(failure[0]);
  Fd failure_write(failure[1]);

  child.name_ = command.front();
  std::vector<char*> argv;
  argv.reserve(command.size() + 1);
  for (const std::string& word : command) argv.push_back(const_cast<char*>(word.c_str()));
  argv.push_back(nullptr);

  const pid_t pid = ::fork();
  if (pid < 0) return failed(fmt::format("cannot fork: {}", std::strerror(errno)));
  if (pid == 0) {
    ::close(go[1]);  // else the child would hold its own gate open
    run_child(go[0], failure[1], argv.data());
  }
  child.pid_ = pid;
  child.pidfd_ = Fd(static_cast<int>(::syscall(SYS_pidfd_open, pid, 0)));
  if (!child.pidfd_) return failed(fmt::format("pidfd_open: {}", std::strerror(errno)));
  return child;
}

CommandChild::~CommandChild() {
  if (pid_ == 0 || !go_) return;
  go_.reset();
  ::waitpid(pid_, nullptr, 0);
}

Result<void> CommandChild::release() {
  const char byte = 1;
  if (::write(go_.get(), &byte, 1) != 1)
    return failed(fmt::format("cannot start {}: {}", name_, std::strerror(errno)));
  go_.reset();
  int error = 0;
  // The write end closes at the exec: then there is nothing to read.
  const ssize_t got = ::read(failure_.get(), &error, sizeof(error));
  if (got != static_cast<ssize_t>(sizeof(error))) return {};
  reap();
  if (error == ENOENT)
    return failed(fmt::format("no such command: {}; give a path or a name in PATH", name_));
  return failed(fmt::format("cannot run {}: {}", name_, std::strerror(error)));
}

std::optional<int> CommandChild::reap() {
  int status = 0;
  if (!status_ && ::waitpid(pid_, &status, WNOHANG) == pid_) status_ = status;
  return status_;
}

}  // namespace hoodtrace
