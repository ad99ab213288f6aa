// SPDX-License-Identifier: GPL-2.0-or-later
// A program that a test starts: its input, its output, its end, none of which it waits for forever.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <string>
#include <vector>

#include "base/fd.hpp"

namespace hoodtrace::testing {

class ChildProcess {
 public:
  // argv[0] is a path. A program that cannot be started exits with 127.
  explicit ChildProcess(const std::vector<std::string>& argv);
  ChildProcess(const ChildProcess&) = delete;
  ChildProcess& operator=(const ChildProcess&) = delete;
  // Kills it (and only it) when it still runs.
  ~ChildProcess();

  [[nodiscard]] pid_t pid() const { return pid_; }

  void write_input(const std::string& text);
  void close_input();

  // Reads until its standard error has shown `text`. False on its end or after the timeout.
  bool wait_for_error(const std::string& text, std::chrono::seconds timeout);

  // Reads all it prints until it ends. Its exit code; 128 + the signal when a signal ended it; -1
  // after the timeout (then it was killed).
  int wait(std::chrono::seconds timeout);

  void signal(int number) const;

  [[nodiscard]] const std::string& output() const { return output_; }
  [[nodiscard]] const std::string& error() const { return error_; }

 private:
  bool read_some(std::chrono::steady_clock::time_point deadline);

  pid_t pid_ = 0;
  int status_ = -1;
  Fd input_;
  Fd output_fd_;
  Fd error_fd_;
  std::string output_;
  std::string error_;
};

}  // namespace hoodtrace::testing
