// SPDX-License-Identifier: GPL-2.0-or-later
// What tracing adds to a context switch, compared with the peers that are installed. This traces
// the whole system, because that is what is measured; every output goes to /dev/null.

#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "bench/empty_program.hpp"
#include "bench/ping_pong.hpp"
#include "bench/tracer_process.hpp"

int main(int argc, char** argv) {
  using namespace hoodtrace::bench;
  const unsigned rounds = argc > 1 ? static_cast<unsigned>(std::atoi(argv[1])) : 20;
  constexpr unsigned kRoundTrips = 40'000;

  const auto pair = PingPong::start(0);
  if (!pair) {
    std::perror("sched_bench: cannot start the ping-pong");
    return 1;
  }
  // A process that does nothing, to be traced while others switch.
  const std::string idle = std::to_string(::getpid());

  const Variant whole = hoodtrace_variant("hoodtrace sched", {"sched"});
  const Variant narrow =
      hoodtrace_variant("hoodtrace sched --pid (idle one)", {"sched", "-p", idle});
  const Variant causes =
      hoodtrace_variant("hoodtrace why --pid (ping)", {"why", "-p", std::to_string(pair->pid())});
  const Variant empty = empty_program_variant("sched_switch");
  std::vector<Variant> variants = {
      {"untraced"},
      empty,
      whole,
      hoodtrace_variant("hoodtrace sched --no-culprits", {"sched", "--no-culprits"}),
      hoodtrace_variant("hoodtrace sched --wakers", {"sched", "--wakers"}),
      hoodtrace_variant("hoodtrace sched --fallback", {"sched", "--fallback"}),
      narrow,
      hoodtrace_variant("hoodtrace sched --pid (ping)",
                        {"sched", "-p", std::to_string(pair->pid())}),
      hoodtrace_variant("hoodtrace sched --fair --pid (idle one)", {"sched", "--fair", "-p", idle}),
      hoodtrace_variant("hoodtrace sched --fair --pid (ping)",
                        {"sched", "--fair", "-p", std::to_string(pair->pid())}),
      hoodtrace_variant("hoodtrace why --pid (idle one)", {"why", "-p", idle}),
      causes,
      hoodtrace_variant("hoodtrace serve", {"serve", "--listen", "127.0.0.1:0"}),
      hoodtrace_variant("hoodtrace serve --no-pairs",
                        {"serve", "--listen", "127.0.0.1:0", "--no-pairs"}),
      serve_variant("serve --cgroup (own)", {}),
      serve_variant("serve --cgroup (own) --no-pairs", {"--no-pairs"}),
      serve_variant("serve --cgroup (own) --no-pairs --families sched",
                    {"--no-pairs", "--families", "sched"}),
      peer_variant("runqlat -P", {"runqlat", "-P"}, 700),
      peer_variant("bpftrace, histogram per task",
                   {"bpftrace", "-e",
                    "tracepoint:sched:sched_wakeup,tracepoint:sched:sched_wakeup_new "
                    "{ @q[args->pid] = nsecs; } tracepoint:sched:sched_switch "
                    "{ if (args->prev_state == 0) { @q[args->prev_pid] = nsecs; } "
                    "$n = @q[args->next_pid]; if ($n) { @h[args->next_pid] = hist(nsecs - $n); } "
                    "delete(@q[args->next_pid]); }"},
                   2000),
      peer_variant("trace-cmd record, switch+waking",
                   {"trace-cmd", "record", "-o", "/tmp/ht_bench.dat", "-e", "sched_switch", "-e",
                    "sched_waking"},
                   1500),
      peer_variant("perf sched record", {"perf", "sched", "record", "-o", "/dev/null"}, 1000),
  };
  variants = named_variants(std::move(variants), 2, argc, argv);
  const auto burst = [&pair] { return pair->burst(kRoundTrips); };
  burst();
  print_table("Context switch: pipe ping-pong on one CPU", "switch",
              interleave(variants, rounds, burst), "runqlat -P");
  const auto print_serve = [&] {
    std::printf("\nkernel.bpf_stats, the program at sched_switch, in turn:\n");
    print_program_ratios(
        {empty, serve_variant("hoodtrace serve --no-pairs", {"--no-pairs", "--families", "sched"}),
         serve_variant("hoodtrace serve", {"--families", "sched"})},
        rounds, burst);
  };
  if (argc > 2) {
    if (std::string_view(argv[2]) == "serve") print_serve();
    for (std::size_t i = 1; i < variants.size(); i++) {
      std::printf("\nkernel.bpf_stats, %s:\n", variants[i].name.c_str());
      print_program_times(variants[i], burst);
    }
    return 0;
  }
  std::printf("\nkernel.bpf_stats, empty program (what the statistics themselves take):\n");
  print_program_times(empty, burst);
  std::printf("kernel.bpf_stats, hoodtrace sched:\n");
  print_program_times(whole, burst);
  std::printf("kernel.bpf_stats, hoodtrace sched --pid (idle one):\n");
  print_program_times(narrow, burst);
  std::printf(
      "kernel.bpf_stats, hoodtrace why --pid (ping): every second switch ends a sleep of it\n");
  print_program_times(causes, burst);
  print_serve();
  return 0;
}
