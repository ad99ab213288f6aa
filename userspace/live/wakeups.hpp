// SPDX-License-Identifier: GPL-2.0-or-later
// The events that a live run waits for: the rings, the ends of the traced processes, signals, and a
// time.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "base/fd.hpp"
#include "base/result.hpp"

namespace hoodtrace {

class Wakeups {
 public:
  // SIGINT and SIGTERM ask for the end (a second one, 0.3 s later or more, ends the program at
  // once), with `marks`
  // SIGUSR1 for a mark.
  static Result<Wakeups> create(bool marks);

  Result<void> watch_ring(int fd);
  // Wakes when it is readable; the caller finds out why.
  Result<void> watch_command(int pidfd);
  // Keeps them.
  Result<void> watch_processes(std::vector<Fd> pidfds);

  // Until something happens, or this time of CLOCK_BOOTTIME has come.
  Result<void> wait(std::uint64_t until_ns);

  [[nodiscard]] bool stop_asked() const { return stop_asked_; }
  [[nodiscard]] bool mark_asked() const { return mark_asked_; }
  void mark_is_made() { mark_asked_ = false; }
  [[nodiscard]] bool watches_processes() const { return !processes_.empty(); }
  [[nodiscard]] bool processes_ended() const { return left_ == 0; }

 private:
  enum Tag { kRing, kSignal, kCommand, kProcess };

  Wakeups() = default;
  Result<void> watch(int fd, Tag tag);
  void take_signal();

  Fd epoll_;
  Fd signals_;
  std::vector<Fd> processes_;
  std::size_t left_ = 0;  // processes that have not ended
  bool stop_asked_ = false;
  bool mark_asked_ = false;
};

}  // namespace hoodtrace
