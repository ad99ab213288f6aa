// SPDX-License-Identifier: GPL-2.0-or-later
// Children that are forked, compute for a moment, and end; some at once.

#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>

#include "support/workload/stage.hpp"
#include "support/workload/task_counters.hpp"

namespace workload {

int play_forks(const Script& script, bool gated) {
  const std::uint64_t count = script.number("count", 1000);
  const std::uint64_t at_once = script.number("at_once", 8);
  WorkerCounters* workers = shared_workers(count + 1);
  Gate gate(gated, 1);
  std::thread conductor([&] {
    begin(workers[count], "forker");
    gate.wait_start();
    std::uint64_t running = 0;
    for (std::uint64_t i = 0; i < count; i++) {
      if (running == at_once && ::wait(nullptr) > 0) running--;
      const pid_t pid = ::fork();
      if (pid < 0) std::perror("fork");
      if (pid == 0) {
        begin(workers[i], "child-" + std::to_string(i));
        for (const std::uint64_t until_ns = now_ns() + 50'000; now_ns() < until_ns;) continue;
        end(workers[i]);
        ::_exit(0);
      }
      if (pid > 0) running++;
    }
    while (::wait(nullptr) > 0) continue;
    end(workers[count]);
    gate.wait_end();
  });
  gate.conduct();
  conductor.join();
  print_workers("forks", count, workers, count + 1);
  return 0;
}

}  // namespace workload
