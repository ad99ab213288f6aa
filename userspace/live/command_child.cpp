// SPDX-License-Identifier: GPL-2.0-or-later
#include "live/command_child.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <string_view>
#include <utility>

namespace hoodtrace {
namespace {

constexpr int kExecFailed = 127;

bool is_program(const std::string& path) {
  struct stat status {};
  return ::stat(path.c_str(), &status) == 0 && S_ISREG(status.st_mode) &&
         ::faccessat(AT_FDCWD, path.c_str(), X_OK, AT_EACCESS) == 0;
}

Error no_such_command(const std::string& name) {
  return failed(fmt::format("no such command: {}; give a path or a name in PATH", name));
}

// The path that execvp(3) would execute: the search would show as failed execs of the target if the
// child did it.
Result<std::string> find_program(const std::string& name) {
  if (name.empty()) return no_such_command(name);
  if (name.find('/') != std::string::npos) return name;
  const char* path = ::getenv("PATH");
  std::string_view left = path == nullptr ? "/bin:/usr/bin" : path;
  bool is_there = false;
  while (true) {
    const std::size_t end = left.find(':');
    const std::string_view folder = left.substr(0, end);
    // An empty entry is the working directory.
    const std::string at = folder.empty() ? "./" + name : fmt::format("{}/{}", folder, name);
    if (is_program(at)) return at;
    struct stat status {};
    is_there = is_there || (::stat(at.c_str(), &status) == 0 && S_ISREG(status.st_mode));
    if (end == std::string_view::npos) break;
    left.remove_prefix(end + 1);
  }
  if (is_there) return failed(fmt::format("cannot run {}: {}", name, std::strerror(EACCES)));
  return no_such_command(name);
}

// After the fork: only async-signal-safe calls. `shell_argv` is what a file without a format that
// the kernel knows is run by, as execvp(3) does.
[[noreturn]] void run_child(int go, int failure, const char* program, char* const* argv,
                            char* const* shell_argv, bool is_silent) {
  char byte = 0;
  if (::read(go, &byte, 1) != 1) ::_exit(kExecFailed);
  ::signal(SIGPIPE, SIG_DFL);
  sigset_t none;
  ::sigemptyset(&none);
  ::sigprocmask(SIG_SETMASK, &none, nullptr);
  if (is_silent) {
    const int nothing = ::open("/dev/null", O_RDWR | O_CLOEXEC);
    for (const int fd : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) ::dup2(nothing, fd);
  }
  ::execv(program, argv);
  if (errno == ENOEXEC) ::execv(shell_argv[0], shell_argv);
  const int error = errno;
  (void)!::write(failure, &error, sizeof(error));
  ::_exit(kExecFailed);
}

}  // namespace

Result<CommandChild> CommandChild::start(const std::vector<std::string>& command, bool is_silent) {
  Result<std::string> program = find_program(command.front());
  if (!program) return program.error();
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
  child.program_ = std::move(*program);
  std::vector<char*> argv;
  argv.reserve(command.size() + 1);
  for (const std::string& word : command) argv.push_back(const_cast<char*>(word.c_str()));
  argv.push_back(nullptr);
  std::string shell = "/bin/sh";
  std::vector<char*> shell_argv = argv;
  shell_argv.front() = const_cast<char*>(child.program_.c_str());
  shell_argv.insert(shell_argv.begin(), shell.data());

  const pid_t pid = ::fork();
  if (pid < 0) return failed(fmt::format("cannot fork: {}", std::strerror(errno)));
  if (pid == 0) {
    ::close(go[1]);  // else the child would hold its own gate open
    run_child(go[0], failure[1], child.program_.c_str(), argv.data(), shell_argv.data(), is_silent);
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
  struct stat status {};
  if (error == ENOENT && ::stat(program_.c_str(), &status) == 0)
    return failed(fmt::format("cannot run {}: the interpreter that it names is missing", name_));
  if (error == ENOENT) return no_such_command(name_);
  return failed(fmt::format("cannot run {}: {}", name_, std::strerror(error)));
}

std::optional<int> CommandChild::reap() {
  int status = 0;
  if (!status_ && ::waitpid(pid_, &status, WNOHANG) == pid_) status_ = status;
  return status_;
}

}  // namespace hoodtrace
