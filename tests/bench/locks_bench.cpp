// SPDX-License-Identifier: GPL-2.0-or-later
// What `sched --load` adds to a lock that somebody waits for: two threads map and unmap memory, so that they
// wait for the mmap_lock of their process.

#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <thread>

#include "bench/empty_program.hpp"
#include "bench/tracer_process.hpp"

namespace {

constexpr int kMappings = 20'000;
constexpr std::size_t kBytes = 64 * 1024;

void map_and_unmap() {
  for (int i = 0; i < kMappings; i++) {
    void* memory = ::mmap(nullptr, kBytes, PROT_READ | PROT_WRITE,
                          MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);
    if (memory == MAP_FAILED || ::munmap(memory, kBytes) != 0) std::abort();
  }
}

void contend() {
  std::thread other(map_and_unmap);
  map_and_unmap();
  other.join();
}

}  // namespace

int main(int argc, char** argv) {
  using namespace hoodtrace::bench;
  const unsigned rounds = argc > 1 ? static_cast<unsigned>(std::atoi(argv[1])) : 20;
  const pid_t sleeper = ::fork();
  if (sleeper == 0) {
    ::pause();
    ::_exit(0);
  }
  const auto load_of = [](const char* name, pid_t process) {
    return hoodtrace_variant(name, {"sched", "--load", "-p", std::to_string(process)});
  };
  const Variant own = load_of("sched --load --pid (the one that waits)", ::getpid());
  const Variant idle = load_of("sched --load --pid (an idle one)", sleeper);
  std::printf("kernel.bpf_stats, at contention_begin:\n");
  print_program_ratios({empty_program_variant("contention_begin"), own, idle}, rounds, contend,
                       "on_mmap_wait");
  std::printf("kernel.bpf_stats, at contention_end:\n");
  print_program_ratios({empty_program_variant("contention_end"), own, idle}, rounds, contend,
                       "on_mmap_waited");
  std::printf("all programs of sched --load --pid (the one that waits):\n");
  print_program_times(own, contend);
  ::kill(sleeper, SIGTERM);
  ::waitpid(sleeper, nullptr, 0);
  return 0;
}
