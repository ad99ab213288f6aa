// SPDX-License-Identifier: GPL-2.0-or-later
// What a running machine still knows of its last boot: the kernel's log, and systemd's timestamps.
// All times in ns since the boot; 0 = not known.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace hoodtrace::lab {

struct KernelLine {
  std::uint64_t time_ns =
      0;  // of printk's clock, which starts some ms before CLOCK_BOOTTIME at most
  std::string text;
};

// A record of /dev/kmsg (Documentation/ABI/testing/dev-kmsg); nothing when it is none.
std::optional<KernelLine> parse_kernel_line(const std::string& record);
// All that the kernel still has; empty when it cannot be read.
std::vector<KernelLine> kernel_log();

struct KernelMarks {
  std::uint64_t freed_init_ns = 0;  // it gave the memory of its own initialization back
  std::uint64_t ran_init_ns = 0;    // it executed the first program
  std::string init;                 // which one; hostile
};
KernelMarks kernel_marks(const std::vector<KernelLine>& lines);

struct SystemdPhases {
  std::uint64_t initrd_ns = 0;     // systemd began in the initrd; 0 also without one
  std::uint64_t userspace_ns = 0;  // systemd began on the root file system
  std::uint64_t finish_ns = 0;     // the boot's jobs were done
};
// Of the lines of `systemctl show`.
SystemdPhases systemd_phases(const std::string& properties);
// Asks systemd; all 0 where it is not the init.
SystemdPhases ask_systemd();

// The earliest start of all processes that PID 1 started and that live still, by /proc/PID/stat.
std::uint64_t earliest_process_ns();
// When a process was started, by /proc/PID/stat: in clock ticks, so up to 10 ms early.
std::uint64_t started_ns(pid_t pid);

}  // namespace hoodtrace::lab
