// SPDX-License-Identifier: GPL-2.0-or-later
#include "live/cycle_counters.hpp"

#include <bpf/bpf.h>
#include <fmt/format.h>
#include <linux/perf_event.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>
#include <utility>

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

// Has no CPU of this kind the counter? Other errors are no property of a CPU.
bool is_absence(int error) {
  return error == ENOENT || error == ENODEV || error == ENXIO || error == EOPNOTSUPP;
}

// A pinned event that does not get onto the PMU reads as end of file (perf_event_open(2)).
bool counts(const Fd& counter) {
  std::uint64_t value = 0;
  return ::read(counter.get(), &value, sizeof(value)) == sizeof(value);
}

}  // namespace

int try_cycle_counters() {
  // On a hybrid machine each kind of core has its own PMU, so each CPU is asked. The counters are disabled:
  // an enabled one would take a counter from other users.
  int error = ENODEV;
  const OnlineCpus cpus;
  for (const std::uint32_t cpu : cpus.online()) {
    if (open_counter(cpu, Mode::kUser, Count::kNot) &&
        open_counter(cpu, Mode::kKernel, Count::kNot))
      return 0;
    error = errno;
    if (!is_absence(error)) return error;
  }
  return error;
}

Result<void> CycleCounters::open(int user_map, int kernel_map) {
  allow_many_files();
  const OnlineCpus cpus;
  for (const std::uint32_t cpu : cpus.online()) {
    Fd user = open_counter(cpu, Mode::kUser);
    Fd kernel = user ? open_counter(cpu, Mode::kKernel) : Fd();
    if (!kernel && is_absence(errno)) continue;
    if (!kernel) return bpf_error(fmt::format("open the counters of CPU {}'s PMU", cpu), errno);
    if (!counts(user) || !counts(kernel)) continue;
    const int user_fd = user.get();
    const int kernel_fd = kernel.get();
    if (bpf_map_update_elem(user_map, &cpu, &user_fd, BPF_ANY) != 0 ||
        bpf_map_update_elem(kernel_map, &cpu, &kernel_fd, BPF_ANY) != 0)
      return bpf_error("hand the counters of the PMU to the programs", errno);
    counters_.push_back(std::move(user));
    counters_.push_back(std::move(kernel));
  }
  if (counters_.empty())
    return unsupported(
        "--cycles needs two counters of each CPU's PMU, and others use them (perf, or the sysctl "
        "kernel.nmi_watchdog): end those, or leave out --cycles");
  return {};
}

}  // namespace hoodtrace
