// SPDX-License-Identifier: GPL-2.0-or-later
#include "live/cycle_counters.hpp"

#include <bpf/bpf.h>
#include <linux/perf_event.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>

#include "live/bpf_error.hpp"
#include "live/many_files.hpp"
#include "live/online_cpus.hpp"

namespace hoodtrace {
namespace {

enum class Mode { kUser, kKernel };
enum class Count { kAtOnce, kNot };

Fd open_counter(std::uint32_t cpu, Mode mode, Count count = Count::kAtOnce) {
  perf_event_attr attr{};
  attr.size = sizeof(attr);
  attr.type = PERF_TYPE_HARDWARE;
  attr.config = PERF_COUNT_HW_CPU_CYCLES;
  attr.exclude_user = mode == Mode::kKernel ? 1 : 0;
  attr.exclude_kernel = mode == Mode::kUser ? 1 : 0;
  attr.disabled = count == Count::kNot ? 1 : 0;
  attr.exclude_hv = 1;
  attr.exclude_guest = 1;
  attr.pinned = 1;  // never in turn with others: it counts all the time, or cannot be read
  return Fd(static_cast<int>(
      ::syscall(SYS_perf_event_open, &attr, -1, static_cast<int>(cpu), -1, PERF_FLAG_FD_CLOEXEC)));
}

}  // namespace

bool has_cycle_counters() {
  // Of a machine with two kinds of cores each has a PMU of its own. One that counted would take the
  // counter from others for a moment.
  const OnlineCpus cpus;
  for (const std::uint32_t cpu : cpus.online())
    if (open_counter(cpu, Mode::kUser, Count::kNot) &&
        open_counter(cpu, Mode::kKernel, Count::kNot))
      return true;
  return false;
}

Result<void> CycleCounters::open(int user_map, int kernel_map) {
  allow_many_files();
  int error = 0;
  const OnlineCpus cpus;
  for (const std::uint32_t cpu : cpus.online()) {
    Fd user = open_counter(cpu, Mode::kUser);
    if (!user) error = errno;
    Fd kernel = open_counter(cpu, Mode::kKernel);
    if (!kernel) error = errno;
    if (!user || !kernel) continue;
    const int user_fd = user.get();
    const int kernel_fd = kernel.get();
    if (bpf_map_update_elem(user_map, &cpu, &user_fd, BPF_ANY) != 0 ||
        bpf_map_update_elem(kernel_map, &cpu, &kernel_fd, BPF_ANY) != 0)
      return bpf_error("hand the counters of the PMU to the programs", errno);
    counters_.push_back(std::move(user));
    counters_.push_back(std::move(kernel));
  }
  if (counters_.empty()) return bpf_error("open the counters of the PMU", error);
  return {};
}

}  // namespace hoodtrace
