// SPDX-License-Identifier: GPL-2.0-or-later
// on_disk PROGRAM [ARGUMENTS]: executes it with disk_place() as its TMPDIR, for tests that are not in C++.

#include <unistd.h>

#include <cstdio>
#include <cstdlib>

#include "support/disk_place.hpp"

int main(int argc, char** argv) {
  if (argc < 2) {
    std::fprintf(stderr, "usage: on_disk PROGRAM [ARGUMENTS]\n");
    return 2;
  }
  ::setenv("TMPDIR", hoodtrace::testing::disk_place().c_str(), 1);
  ::execvp(argv[1], argv + 1);
  std::perror(argv[1]);
  return 127;
}
