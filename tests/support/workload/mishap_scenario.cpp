// SPDX-License-Identifier: GPL-2.0-or-later
// Faults that go wrong: the mapping is removed meanwhile, the page must come from another thread
// (userfaultfd), the task is killed while it waits for that.

#include <fcntl.h>
#include <linux/userfaultfd.h>
#include <setjmp.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <vector>

#include "support/workload/pages.hpp"
#include "support/workload/stage.hpp"

namespace workload {
namespace {

constexpr int kRw = PROT_READ | PROT_WRITE;

thread_local sigjmp_buf away;

void jump_away(int) { siglongjmp(away, 1); }

// Writes page after page of it while another thread unmaps and maps it again `times` times; how
// often that ended in a signal.
std::size_t write_what_vanishes(const Region& region, std::size_t times) {
  std::atomic<bool> over{false};
  std::thread other([&] {
    for (std::size_t i = 0; i < times; i++) {
      ::munmap(region.start, region.bytes);
      sleep_us(i % 50);
      (void)::mmap(region.start, region.bytes, kRw, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
      sleep_us(i % 50);
    }
    over = true;
  });
  // Atomic: changes since sigsetjmp must be in memory at the jump.
  std::atomic<std::size_t> signals{0};
  std::atomic<std::size_t> at{0};
  while (!over) {
    at = (at + kPageBytes) % region.bytes;
    if (sigsetjmp(away, 1) == 0)
      *static_cast<volatile char*>(region.start + at) = 1;
    else
      signals++;
  }
  other.join();
  return signals;
}

// A userfaultfd for the pages of that mapping, UFFDIO_REGISTER_MODE_*; -1 when this kernel does not
// allow one.
int take_care_of(const Region& region, std::uint64_t mode = UFFDIO_REGISTER_MODE_MISSING,
                 std::uint64_t features = 0) {
  const auto fd = static_cast<int>(::syscall(SYS_userfaultfd, O_CLOEXEC | UFFD_USER_MODE_ONLY));
  if (fd < 0) return -1;
  uffdio_api api{};
  api.api = UFFD_API;
  api.features = features;
  uffdio_register what{};
  what.range = {reinterpret_cast<std::uintptr_t>(region.start), region.bytes};
  what.mode = mode;
  if (::ioctl(fd, UFFDIO_API, &api) == 0 && ::ioctl(fd, UFFDIO_REGISTER, &what) == 0) return fd;
  ::close(fd);
  return -1;
}

bool protect(int fd, std::uint64_t start, std::uint64_t bytes, std::uint64_t mode) {
  uffdio_writeprotect what{};
  what.range = {start, bytes};
  what.mode = mode;
  return ::ioctl(fd, UFFDIO_WRITEPROTECT, &what) == 0;
}

// Lets `pages` writes to protected pages go on, each `late_us` microseconds after the fault.
void allow_writes(int fd, std::size_t pages, std::uint64_t late_us) {
  for (std::size_t i = 0; i < pages; i++) {
    uffd_msg message{};
    if (::read(fd, &message, sizeof(message)) != sizeof(message)) return;
    sleep_us(late_us);
    if (!protect(fd, message.arg.pagefault.address & ~(kPageBytes - 1), kPageBytes, 0)) return;
  }
}

// Maps `pages` pages that are in the file already, each `late_us` microseconds after the fault.
void map_pages(int fd, std::size_t pages, std::uint64_t late_us) {
  for (std::size_t i = 0; i < pages; i++) {
    uffd_msg message{};
    if (::read(fd, &message, sizeof(message)) != sizeof(message)) return;
    sleep_us(late_us);
    uffdio_continue what{};
    what.range = {message.arg.pagefault.address & ~(kPageBytes - 1), kPageBytes};
    if (::ioctl(fd, UFFDIO_CONTINUE, &what) != 0) return;
  }
}

// Supplies `pages` pages, each `late_us` microseconds after the fault.
void bring_pages(int fd, std::size_t pages, std::uint64_t late_us) {
  const std::vector<char> page(kPageBytes, 'x');
  for (std::size_t i = 0; i < pages; i++) {
    uffd_msg message{};
    if (::read(fd, &message, sizeof(message)) != sizeof(message)) return;
    sleep_us(late_us);
    uffdio_copy copy{};
    copy.dst = message.arg.pagefault.address & ~(kPageBytes - 1);
    copy.src = reinterpret_cast<std::uintptr_t>(page.data());
    copy.len = kPageBytes;
    if (::ioctl(fd, UFFDIO_COPY, &copy) != 0) return;
  }
}

// The same, each after a signal to `thread`, which waits in the fault: it takes the signal, and faults
// again.
void bring_pages_after_signals(int fd, std::size_t pages, pid_t thread) {
  for (std::size_t i = 0; i < pages; i++) {
    uffd_msg message{};
    if (::read(fd, &message, sizeof(message)) != sizeof(message)) return;
    ::syscall(SYS_tgkill, getpid(), thread, SIGUSR1);
    bring_pages(fd, 1, 0);
  }
}

// Writes to pages that come so. The frame of each signal is on a page that nobody has touched, so that
// the kernel faults when it writes it.
void write_interrupted(const Region& region, int fd, std::size_t pages) {
  const auto thread = static_cast<pid_t>(::syscall(SYS_gettid));
  struct sigaction action {};
  action.sa_handler = [](int) {};
  action.sa_flags = SA_ONSTACK;
  ::sigaction(SIGUSR1, &action, nullptr);
  std::thread bringer([&] { bring_pages_after_signals(fd, pages, thread); });
  stack_t stack{};
  stack.ss_size = 16 * kPageBytes;
  for (std::size_t i = 0; i < pages; i++) {
    stack.ss_sp = anonymous(16, kRw, MAP_PRIVATE).start;
    ::sigaltstack(&stack, nullptr);
    region.start[i * kPageBytes] = 1;
  }
  bringer.join();
  stack.ss_flags = SS_DISABLE;
  ::sigaltstack(&stack, nullptr);
}

// A file in memory that has all its pages, mapped a second time.
Region in_file_of_memory(std::size_t pages) {
  const auto fd = static_cast<int>(::syscall(SYS_memfd_create, "minor", 0));
  const std::size_t bytes = pages * kPageBytes;
  if (fd < 0 || ::ftruncate(fd, static_cast<off_t>(bytes)) != 0) std::exit(1);
  const Region first = anonymous(pages, kRw, MAP_SHARED);
  const Region second = anonymous(pages, kRw, MAP_SHARED);
  for (const Region& region : {first, second})
    if (::mmap(region.start, bytes, kRw, MAP_SHARED | MAP_FIXED, fd, 0) == MAP_FAILED) std::exit(1);
  ::close(fd);
  first.write(pages);
  return second;
}

bool is_asleep(pid_t pid) {
  std::ifstream file("/proc/" + std::to_string(pid) + "/stat");
  std::string text;
  std::getline(file, text);
  const std::size_t at = text.rfind(") ");
  return at != std::string::npos && text[at + 2] == 'S';
}

// The pid of a child that faults on a page that is never supplied, and is killed in the fault.
pid_t kill_in_a_fault(const Region& region, Usage& usage) {
  int ready[2];
  if (::pipe2(ready, O_CLOEXEC) != 0) std::exit(1);
  const pid_t pid = ::fork();
  if (pid == 0) {
    if (take_care_of(region) < 0) ::_exit(1);
    (void)!::write(ready[1], "r", 1);
    region.write(1);
    ::_exit(0);
  }
  char byte = 0;
  (void)!::read(ready[0], &byte, 1);
  for (int i = 0; i < 2000 && !is_asleep(pid); i++) sleep_us(1000);
  ::kill(pid, SIGKILL);
  rusage its{};
  ::wait4(pid, nullptr, 0, &its);
  usage = usage_of(its);
  ::close(ready[0]);
  ::close(ready[1]);
  return pid;
}

}  // namespace

int play_mishaps(const Script& script, bool gated) {
  const std::size_t vanish = script.number("vanish", 0);
  const std::size_t late = script.number("late", 0);
  const std::uint64_t late_us = script.number("late_us", 1000);
  const std::size_t interrupted = script.number("interrupted", 0);
  const bool killed = script.number("killed", 0) != 0;
  const Region vanishing = anonymous(64, kRw, MAP_PRIVATE);
  const Region late_pages = anonymous(late + interrupted + 1, kRw, MAP_PRIVATE);
  const Region never = anonymous(1, kRw, MAP_PRIVATE);
  const std::size_t guarded = script.number("protected", 0);
  const std::size_t minor = script.number("minor", 0);
  const Region guarded_pages = anonymous(guarded + 1, kRw, MAP_PRIVATE);
  guarded_pages.write(guarded);
  const Region minor_pages = in_file_of_memory(minor + 1);
  const int guard =
      take_care_of(guarded_pages, UFFDIO_REGISTER_MODE_WP, UFFD_FEATURE_PAGEFAULT_FLAG_WP);
  const int mapper =
      take_care_of(minor_pages, UFFDIO_REGISTER_MODE_MINOR, UFFD_FEATURE_MINOR_SHMEM);
  const bool can_guard = guard >= 0;
  const bool can_map = mapper >= 0;
  struct sigaction action {};
  action.sa_handler = jump_away;
  ::sigaction(SIGSEGV, &action, nullptr);
  const int fd = take_care_of(late_pages);
  const bool can_be_late = fd >= 0;

  std::size_t signals = 0;
  pid_t child = 0;
  Usage child_usage;
  Gate gate(gated, 1);
  std::thread actor([&] {
    gate.wait_start();
    if (vanish > 0) signals = write_what_vanishes(vanishing, vanish);
    if (late > 0 && can_be_late) {
      std::thread bringer([&] { bring_pages(fd, late, late_us); });
      late_pages.write(late);
      bringer.join();
    }
    if (interrupted > 0 && can_be_late) write_interrupted(late_pages, fd, interrupted);
    if (guarded > 0 && can_guard) {
      // No page was protected by a fork: this process's forks are over, or before the pages.
      protect(guard, reinterpret_cast<std::uintptr_t>(guarded_pages.start), guarded * kPageBytes,
              UFFDIO_WRITEPROTECT_MODE_WP);
      std::thread allower([&] { allow_writes(guard, guarded, late_us); });
      guarded_pages.write(guarded);
      allower.join();
    }
    if (minor > 0 && can_map) {
      std::thread mapping([&] { map_pages(mapper, minor, late_us); });
      minor_pages.write(minor);
      mapping.join();
    }
    if (killed && can_be_late) child = kill_in_a_fault(never, child_usage);
    gate.wait_end();
  });
  gate.conduct();
  actor.join();

  std::printf("{\"scenario\":\"mishaps\",\"pid\":%d,\"signals\":%zu,\"userfaultfd\":%s", getpid(),
              signals, can_be_late ? "true" : "false");
  print_region("vanishing", vanishing);
  print_region("late", late_pages);
  print_region("never", never);
  print_region("protected", guarded_pages);
  print_region("minor", minor_pages);
  std::printf(",\"can_protect\":%s,\"can_map\":%s", can_guard ? "true" : "false",
              can_map ? "true" : "false");
  std::printf(",\"child\":{\"pid\":%d,\"minor\":%ld,\"major\":%ld}}\n", child, child_usage.minor,
              child_usage.major);
  std::fflush(stdout);
  return 0;
}

}  // namespace workload
