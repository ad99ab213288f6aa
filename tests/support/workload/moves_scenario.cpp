// SPDX-License-Identifier: GPL-2.0-or-later
// A thread that moves itself from one CPU to the other and back, a known number of times.

#include "support/workload/stage.hpp"
#include "support/workload/task_counters.hpp"

namespace workload {

int play_moves(const Script& script, bool gated) {
  const std::uint64_t count = script.number("count", 100);
  const unsigned cpus[] = {first_cpu(), second_cpu()};
  WorkerCounters* workers = shared_workers(1);
  pin_to(cpus[0]);  // inherited: the thread is born there
  Gate gate(gated, 1);
  std::thread mover([&] {
    begin(workers[0], "mover");
    gate.wait_start();
    for (std::uint64_t i = 0; i < count; i++) pin_to(cpus[(i + 1) % 2]);
    end(workers[0]);
    gate.wait_end();
  });
  gate.conduct();
  mover.join();
  print_workers("moves", cpus[0] == cpus[1] ? 0 : count, workers, 1);
  return 0;
}

}  // namespace workload
