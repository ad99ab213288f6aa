// SPDX-License-Identifier: GPL-2.0-or-later
// What the kernel itself says about a task's scheduling: /proc schedstat and getrusage.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <string>
#include <vector>

namespace workload {

// One reading; counts since the task's birth.
struct TaskBooks {
  std::uint64_t ran_ns = 0;        // schedstat, field 1
  std::uint64_t run_delay_ns = 0;  // schedstat, field 2: what hoodtrace's wait_ns must equal
  std::uint64_t pcount = 0;        // schedstat, field 3: times it was switched in
  std::uint64_t nvcsw = 0;
  std::uint64_t nivcsw = 0;
};

// The calling thread's. The fields belong to one moment: no switch lies between them.
TaskBooks read_own_books();

// A thread of the workload, and its counters before and after its work.
struct Witness {
  char name[16] = {};
  pid_t tid = 0;
  pid_t pid = 0;
  TaskBooks start;
  TaskBooks end;
};

// A place for `count` of them that forked children share.
Witness* shared_witnesses(std::size_t count);

// Names the calling thread and reads its counters at the start.
void begin(Witness& witness, const std::string& name);
void end(Witness& witness);

// {"scene": NAME, "count": N, "tasks": [{...}]} on standard output.
void print_witnesses(const char* scene, std::uint64_t count, const Witness* first, std::size_t n);

}  // namespace workload
