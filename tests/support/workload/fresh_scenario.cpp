// SPDX-License-Identifier: GPL-2.0-or-later
// Nothing but page faults, as fast as the machine makes them: fresh memory, written and given back.

#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <vector>

#include "support/workload/pages.hpp"
#include "support/workload/stage.hpp"

namespace workload {

int play_fresh(const Script& script, bool gated) {
  const std::uint64_t ms = script.number("ms", 1000);
  const std::size_t processes = script.number("processes", 1);
  constexpr std::size_t kPages = 4096;
  Usage usage;
  Gate gate(gated, 1);
  std::thread actor([&] {
    gate.wait_start();
    const std::uint64_t end_ns = now_ns() + ms * 1'000'000;
    std::vector<pid_t> all(processes);
    for (pid_t& pid : all) {
      pid = ::fork();
      if (pid != 0) continue;
      const Region region = anonymous(kPages, PROT_READ | PROT_WRITE, MAP_PRIVATE);
      while (now_ns() < end_ns) {
        region.write(kPages);
        ::madvise(region.start, region.bytes, MADV_DONTNEED);
      }
      ::_exit(0);
    }
    for (const pid_t pid : all) {
      rusage its{};
      ::wait4(pid, nullptr, 0, &its);
      usage.minor += its.ru_minflt;
      usage.major += its.ru_majflt;
    }
    gate.wait_end();
  });
  gate.conduct();
  actor.join();
  std::printf("{\"scenario\":\"fresh\",\"pid\":%d,\"minor\":%ld,\"major\":%ld}\n", getpid(),
              usage.minor, usage.major);
  std::fflush(stdout);
  return 0;
}

}  // namespace workload
