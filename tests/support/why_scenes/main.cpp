// SPDX-License-Identifier: GPL-2.0-or-later
// why_scenes [--gate] SCENE [key=value ...]: sleeps of known causes. Prints, as JSON, what it measured
// itself. With --gate it says "ready" on standard error and plays when a byte comes; it says "done",
// and ends when another one comes. Exit code 77: the scene cannot be played here.

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
    scene.play(why_scenes::Script(argc - at - 1, argv + at + 1), notes);
    if (gated) pass("done\n");
    notes.print(scene.name);
    return 0;
  }
  std::fprintf(stderr, "usage: why_scenes [--gate] SCENE; scenes:\n");
  for (const Scene& scene : kScenes) std::fprintf(stderr, "  %s %s\n", scene.name, scene.words);
  return 2;
}
