// SPDX-License-Identifier: GPL-2.0-or-later
// What tracing adds to the life of a process (fork, exec, exit, reaped), and what hoodtrace itself
// uses up for each. The whole system is traced here; every output goes to /dev/null.

#include <fmt/format.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <fstream>
#include <string>
#include <vector>

#include "bench/empty_program.hpp"
#include "bench/interleave.hpp"
#include "bench/tracer_process.hpp"

namespace hoodtrace::bench {
namespace {

std::uint64_t now_ns() {
  timespec now{};
  ::clock_gettime(CLOCK_MONOTONIC, &now);
  return static_cast<std::uint64_t>(now.tv_sec) * 1'000'000'000 +
         static_cast<std::uint64_t>(now.tv_nsec);
}

// Nanoseconds per spawn of a program that does nothing, with an argv of a compiler's length.
double spawn_many(unsigned count) {
  std::vector<std::string> words{"true"};
  for (int i = 0; i < 20; i++) words.push_back("-DSOME_OPTION_OF_A_BUILD=" + std::to_string(i));
  std::vector<char*> argv;
  for (std::string& word : words) argv.push_back(word.data());
  argv.push_back(nullptr);
  const std::uint64_t begin = now_ns();
  for (unsigned i = 0; i < count; i++) {
    pid_t pid = 0;
    if (::posix_spawn(&pid, "/bin/true", nullptr, nullptr, argv.data(), environ) != 0) continue;
    ::waitpid(pid, nullptr, 0);
  }
  return static_cast<double>(now_ns() - begin) / count;
}

// CPU time that a process's first thread has had.
std::uint64_t cpu_ns(pid_t pid) {
  std::uint64_t ns = 0;
  std::ifstream(fmt::format("/proc/{}/schedstat", pid)) >> ns;
  return ns;
}

void print_own_cost(const char* name, const std::vector<std::string>& arguments, unsigned count) {
  TracerProcess tracer(arguments);
  if (!tracer.is_attached()) return;
  const std::uint64_t before_ns = cpu_ns(tracer.pid());
  spawn_many(count);
  ::usleep(200'000);  // its timer drains what is left
  const std::uint64_t after_ns = cpu_ns(tracer.pid());
  // What it does whether or not anything is spawned: another such time without.
  ::usleep(200'000);
  const std::uint64_t idle_ns = cpu_ns(tracer.pid()) - after_ns;
  const rusage usage = tracer.stop();
  fmt::print("  {:40} {:8.2f} us of CPU per spawn, {} MiB resident at most\n", name,
             static_cast<double>(after_ns - before_ns - std::min(idle_ns, after_ns - before_ns)) /
                 1000 / count,
             usage.ru_maxrss / 1024);
}

}  // namespace
}  // namespace hoodtrace::bench

int main(int argc, char** argv) {
  using namespace hoodtrace::bench;
  const unsigned rounds = argc > 1 ? static_cast<unsigned>(std::atoi(argv[1])) : 20;
  constexpr unsigned kSpawns = 100;
  const std::string idle = std::to_string(::getppid());  // it waits for us
  const Variant whole = hoodtrace_variant("hoodtrace procs", {"procs"});
  const std::vector<Variant> variants = {
      {"untraced"},
      empty_program_variant("sched_switch"),
      whole,
      hoodtrace_variant("hoodtrace procs --no-argv", {"procs", "--no-argv"}),
      hoodtrace_variant("hoodtrace procs --failed", {"procs", "--failed"}),
      hoodtrace_variant("hoodtrace procs --with sched", {"procs", "--with", "sched"}),
      hoodtrace_variant("hoodtrace procs --pid (idle one)", {"procs", "-p", idle}),
      peer_variant("execsnoop-bpfcc", {"execsnoop-bpfcc"}, 3000),
      peer_variant("bpftrace, exec and exit",
                   {"bpftrace", "-e",
                    "tracepoint:sched:sched_process_exec { printf(\"%d %s\\n\", pid, "
                    "str(args->filename)); } tracepoint:sched:sched_process_exit "
                    "{ printf(\"%d exit\\n\", pid); }"},
                   2000),
      peer_variant("perf trace -e sched:sched_process_*",
                   {"perf", "trace", "-a", "-e", "sched:sched_process_*"}, 1500),
  };
  const auto burst = [] { return spawn_many(kSpawns); };
  burst();
  print_table("Life of a process: spawn of /bin/true, awaited", "spawn",
              interleave(variants, rounds, burst), "");
  std::printf("\nhoodtrace's own CPU, the kernel side apart:\n");
  print_own_cost("hoodtrace procs (timeline, full argv)", {"procs"}, 2000);
  print_own_cost("hoodtrace procs --tree", {"procs", "--tree"}, 2000);
  print_own_cost("hoodtrace procs --failed", {"procs", "--failed"}, 2000);
  std::printf("\nkernel.bpf_stats, hoodtrace procs:\n");
  print_program_times(whole, burst);
  return 0;
}
