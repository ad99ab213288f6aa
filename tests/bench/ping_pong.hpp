// SPDX-License-Identifier: GPL-2.0-or-later
// Two processes on one CPU that hand a byte back and forth: two context switches per round trip, as
// fast as this machine makes them.
#pragma once

#include <sys/types.h>

#include <memory>

namespace hoodtrace::bench {

class PingPong {
 public:
  // Forks both; they sleep until a burst. Null when that fails.
  static std::unique_ptr<PingPong> start(unsigned cpu);
  PingPong(const PingPong&) = delete;
  PingPong& operator=(const PingPong&) = delete;
  ~PingPong();

  // Nanoseconds per context switch, averaged over that number of round trips; the pair measures
  // them itself.
  double burst(unsigned round_trips);

  // One of the two.
  [[nodiscard]] pid_t pid() const { return pids_[0]; }

 private:
  PingPong() = default;

  pid_t pids_[2] = {0, 0};
  int order_ = -1;   // round trips to do
  int result_ = -1;  // nanoseconds they took
};

}  // namespace hoodtrace::bench
