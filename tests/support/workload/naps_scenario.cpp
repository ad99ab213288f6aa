// SPDX-License-Identifier: GPL-2.0-or-later
// A thread that sleeps by a timer and reads the clock when it is back: the time from the timer's due
// time to that reading bounds each run-queue wait from above, without any tracing.

#include <sys/prctl.h>
#include <time.h>

#include <algorithm>
#include <vector>

#include "support/workload/stage.hpp"
#include "support/workload/task_counters.hpp"

namespace workload {

int play_naps(const Script& script, bool gated) {
  const std::uint64_t count = script.number("count", 1000);
  const std::uint64_t nap_us = script.number("nap_us", 1000);
  WorkerCounters* worker = shared_workers(1);
  std::vector<std::uint64_t> late_ns;
  Gate gate(gated, 1);
  std::thread napper([&] {
    pin_to(first_cpu());
    ::prctl(PR_SET_TIMERSLACK, 1UL);  // wake up when due, not up to 50 us later
    begin(*worker, "napper");
    late_ns.reserve(count);
    gate.wait_start();
    for (std::uint64_t i = 0; i < count; i++) {
      const std::uint64_t due_ns = now_ns() + nap_us * 1000;
      const timespec due{static_cast<time_t>(due_ns / 1'000'000'000),
                         static_cast<long>(due_ns % 1'000'000'000)};
      ::clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &due, nullptr);
      late_ns.push_back(now_ns() - due_ns);
    }
    end(*worker);
    gate.wait_end();
  });
  gate.conduct();
  napper.join();
  std::sort(late_ns.begin(), late_ns.end());
  print_workers("naps", late_ns.empty() ? 0 : late_ns[late_ns.size() / 2], worker, 1);
  return 0;
}

}  // namespace workload
