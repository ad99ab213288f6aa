// SPDX-License-Identifier: GPL-2.0-or-later
// A thread that is moved to another CPU in its sleep, each time right after it has used up what it was due:
// from Linux 6.12 on it is on the run queue still then.

#include <fcntl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <cstdio>
#include <cstring>

#include "support/workload/stage.hpp"
#include "support/workload/task_counters.hpp"

namespace workload {
namespace {

// S as /proc has it; the name in parentheses may be anything.
bool is_asleep(pid_t tid) {
  std::array<char, 32> path{};
  std::snprintf(path.data(), path.size(), "/proc/self/task/%d/stat", tid);
  std::array<char, 256> text{};
  const int file = ::open(path.data(), O_RDONLY);
  const ssize_t bytes = ::read(file, text.data(), text.size() - 1);
  ::close(file);
  const char* end = bytes > 0 ? std::strrchr(text.data(), ')') : nullptr;
  return end != nullptr && end[2] == 'S';
}

}  // namespace

int play_asleep(const Script& script, bool gated) {
  const std::uint64_t count = script.number("count", 3);
  const std::uint64_t sleep_ms = script.number("sleep_ms", 300);
  const unsigned from = first_cpu();
  const unsigned to = second_cpu();
  int pipe[2];
  if (::pipe(pipe) != 0) return 1;
  WorkerCounters* workers = shared_workers(3);
  std::atomic<pid_t> sleeper_tid{0};
  std::atomic<std::uint64_t> slept{0};
  std::atomic<std::uint64_t> woken_ns{0};
  std::atomic<bool> is_over{false};
  std::uint64_t slept_ns = 0;  // from before each read until the write that ended it
  Gate gate(gated, 3);
  std::thread sleeper([&] {
    pin_to(from);
    ::setpriority(PRIO_PROCESS, 0, 19);
    begin(workers[0], "sleeper");
    gate.wait_start();
    for (std::uint64_t i = 0; i < count; i++) {
      pin_to(from);
      const std::uint64_t until_ns = own_cpu_ns() + 4'000'000;
      while (own_cpu_ns() < until_ns) {
      }
      char byte = 0;
      const std::uint64_t began_ns = now_ns();
      sleeper_tid = static_cast<pid_t>(::syscall(SYS_gettid));
      while (::read(pipe[0], &byte, 1) < 0) {
      }
      slept_ns += woken_ns - began_ns;
      sleeper_tid = 0;
      slept++;
    }
    end(workers[0]);
    is_over = true;
    gate.wait_end();
  });
  std::thread spinner([&] {
    pin_to(from);
    begin(workers[1], "spinner");
    gate.wait_start();
    while (!is_over) {
    }
    end(workers[1]);
    gate.wait_end();
  });
  std::thread mover([&] {
    pin_to(to);
    begin(workers[2], "mover");
    gate.wait_start();
    cpu_set_t other;
    CPU_ZERO(&other);
    CPU_SET(to, &other);
    for (std::uint64_t i = 0; i < count; i++) {
      while (sleeper_tid == 0 || !is_asleep(sleeper_tid)) sleep_us(100);
      ::sched_setaffinity(sleeper_tid, sizeof other, &other);
      sleep_us(sleep_ms * 1000);
      woken_ns = now_ns();
      if (::write(pipe[1], "x", 1) != 1) std::_Exit(1);
      while (slept <= i) sleep_us(1000);
    }
    end(workers[2]);
    gate.wait_end();
  });
  gate.conduct();
  for (std::thread* thread : {&sleeper, &spinner, &mover}) thread->join();
  print_workers("asleep", slept_ns, workers, 3);
  return 0;
}

}  // namespace workload
