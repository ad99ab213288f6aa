// SPDX-License-Identifier: GPL-2.0-or-later
#include "live/run_queue_clock.hpp"

#include <fcntl.h>
#include <sys/mount.h>
#include <unistd.h>

#include <algorithm>
#include <array>

#include "base/fd.hpp"
#include "base/sched_debug.hpp"
#include "live/boot_clock.hpp"

namespace hoodtrace {
namespace {

// Where debugfs is not mounted, in a mount of its own that is in no tree.
Fd open_sched_debug() {
  if (Fd file(::open("/sys/kernel/debug/sched/debug", O_RDONLY | O_CLOEXEC)); file) return file;
  const Fd context(::fsopen("debugfs", FSOPEN_CLOEXEC));
  if (!context) return {};
  if (::fsconfig(context.get(), FSCONFIG_CMD_CREATE, nullptr, nullptr, 0) != 0) return {};
  const Fd root(::fsmount(context.get(), FSMOUNT_CLOEXEC, 0));
  if (!root) return {};
  return Fd(::openat(root.get(), "sched/debug", O_RDONLY | O_CLOEXEC));
}

// CLOCK_BOOTTIME goes on in a suspend, and CLOCK_MONOTONIC does not.
std::int64_t suspended_ns() {
  const auto monotonic_ns = static_cast<std::int64_t>(clock_ns(CLOCK_MONOTONIC));
  return static_cast<std::int64_t>(boot_clock_ns()) - monotonic_ns;
}

}  // namespace

std::optional<std::int64_t> run_queue_clock_lag_ns() {
  const Fd file = open_sched_debug();
  if (!file) return std::nullopt;
  std::optional<std::int64_t> lag_ns;
  // A hypervisor may stop the CPU between two readings: then the one is too small, the other too large.
  constexpr int kTries = 5;
  std::array<std::int64_t, kTries> suspended{};
  for (std::int64_t& ns : suspended) ns = suspended_ns();
  for (int i = 0; i < kTries; i++) {
    // Its first record is longer. The kernel makes one after the other until it has as much as is asked
    // for, and those of the CPUs walk all tasks.
    std::array<char, 512> head{};
    const ssize_t size = ::pread(file.get(), head.data(), head.size(), 0);
    if (size <= 0) return std::nullopt;
    const auto read_ns = monotonic_lag_ns({head.data(), static_cast<std::size_t>(size)});
    if (!read_ns) return std::nullopt;
    lag_ns = std::max(lag_ns.value_or(*read_ns), *read_ns);
  }
  return *lag_ns + *std::min_element(suspended.begin(), suspended.end());
}

}  // namespace hoodtrace
