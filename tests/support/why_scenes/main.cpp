// SPDX-License-Identifier: GPL-2.0-or-later
// why_scenes [--gate] SCENE [key=value ...]: sleeps of known causes. Prints, as JSON, what it measured
// itself. With --gate it says "ready" on standard error and plays when a byte comes; it says "done",
// and ends when another one comes. Exit code 77: the scene cannot be played here.

#include <sched.h>
#include <sys/prctl.h>
#include <time.h>
#include <unistd.h>

#include <cstdio>
#include <cstring>

#include "support/why_scenes/scenes.hpp"

namespace {

struct Scene {
  const char* name;
  const char* words;
  void (*play)(const why_scenes::Script&, why_scenes::Notes&);
};

constexpr Scene kScenes[] = {
    {"naps", "count=100 ms=10", why_scenes::play_naps},
    {"compat", "count=20 ms=10", why_scenes::play_compat},
    {"big_exit", "mib=600", why_scenes::play_big_exit},
    {"mutex", "count=5 ms=50", why_scenes::play_mutex},
    {"pi_mutex", "count=5 ms=50", why_scenes::play_pi_mutex},
    {"robust_mutex", "count=5 ms=50", why_scenes::play_robust_mutex},
    {"chain", "ms=50", why_scenes::play_chain},
    {"rwlock", "count=4 ms=50", why_scenes::play_rwlock},
    {"join", "ms=50", why_scenes::play_join},
    {"condition", "count=5 ms=50 pool=8", why_scenes::play_condition},
    {"futexes", "threads=200 ms=3000 us=0", why_scenes::play_futexes},
    {"epoll", "count=5 ms=20", why_scenes::play_epoll},
    {"poll", "count=5 ms=20", why_scenes::play_poll},
    {"pipes", "count=10 ms=20", why_scenes::play_pipes},
    {"splice", "count=10 ms=20", why_scenes::play_splice},
    {"uring", "count=5 ms=20", why_scenes::play_uring},
    {"tcp", "count=10 ms=20", why_scenes::play_tcp},
    {"connect", "ms=200", why_scenes::play_connect},
    {"unix", "count=10 ms=20", why_scenes::play_unix},
    {"cold", "folder=PATH pages=300", why_scenes::play_cold},
    {"file_lock", "folder=PATH ms=50", why_scenes::play_file_lock},
    {"position", "folder=PATH count=100", why_scenes::play_position},
    {"inode", "folder=PATH count=100", why_scenes::play_inode},
    {"mmap_lock", "count=5 mib=128", why_scenes::play_mmap_lock},
    {"children", "ms=50", why_scenes::play_children},
    {"stops", "ms=100", why_scenes::play_stops},
    {"quota", "cgroup=PATH ms=3000", why_scenes::play_quota},
};

// Switches on each CPU. From these a tracer learns how far the run queue's clock is from its own: as far
// as in the fastest of the switches that it has seen there. And how late a nap ends, on average: the way from
// the timer's interrupt to the switch is a part of it.
void visit_cpus(why_scenes::Notes& notes) {
  constexpr std::uint64_t kVisits = 50;
  constexpr std::uint64_t kNapNs = 50'000;
  constexpr timespec kNap{0, kNapNs};
  std::uint64_t naps = 0;
  std::uint64_t took_ns = 0;
  cpu_set_t allowed;
  if (::sched_getaffinity(0, sizeof allowed, &allowed) != 0) return;
  const int slack_ns = ::prctl(PR_GET_TIMERSLACK);
  ::prctl(PR_SET_TIMERSLACK, 1);
  for (int cpu = 0; cpu < CPU_SETSIZE; cpu++) {
    cpu_set_t one;
    CPU_ZERO(&one);
    CPU_SET(cpu, &one);
    if (!CPU_ISSET(cpu, &allowed) || ::sched_setaffinity(0, sizeof one, &one) != 0) continue;
    const std::uint64_t began_ns = why_scenes::now_ns();
    for (std::uint64_t i = 0; i < kVisits; i++) ::nanosleep(&kNap, nullptr);
    took_ns += why_scenes::now_ns() - began_ns;
    naps += kVisits;
  }
  ::prctl(PR_SET_TIMERSLACK, slack_ns);
  (void)::sched_setaffinity(0, sizeof allowed, &allowed);
  if (naps != 0) notes.fact("nap_late_ns", took_ns / naps - kNapNs);
}

// A gate that a test opens.
void pass(const char* word) {
  char byte = 0;
  (void)!::write(STDERR_FILENO, word, std::strlen(word));
  (void)!::read(STDIN_FILENO, &byte, 1);
}

}  // namespace

int main(int argc, char** argv) {
  int at = 1;
  const bool gated = argc > 1 && std::strcmp(argv[1], "--gate") == 0;
  if (gated) at++;
  for (const Scene& scene : kScenes) {
    if (argc <= at || std::strcmp(argv[at], scene.name) != 0) continue;
    why_scenes::Notes notes;
    if (gated) pass("ready\n");
    visit_cpus(notes);
    scene.play(why_scenes::Script(argc - at - 1, argv + at + 1), notes);
    if (gated) pass("done\n");
    notes.print(scene.name);
    return 0;
  }
  std::fprintf(stderr, "usage: why_scenes [--gate] SCENE; scenes:\n");
  for (const Scene& scene : kScenes) std::fprintf(stderr, "  %s %s\n", scene.name, scene.words);
  return 2;
}
