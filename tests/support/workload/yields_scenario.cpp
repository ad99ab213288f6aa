// SPDX-License-Identifier: GPL-2.0-or-later
// Threads of one CPU that yield it to each other: runs of a microsecond or less. Each reads its own
// CPU clock, which the kernel brings up to date for the reader.

#include <sched.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cinttypes>
#include <cstdio>
#include <ctime>
#include <vector>

#include "support/workload/stage.hpp"

namespace workload {
namespace {

struct Yielder {
  long tid = 0;
  std::uint64_t cpu_ns = 0;
};

}  // namespace

int play_yields(const Script& script, bool gated) {
  const std::uint64_t ms = script.number("ms", 300);
  std::vector<Yielder> yielders(script.number("copies", 2));
  Gate gate(gated, yielders.size());
  std::vector<std::thread> threads;
  for (Yielder& yielder : yielders)
    threads.emplace_back([&] {
      pin_to(first_cpu());
      ::setpriority(PRIO_PROCESS, 0, -20);  // of this thread: the others here seldom get the CPU
      yielder.tid = ::syscall(SYS_gettid);
      gate.wait_start();
      for (const std::uint64_t end_ns = now_ns() + ms * 1'000'000; now_ns() < end_ns;) {
        for (int i = 0; i < 50; i++) ::sched_yield();
        sleep_us(1000);  // else the tracer would not keep up
      }
      gate.wait_end();
      yielder.cpu_ns = own_cpu_ns();  // since its birth
    });
  gate.conduct();
  for (std::thread& thread : threads) thread.join();
  std::printf("{\"scenario\":\"yields\",\"tasks\":[");
  for (std::size_t i = 0; i < yielders.size(); i++)
    std::printf("%s{\"tid\":%ld,\"cpu_ns\":%" PRIu64 "}", i == 0 ? "" : ",", yielders[i].tid,
                yielders[i].cpu_ns);
  std::printf("]}\n");
  return 0;
}

}  // namespace workload
