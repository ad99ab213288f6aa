// SPDX-License-Identifier: GPL-2.0-or-later
// What hackbench (perf bench sched messaging) does: in each group every sender writes to every
// receiver, `loops` messages each, all at once.

#include <sys/socket.h>
#include <unistd.h>

#include <cstdio>

#include "support/workload/stage.hpp"
#include "support/workload/task_counters.hpp"

namespace workload {
namespace {

constexpr std::size_t kMessageBytes = 100;

void send_all(const std::vector<int>& to, std::uint64_t loops) {
  const char message[kMessageBytes] = {};
  for (std::uint64_t loop = 0; loop < loops; loop++)
    for (const int fd : to)
      for (std::size_t sent = 0; sent < kMessageBytes;) {
        const ssize_t n = ::write(fd, message + sent, kMessageBytes - sent);
        if (n <= 0) return;
        sent += static_cast<std::size_t>(n);
      }
}

void receive_all(int from, std::uint64_t messages) {
  char message[kMessageBytes];
  for (std::uint64_t left = messages * kMessageBytes; left > 0;) {
    const ssize_t n = ::read(from, message, left < kMessageBytes ? left : kMessageBytes);
    if (n <= 0) return;
    left -= static_cast<std::uint64_t>(n);
  }
}

}  // namespace

int play_storm(const Script& script, bool gated) {
  const std::uint64_t groups = script.number("groups", 10);
  const std::uint64_t width = script.number("width", 20);
  const std::uint64_t loops = script.number("loops", 100);
  const std::size_t count = groups * width * 2;
  WorkerCounters* workers = shared_workers(count);
  std::vector<std::vector<int>> write_ends(groups);
  std::vector<int> read_ends;
  for (std::uint64_t i = 0; i < groups * width; i++) {
    int ends[2];
    if (::socketpair(AF_UNIX, SOCK_STREAM, 0, ends) != 0) {
      std::perror("socketpair");
      return 1;
    }
    read_ends.push_back(ends[0]);
    write_ends[i / width].push_back(ends[1]);
  }
  Gate gate(gated, count);
  std::vector<std::thread> threads;
  for (std::size_t i = 0; i < count; i++)
    threads.emplace_back([&, i] {
      const bool sends = i >= groups * width;
      const std::size_t n = sends ? i - groups * width : i;
      begin(workers[i], (sends ? "send-" : "recv-") + std::to_string(n));
      gate.wait_start();
      if (sends)
        send_all(write_ends[n / width], loops);
      else
        receive_all(read_ends[n], loops * width);
      end(workers[i]);
      gate.wait_end();
    });
  gate.conduct();
  for (std::thread& thread : threads) thread.join();
  print_workers("storm", groups * width * width * loops, workers, count);
  return 0;
}

}  // namespace workload
