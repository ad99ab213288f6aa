// SPDX-License-Identifier: GPL-2.0-or-later
// workload [--gate] SCENARIO [WORDS] [key=value ...]: something to trace with a known result. Prints,
// as JSON, the kernel's counters of each of its tasks.

#include <cstdio>
#include <cstring>

#include "support/workload/stage.hpp"

namespace {

struct Scenario {
  const char* name;
  const char* words;
  int (*play)(const workload::Script&, bool gated);
};

constexpr Scenario kScenarios[] = {
    {"spin",
     "ms=3000 cpus=1 copies=1 alone=0 "
     "NAME[:nice=N][:fifo=PRIO][:deadline_us=RUNTIME][:naps=N][:nap_us=N][:second=1] ...",
     workload::play_spin},
    {"pipe", "trips=100000 ms=0 pairs=1", workload::play_pipe},
    {"storm", "groups=10 width=20 loops=100", workload::play_storm},
    {"forks", "count=1000 at_once=8", workload::play_forks},
    {"faults",
     "FOLDER zero= zero_read= upgrade= shmem= kernel= invalid= efault= huge= file= file_cow= "
     "file_over= shared= major= swap=",
     workload::play_faults},
    {"cow",
     "pages=1000 children=1 child= grand= during= after= exec= shared= file= huge= threads=1 move= "
     "unmap= spawns=",
     workload::play_cow},
    {"copies",
     "pages=200 memory=huge|hugetlb before=pin|swap child=|parent=direct|populate|mlock|write "
     "file=PATH ksm=",
     workload::play_copies},
    {"mapped", "folder=/tmp pages=50 sigbus= sigsegv= segments=", workload::play_mapped},
    {"fresh", "ms=1000 processes=1", workload::play_fresh},
    {"mishaps", "vanish= late= late_us=1000 killed=", workload::play_mishaps},
    {"usage", "COMMAND ARGUMENTS...", workload::play_usage},
    {"moves", "count=100", workload::play_moves},
    // Its count: from before each read of the sleeper to the write that ended it, in ns, together.
    {"asleep", "count=3 sleep_ms=300", workload::play_asleep},
    {"cache",
     "file=PATH kib=65536 block=131072 cgroup= make|read|first|half|map|drop|ask|child|...",
     workload::play_cache},
    {"disk", "file=PATH kib=4 count=100 make|read|write|buffered|cold|mapped|fsync|fsyncs|drop|nap",
     workload::play_disk},
    {"two_writers", "file=PATH pieces=32 kib=256", workload::play_two_writers},
    {"many_files", "folder=PATH count=200 kib=8", workload::play_many_files},
    {"into_mapping", "file=PATH into=PATH kib=64 count=8", workload::play_into_mapping},
    {"direct_writers", "file=PATH tasks=6 count=50 kib=4", workload::play_direct_writers},
    {"read_behind", "file=PATH pieces=64", workload::play_read_behind},
    {"tag_waiters", "file=PATH tasks=8 count=100 kib=64", workload::play_tag_waiters},
    {"truncated", "file=PATH kib=4096", workload::play_truncated},
    {"failing_reads", "file=PATH count=16", workload::play_failing_reads},
    {"hole", "file=PATH kib=1024", workload::play_hole},
    {"small_files", "folder=PATH count=10000 bytes=4096", workload::play_small_files},
    {"multicast", "sockets=500 ms=4000", workload::play_multicast},
    // Its count is the median, in ns, of how late the naps were over.
    {"naps", "count=1000 nap_us=1000", workload::play_naps},
    {"yields", "ms=300 copies=2", workload::play_yields},
    {"sleepers", "count=1000 naps=1", workload::play_sleepers},
    {"states",
     "fifo=PRIO vfork_ms= reads= read_kib=64 folder=. stop_ms= sleep_ms=", workload::play_states},
    {"swap", "name=swapped before_ms=20 burn_ms=100", workload::play_swap},
    {"life", "ACT ...", workload::play_life},
    {"flood", "count=5000 at_once=4 exec_each=5", workload::play_flood},
    {"quit", "code=0 ...", workload::play_quit},
};

}  // namespace

int main(int argc, char** argv) {
  int at = 1;
  const bool gated = argc > 1 && std::strcmp(argv[1], "--gate") == 0;
  if (gated) at++;
  for (const Scenario& scenario : kScenarios)
    if (argc > at && std::strcmp(argv[at], scenario.name) == 0)
      return scenario.play(workload::Script(argc - at - 1, argv + at + 1), gated);
  std::fprintf(stderr, "usage: workload [--gate] SCENARIO; scenarios:\n");
  for (const Scenario& scenario : kScenarios)
    std::fprintf(stderr, "  %s %s\n", scenario.name, scenario.words);
  return 2;
}
