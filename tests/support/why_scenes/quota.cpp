// SPDX-License-Identifier: GPL-2.0-or-later
// A spinner whose cgroup has a CPU quota, on one CPU with another one that has none.

#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <fstream>
#include <string>

#include "support/why_scenes/scenes.hpp"

namespace why_scenes {
namespace {

// cpu.stat: throttled_time in ns of version 1, throttled_usec of version 2.
std::uint64_t throttled_ns(const std::string& cgroup) {
  std::ifstream file(cgroup + "/cpu.stat");
  std::string key;
  for (std::uint64_t value = 0; file >> key >> value;) {
    if (key == "throttled_time") return value;
    if (key == "throttled_usec") return value * 1000;
  }
  return 0;
}

void spin_for(std::uint64_t ms) {
  const std::uint64_t end_ns = now_ns() + ms * 1'000'000;
  while (now_ns() < end_ns) continue;
}

}  // namespace

void play_quota(const Script& script, Notes& notes) {
  const std::string cgroup = script.text("cgroup", "");
  const std::uint64_t ms = script.number("ms", 3000);
  const unsigned cpu = workload::first_cpu();
  const pid_t other = notes.fork("other", [&] {
    workload::pin_to(cpu);
    spin_for(ms);
  });
  const pid_t limited = notes.fork("limited", [&] {
    workload::pin_to(cpu);
    std::ofstream(cgroup + "/cgroup.procs") << ::getpid();
    const std::uint64_t before_ns = throttled_ns(cgroup);
    spin_for(ms);
    notes.fact("throttled_ns", throttled_ns(cgroup) - before_ns);
  });
  ::waitpid(limited, nullptr, 0);
  ::waitpid(other, nullptr, 0);
}

}  // namespace why_scenes
