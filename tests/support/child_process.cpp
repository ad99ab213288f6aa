// SPDX-License-Identifier: GPL-2.0-or-later
#include "support/child_process.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <stdexcept>

namespace hoodtrace::testing {
namespace {

struct Pipe {
  Pipe() {
    int ends[2];
    if (::pipe2(ends, O_CLOEXEC) != 0) throw std::runtime_error("pipe2");
    read = Fd(ends[0]);
    write = Fd(ends[1]);
  }
  Fd read;
  Fd write;
};

void take(Fd& fd, std::string& into) {
  char bytes[65536];
  const ssize_t got = ::read(fd.get(), bytes, sizeof(bytes));
  if (got > 0)
    into.append(bytes, static_cast<std::size_t>(got));
  else
    fd.reset();
}

}  // namespace

ChildProcess::ChildProcess(const std::vector<std::string>& argv) {
  Pipe in;
  Pipe out;
  Pipe err;
  std::vector<char*> words;
  for (const std::string& word : argv) words.push_back(const_cast<char*>(word.c_str()));
  words.push_back(nullptr);
  pid_ = ::fork();
  if (pid_ < 0) throw std::runtime_error("fork");
  if (pid_ == 0) {
    ::dup2(in.read.get(), STDIN_FILENO);
    ::dup2(out.write.get(), STDOUT_FILENO);
    ::dup2(err.write.get(), STDERR_FILENO);
    ::execv(words[0], words.data());
    ::_exit(127);
  }
  input_ = std::move(in.write);
  output_fd_ = std::move(out.read);
  error_fd_ = std::move(err.read);
}

ChildProcess::~ChildProcess() {
  if (status_ != -1) return;
  ::kill(pid_, SIGKILL);
  ::waitpid(pid_, nullptr, 0);
}

void ChildProcess::write_input(const std::string& text) {
  // A child that has ended reads nothing; wait() returns how it ended.
  const auto before = std::signal(SIGPIPE, SIG_IGN);
  (void)!::write(input_.get(), text.data(), text.size());
  std::signal(SIGPIPE, before);
}

void ChildProcess::close_input() { input_.reset(); }

bool ChildProcess::read_some(std::chrono::steady_clock::time_point deadline) {
  const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(
      deadline - std::chrono::steady_clock::now());
  if (left.count() <= 0) return false;
  pollfd fds[2] = {{output_fd_ ? output_fd_.get() : -1, POLLIN, 0},
                   {error_fd_ ? error_fd_.get() : -1, POLLIN, 0}};
  if (::poll(fds, 2, static_cast<int>(left.count())) < 0) return true;
  if (fds[0].revents != 0) take(output_fd_, output_);
  if (fds[1].revents != 0) take(error_fd_, error_);
  return true;
}

bool ChildProcess::wait_for_error(const std::string& text, std::chrono::seconds timeout) {
  const auto deadline = std::chrono::steady_clock::now() + timeout;
  while (error_.find(text) == std::string::npos)
    if (!error_fd_ || !read_some(deadline)) return false;
  return true;
}

int ChildProcess::wait(std::chrono::seconds timeout) {
  const auto deadline = std::chrono::steady_clock::now() + timeout;
  while (output_fd_ || error_fd_)
    if (!read_some(deadline)) break;
  while (::waitpid(pid_, &status_, WNOHANG) == 0) {
    if (std::chrono::steady_clock::now() >= deadline) {
      ::kill(pid_, SIGKILL);
      ::waitpid(pid_, &status_, 0);
      return -1;
    }
    ::usleep(2000);
  }
  return WIFEXITED(status_) ? WEXITSTATUS(status_) : 128 + WTERMSIG(status_);
}

void ChildProcess::signal(int number) const { ::kill(pid_, number); }

}  // namespace hoodtrace::testing
