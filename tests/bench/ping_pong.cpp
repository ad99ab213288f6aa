// SPDX-License-Identifier: GPL-2.0-or-later
#include "bench/ping_pong.hpp"

#include <sched.h>
#include <signal.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <cstdint>

namespace hoodtrace::bench {
namespace {

void pin(unsigned cpu) {
  cpu_set_t set;
  CPU_ZERO(&set);
  CPU_SET(cpu, &set);
  ::sched_setaffinity(0, sizeof(set), &set);
}

std::uint64_t now_ns() {
  timespec now{};
  ::clock_gettime(CLOCK_MONOTONIC, &now);
  return static_cast<std::uint64_t>(now.tv_sec) * 1'000'000'000 +
         static_cast<std::uint64_t>(now.tv_nsec);
}

[[noreturn]] void ping(int order, int result, int out, int in) {
  unsigned trips = 0;
  while (::read(order, &trips, sizeof(trips)) == sizeof(trips)) {
    char byte = 0;
    const std::uint64_t start = now_ns();
    for (unsigned i = 0; i < trips; i++)
      if (::write(out, &byte, 1) != 1 || ::read(in, &byte, 1) != 1) ::_exit(1);
    const std::uint64_t took = now_ns() - start;
    if (::write(result, &took, sizeof(took)) != sizeof(took)) ::_exit(1);
  }
  ::_exit(0);
}

[[noreturn]] void pong(int in, int out) {
  char byte = 0;
  while (::read(in, &byte, 1) == 1)
    if (::write(out, &byte, 1) != 1) break;
  ::_exit(0);
}

}  // namespace

std::unique_ptr<PingPong> PingPong::start(unsigned cpu) {
  int order[2];
  int result[2];
  int there[2];
  int back[2];
  if (::pipe(order) != 0 || ::pipe(result) != 0 || ::pipe(there) != 0 || ::pipe(back) != 0)
    return nullptr;
  std::unique_ptr<PingPong> pair(new PingPong());
  pair->pids_[0] = ::fork();
  if (pair->pids_[0] == 0) {
    pin(cpu);
    ::close(order[1]);
    ping(order[0], result[1], there[1], back[0]);
  }
  pair->pids_[1] = ::fork();
  if (pair->pids_[1] == 0) {
    pin(cpu);
    ::close(order[1]);
    ::close(there[1]);
    pong(there[0], back[1]);
  }
  for (const int fd : {order[0], result[1], there[0], there[1], back[0], back[1]}) ::close(fd);
  pair->order_ = order[1];
  pair->result_ = result[0];
  if (pair->pids_[0] < 0 || pair->pids_[1] < 0) return nullptr;
  return pair;
}

PingPong::~PingPong() {
  ::close(order_);
  ::close(result_);
  for (const pid_t pid : pids_) {
    if (pid <= 0) continue;
    ::kill(pid, SIGKILL);
    ::waitpid(pid, nullptr, 0);
  }
}

double PingPong::burst(unsigned round_trips) {
  std::uint64_t took = 0;
  if (::write(order_, &round_trips, sizeof(round_trips)) != sizeof(round_trips) ||
      ::read(result_, &took, sizeof(took)) != sizeof(took))
    return 0;
  return static_cast<double>(took) / (2.0 * round_trips);
}

}  // namespace hoodtrace::bench
