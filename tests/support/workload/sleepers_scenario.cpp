// SPDX-License-Identifier: GPL-2.0-or-later
// Many threads that mostly sleep: the cost of tracking them.

#include "support/workload/stage.hpp"
#include "support/workload/task_counters.hpp"

namespace workload {

int play_sleepers(const Script& script, bool gated) {
  const std::uint64_t count = script.number("count", 1000);
  const std::uint64_t naps = script.number("naps", 1);
  WorkerCounters* workers = shared_workers(count);
  Gate gate(gated, count);
  std::vector<std::thread> threads;
  for (std::size_t i = 0; i < count; i++)
    threads.emplace_back([&, i] {
      begin(workers[i], "sleep-" + std::to_string(i));
      gate.wait_start();
      for (std::uint64_t n = 0; n < naps; n++) sleep_us(1000);
      end(workers[i]);
      gate.wait_end();
    });
  gate.conduct();
  for (std::thread& thread : threads) thread.join();
  print_workers("sleepers", count, workers, count);
  return 0;
}

}  // namespace workload
