// SPDX-License-Identifier: GPL-2.0-or-later
// The kernel's counters of a task's scheduling: /proc schedstat and getrusage.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <string>
#include <vector>

namespace workload {

// One reading; counts since the task's birth.
struct TaskCounters {
  std::uint64_t ran_ns = 0;        // schedstat, field 1
  std::uint64_t run_delay_ns = 0;  // schedstat, field 2: what hoodtrace's wait_ns must equal
  std::uint64_t pcount = 0;        // schedstat, field 3: times it was switched in
  std::uint64_t nvcsw = 0;
  std::uint64_t nivcsw = 0;
};

// The calling thread's. The fields belong to one moment: no switch lies between them.
TaskCounters read_own_counters();

// A thread of the workload, and its counters before and after its work.
struct WorkerCounters {
  char name[16] = {};
  pid_t tid = 0;
  pid_t pid = 0;
  TaskCounters start;
  TaskCounters end;
};

// Shared memory for `count` of them, which forked children inherit.
WorkerCounters* shared_workers(std::size_t count);

// Names the calling thread and reads its counters at the start.
void begin(WorkerCounters& worker, const std::string& name);
void end(WorkerCounters& worker);

// {"scenario": NAME, "count": N, "tasks": [{...}]} on standard output.
void print_workers(const char* scenario, std::uint64_t count, const WorkerCounters* first,
                   std::size_t n);

}  // namespace workload
