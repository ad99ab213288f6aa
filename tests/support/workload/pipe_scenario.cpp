// SPDX-License-Identifier: GPL-2.0-or-later
// Pairs of threads that pass a byte back and forth: as many switches as there are turns.

#include <unistd.h>

#include <cstdio>

#include "support/workload/stage.hpp"
#include "support/workload/task_counters.hpp"

namespace workload {
namespace {

struct Side {
  int in;
  int out;
  bool serves;
};

// Ends after `trips`, or with ms set, when the serving side's time is over: it then closes.
std::uint64_t play(const Side& side, std::uint64_t trips, std::uint64_t length_ns) {
  const std::uint64_t end_ns = now_ns() + length_ns;
  std::uint64_t done = 0;
  char byte = 0;
  for (;;) {
    if (side.serves) {
      const bool over = length_ns != 0 ? done % 64 == 0 && now_ns() >= end_ns : done >= trips;
      if (over || ::write(side.out, &byte, 1) != 1 || ::read(side.in, &byte, 1) != 1) break;
    } else if (::read(side.in, &byte, 1) != 1 || ::write(side.out, &byte, 1) != 1) {
      break;
    }
    done++;
  }
  ::close(side.out);
  return done;
}

}  // namespace

int play_pipe(const Script& script, bool gated) {
  const std::uint64_t pairs = script.number("pairs", 1);
  const std::uint64_t trips = script.number("trips", 100'000);
  const std::uint64_t length_ns = script.number("ms", 0) * 1'000'000;
  const unsigned cpus[] = {first_cpu(), second_cpu()};
  const std::size_t count = pairs * 2;
  WorkerCounters* workers = shared_workers(count);
  std::vector<Side> sides;
  for (std::uint64_t i = 0; i < pairs; i++) {
    int there[2];
    int back[2];
    if (::pipe(there) != 0 || ::pipe(back) != 0) {
      std::perror("pipe");
      return 1;
    }
    sides.push_back({back[0], there[1], true});
    sides.push_back({there[0], back[1], false});
  }
  Gate gate(gated, count);
  std::atomic<std::uint64_t> done{0};
  std::vector<std::thread> threads;
  for (std::size_t i = 0; i < count; i++)
    threads.emplace_back([&, i] {
      pin_to(cpus[i / 2 % 2]);
      begin(workers[i], (i % 2 == 0 ? "ping-" : "pong-") + std::to_string(i / 2));
      gate.wait_start();
      const std::uint64_t trips_done = play(sides[i], trips, length_ns);
      if (sides[i].serves) done += trips_done;
      end(workers[i]);
      gate.wait_end();
    });
  gate.conduct();
  for (std::thread& thread : threads) thread.join();
  print_workers("pipe", done, workers, count);
  return 0;
}

}  // namespace workload
