// SPDX-License-Identifier: GPL-2.0-or-later
// Perf software events with a BPF program each: on every CPU that is online, or, when the target is
// a few processes, on these alone, so that they cost other tasks nothing.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "base/fd.hpp"
#include "base/result.hpp"
#include "probe/catalog.hpp"

namespace hoodtrace {

// Whose events: without a pid those of all CPUs.
struct PerfScope {
  std::vector<std::uint32_t> pids;  // with all their threads
  std::vector<std::uint32_t> tids;
  bool follow = false;  // their children too
};

class PerfEvents {
 public:
  // Before attach().
  void add(const std::string& program, Attach event) { wanted_.push_back({program, event, -1}); }
  [[nodiscard]] bool has(const std::string& program) const;

  // `fd_of` returns a loaded program's descriptor.
  Result<void> attach(const PerfScope& scope, const std::function<int(const std::string&)>& fd_of);

  // Closes the events of CPUs that went offline, which are dead, and opens those of CPUs that came
  // online. Looks once a second, whenever it is called; needs CAP_PERFMON still.
  Result<void> follow_cpus(std::uint64_t now_ns);

  void detach();

 private:
  struct Wanted {
    std::string program;
    Attach event;
    int program_fd;
  };
  // How the events of one task, or one CPU, are opened.
  struct Place {
    pid_t task = -1;
    int cpu = -1;
    bool threads = false;   // its new threads too
    bool children = false;  // and its children
  };
  // The events, or the errno of why not.
  Result<std::vector<Fd>> open_at(const Place& place, int& error) const;
  Result<void> open_on_cpu(unsigned cpu);
  bool attach_to_tasks(const PerfScope& scope);

  std::vector<Wanted> wanted_;
  std::vector<Fd> by_task_;
  std::map<unsigned, std::vector<Fd>> by_cpu_;
  std::string online_;  // as the kernel last listed it
  std::uint64_t next_look_ns_ = 0;
};

}  // namespace hoodtrace
