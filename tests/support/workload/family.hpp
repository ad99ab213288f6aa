// SPDX-License-Identifier: GPL-2.0-or-later
// Children whose lives are known: who they were, how they ended, when they were waited for.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

namespace workload {

// CLOCK_BOOTTIME, as hoodtrace's records.
std::uint64_t boot_ns();

struct Child {
  std::string name;
  pid_t pid = 0;
  int status = 0;               // as wait4 gave it
  std::uint64_t forked_ns = 0;  // just before the fork
  std::uint64_t alive_ns = 0;   // its own last look at the clock; 0 = none
  std::uint64_t dead_ns = 0;    // it was a zombie by then; 0 = not looked at
  std::uint64_t wait_ns = 0;    // just before the wait that reaped it
  std::uint64_t reaped_ns = 0;  // just after; 0 = not by us
  std::uint64_t cpu_ns = 0;     // its rusage
  long parent_pid = 0;          // who has to reap it, when not we
};

class Family {
 public:
  // Forks one that does this and, should it return, exits with what it returns.
  pid_t bear(const std::string& name, const std::function<int()>& life);
  // One that was forked in another way.
  Child& add(const std::string& name, pid_t pid, std::uint64_t forked_ns);
  // Waits until it is a zombie, and leaves it one. `alive_ns`: where it writes its last look at the clock.
  void see_dead(pid_t pid, const std::uint64_t* alive_ns);
  // Waits for it.
  void reap(pid_t pid);

  // {"scenario": "life", "children": [{...}]} on standard output.
  void print() const;

 private:
  Child& of(pid_t pid);

  std::vector<Child> children_;
};

}  // namespace workload
