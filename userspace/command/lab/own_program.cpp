// SPDX-License-Identifier: GPL-2.0-or-later
#include "command/lab/own_program.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <signal.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>

#include "base/fd.hpp"

namespace hoodtrace {
namespace {

std::string last_line(const std::string& path) {
  std::ifstream file(path);
  std::string last;
  for (std::string line; std::getline(file, line);)
    if (!line.empty()) last = line;
  constexpr std::string_view kPrefix = "hoodtrace: ";
  return last.starts_with(kPrefix) ? last.substr(kPrefix.size()) : last;
}

}  // namespace

Result<std::string> own_program() {
  std::error_code error;
  const std::filesystem::path path = std::filesystem::read_symlink("/proc/self/exe", error);
  if (error) return failed(fmt::format("cannot read /proc/self/exe: {}", error.message()));
  return path.string();
}

Result<OwnRun> run_own_program(const std::string& program, const std::vector<std::string>& words,
                               const std::string& errors, std::uint64_t limit_ms) {
  std::vector<char*> argv = {const_cast<char*>(program.c_str())};
  for (const std::string& word : words) argv.push_back(const_cast<char*>(word.c_str()));
  argv.push_back(nullptr);
  const int out = ::open(errors.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  if (out < 0) return failed(fmt::format("cannot write {}: {}", errors, std::strerror(errno)));
  Fd out_owner(out);
  const pid_t pid = ::fork();
  if (pid < 0) return failed(fmt::format("cannot fork: {}", std::strerror(errno)));
  if (pid == 0) {
    const int nothing = ::open("/dev/null", O_RDONLY | O_CLOEXEC);
    ::dup2(nothing, STDIN_FILENO);
    ::dup2(out, STDOUT_FILENO);
    ::dup2(out, STDERR_FILENO);
    ::execv("/proc/self/exe", argv.data());
    ::_exit(127);
  }
  OwnRun run;
  const Fd pidfd(static_cast<int>(::syscall(SYS_pidfd_open, pid, 0)));
  pollfd wait{pidfd.get(), POLLIN, 0};
  int ready = 0;
  do ready = ::poll(&wait, 1, static_cast<int>(limit_ms));
  while (ready < 0 && errno == EINTR);
  if (ready == 0) {
    run.timed_out = true;
    ::kill(pid, SIGKILL);  // a scene ends with it
  }
  int status = 0;
  while (::waitpid(pid, &status, 0) < 0 && errno == EINTR) continue;
  run.exit_code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  run.message = last_line(errors);
  return run;
}

}  // namespace hoodtrace
