// SPDX-License-Identifier: GPL-2.0-or-later
// The phases of this machine's last boot, from what the kernel and systemd still know of it.

#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <ctime>

#include "lab/acts.hpp"
#include "lab/boot/sources.hpp"
#include "lab/list.hpp"

namespace hoodtrace::lab {
namespace {

std::string lacks_boot(const LabSettings&) {
  if (kernel_marks(kernel_log()).ran_init_ns != 0 || ask_systemd().userspace_ns != 0) return {};
  if (::access("/dev/kmsg", R_OK) != 0)
    return "the kernel's log is not readable (/dev/kmsg), and systemd is not the init here";
  return "the kernel's log no longer has this boot, and systemd is not the init here";
}

LabJson play(const LabSettings&) {
  const KernelMarks kernel = kernel_marks(kernel_log());
  const SystemdPhases systemd = ask_systemd();
  const std::uint64_t before = now_ns();
  int leave[2];
  if (::pipe(leave) != 0) give_up("pipe");
  const pid_t child = start_child([&] {
    char byte = 0;
    (void)!::read(leave[0], &byte, 1);
    return 0;
  });
  const std::uint64_t after = now_ns();
  const std::uint64_t started = started_ns(child);
  (void)!::write(leave[1], "x", 1);
  wait_for(child);
  timespec wall{};
  ::clock_gettime(CLOCK_REALTIME, &wall);
  const std::uint64_t now = now_ns();
  return {{"freed_init_ns", kernel.freed_init_ns},
          {"ran_init_ns", kernel.ran_init_ns},
          {"initrd_ns", systemd.initrd_ns},
          {"userspace_ns", systemd.userspace_ns},
          {"finish_ns", systemd.finish_ns},
          {"earliest_ns", earliest_process_ns()},
          {"child", child},
          {"before_ns", before},
          {"after_ns", after},
          {"child_started_ns", started},
          {"wall_s",
           static_cast<std::int64_t>(wall.tv_sec) - static_cast<std::int64_t>(now / 1'000'000'000)},
          {"btime_s", number_in("/proc/stat", "btime")},
          {"now_ns", now}};
}

void judge(const Evidence& evidence, Verdict& verdict) {
  const LabJson& facts = evidence.facts;
  const auto at = [&](const char* key) { return facts[key].get<double>(); };
  // printk's clock and that of the processes start within this.
  constexpr double kClocksNs = 100e6;
  // One clock tick of /proc/PID/stat.
  constexpr double kTickNs = 10e6;
  const double now = at("now_ns");
  const double first = at("earliest_ns") > 0 ? at("earliest_ns") : now;
  double end = 0;  // of the phase before
  if (at("ran_init_ns") > 0) {
    if (at("freed_init_ns") > 0)
      verdict.within("kernel: its own initialization is done", 1, at("ran_init_ns"),
                     facts["freed_init_ns"], LabUnit::kNs);
    verdict.within("kernel: it runs the first program, before any other process", 1,
                   first + kClocksNs + kTickNs, facts["ran_init_ns"], LabUnit::kNs);
    end = std::max(0.0, at("ran_init_ns") - kClocksNs);
  } else {
    verdict.notes.emplace_back("the kernel's log no longer has this boot: its phase is systemd's");
  }
  if (at("initrd_ns") > 0) {
    verdict.within("initrd: systemd begins in it", std::max(end, 1.0), at("userspace_ns"),
                   facts["initrd_ns"], LabUnit::kNs);
    end = at("initrd_ns");
  }
  if (at("userspace_ns") > 0) {
    verdict.within("userspace: systemd begins on the root file system", std::max(end, 1.0), now,
                   facts["userspace_ns"], LabUnit::kNs);
    if (at("finish_ns") > 0)
      verdict.within("userspace: the jobs of the boot are done", at("userspace_ns"), now,
                     facts["finish_ns"], LabUnit::kNs);
    else
      verdict.notes.emplace_back("systemd has not finished this boot yet");
  } else {
    verdict.notes.emplace_back("systemd is not the init here: what init did is not in phases");
  }
  // hoodtrace's times are of the same clock.
  verdict.within("start of a new process, since the boot", at("before_ns"), at("after_ns"),
                 value_of(evidence.life(facts["child"]), "start_ns"), LabUnit::kNs,
                 facts["child_started_ns"], kTickNs);
  verdict.within("btime of /proc/stat: now less the time since the boot, in s", at("wall_s") - 1,
                 at("wall_s") + 1, facts["btime_s"], LabUnit::kText);
}

constexpr LabBar kBars[] = {
    {"kernel", 0, 20, '#', "devices, memory"},
    {"initrd", 20, 45, '=', "finds the root"},
    {"userspace", 45, 100, '#', "units, in order of their dependencies"},
};

}  // namespace

const Experiment kBoot = {
    "boot",
    "boot",
    "the phases of this machine's last boot: kernel, initrd, userspace",
    "procs",
    "procs",
    "The clock starts with the kernel; what firmware and boot loader took is not in it. The kernel "
    "initializes itself, gives the memory of its initialization back (\"Freeing unused kernel "
    "image\"), and executes the first program as PID 1 (\"Run /init as init process\", "
    "init/main.c). With an initrd that program finds and mounts the root file system and executes "
    "the real init from there: still PID 1, and the same start time. Then systemd starts units "
    "until the jobs of the boot are done.\n"
    "\n"
    "Where systemd is the init, it has the times of these steps (what systemd-analyze shows); "
    "elsewhere the kernel's log has the kernel's phase, as long as it was not overwritten. The "
    "phases must follow each other, and no process may be older than the first program. "
    "hoodtrace's "
    "times are of the clock that starts with the boot (CLOCK_BOOTTIME): a process that is started "
    "now has the start time that /proc/PID/stat shows, in clock ticks. For a boot unit by unit "
    "and process by process: hoodtrace boot enable, then hoodtrace boot report.",
    lacks_boot,
    play,
    judge,
    {"time since the boot (not to scale)", kBars}};

}  // namespace hoodtrace::lab
