// SPDX-License-Identifier: GPL-2.0-or-later
// The command after --: forked at once, stopped before its exec until released.
#pragma once

#include <sys/types.h>

#include <optional>
#include <string>
#include <vector>

#include "base/fd.hpp"
#include "base/result.hpp"

namespace hoodtrace {

class CommandChild {
 public:
  // Looks the command up in PATH, and forks. An error when there is none of that name. Signals
  // blocked in this process are unblocked in the child.
  // `is_silent`: its standard input, output and error are /dev/null.
  static Result<CommandChild> start(const std::vector<std::string>& command,
                                    bool is_silent = false);
  CommandChild(CommandChild&&) = default;
  CommandChild& operator=(CommandChild&&) = delete;
  // A child that was never released ends without an exec.
  ~CommandChild();

  [[nodiscard]] pid_t pid() const { return pid_; }

  // Lets it exec. An error when the exec failed: no such file, not executable.
  Result<void> release();

  // Readable once it has ended.
  [[nodiscard]] int pidfd() const { return pidfd_.get(); }

  // Its wait status once it has ended; does not wait.
  std::optional<int> reap();

 private:
  CommandChild() = default;

  pid_t pid_ = 0;
  std::string name_;     // as it was given
  std::string program_;  // its path
  Fd pidfd_;
  Fd go_;       // closing or writing it lets the child go on
  Fd failure_;  // the child writes errno here when its exec fails
  std::optional<int> status_;
};

}  // namespace hoodtrace
