// SPDX-License-Identifier: GPL-2.0-or-later
// A fork, and copies afterwards that no write of the program asks for alone: in system calls, from
// swap, of huge pages, of pinned pages, of pages that KSM merged. How many pages were copied is
// read from /proc/self/pagemap: their frames are others then.

#include <fcntl.h>
#include <linux/io_uring.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>

#include "support/workload/frames.hpp"
#include "support/workload/pages.hpp"
#include "support/workload/stage.hpp"

#ifndef MADV_POPULATE_WRITE
#define MADV_POPULATE_WRITE 23
#endif
#ifndef MADV_PAGEOUT
#define MADV_PAGEOUT 21
#endif

namespace workload {
namespace {

constexpr int kRw = PROT_READ | PROT_WRITE;

struct Scenario {
  Region region;
  std::size_t pages = 0;
  std::size_t stride = kPageBytes;
  std::string file;  // for O_DIRECT
  pid_t child = 0;   // for writes into its memory
};

// What one side did, in memory that both see.
struct CopyOutcome {
  bool done = false;         // the act succeeded
  std::size_t at_birth = 0;  // frames that were others than the parent's right after the fork
  std::size_t copied = 0;    // frames that are others after the act
  std::size_t was_huge = 0;  // bytes in transparent huge pages before and after
  std::size_t is_huge = 0;
};
struct Outcomes {
  CopyOutcome child;
  CopyOutcome parent;
};

bool read_direct(const Scenario& scenario) {
  const int fd = ::open(scenario.file.c_str(), O_RDONLY | O_DIRECT | O_CLOEXEC);
  if (fd < 0) return false;
  const std::size_t bytes = scenario.pages * kPageBytes;
  const ssize_t n = ::pread(fd, scenario.region.start, bytes, 0);
  ::close(fd);
  return n == static_cast<ssize_t>(bytes);
}

bool write_into_child(const Scenario& scenario) {
  char byte = 'x';
  const iovec from{&byte, 1};
  for (std::size_t i = 0; i < scenario.pages; i++) {
    const iovec to{scenario.region.start + i * scenario.stride, 1};
    if (::process_vm_writev(scenario.child, &from, 1, &to, 1, 0) != 1) return false;
  }
  return true;
}

bool act(const Scenario& scenario, const std::string& what) {
  const std::size_t bytes = scenario.pages * kPageBytes;
  if (what == "direct") return read_direct(scenario);
  if (what == "populate") return ::madvise(scenario.region.start, bytes, MADV_POPULATE_WRITE) == 0;
  if (what == "mlock") return ::mlock(scenario.region.start, bytes) == 0;
  if (what == "remote") return write_into_child(scenario);
  if (what == "write") scenario.region.write(scenario.pages, scenario.stride);
  return true;
}

CopyOutcome act_and_look(const Scenario& scenario, const std::string& what, const Frames& before) {
  CopyOutcome outcome;
  const Frames first = frames_of(scenario.region, scenario.pages, scenario.stride);
  outcome.at_birth = changes(before, first);
  outcome.was_huge = smaps_bytes(scenario.region, "AnonHugePages:");
  outcome.done = act(scenario, what);
  outcome.copied = changes(first, frames_of(scenario.region, scenario.pages, scenario.stride));
  outcome.is_huge = smaps_bytes(scenario.region, "AnonHugePages:");
  return outcome;
}

// Pins the region, as io_uring's registered buffers are for as long as the ring lives.
bool pin(const Scenario& scenario) {
  io_uring_params params{};
  const auto ring = static_cast<int>(::syscall(SYS_io_uring_setup, 4, &params));
  iovec whole{scenario.region.start, scenario.pages * kPageBytes};
  return ring >= 0 &&
         ::syscall(SYS_io_uring_register, ring, IORING_REGISTER_BUFFERS, &whole, 1) == 0;
}

// Pages with the same content, which KSM then has merged; false when it does not within 20 s.
bool merge(const Scenario& scenario) {
  for (std::size_t i = 0; i < scenario.pages; i++)
    std::memset(scenario.region.start + i * kPageBytes, 0x5a, kPageBytes);
  if (::madvise(scenario.region.start, scenario.pages * kPageBytes, MADV_MERGEABLE) != 0)
    return false;
  constexpr int kTries = 200;
  for (int i = 0; i < kTries; i++) {
    sleep_us(100'000);
    const Frames frames = frames_of(scenario.region, scenario.pages);
    bool same = true;
    for (const std::uint64_t frame : frames) same = same && frame == frames[0];
    if (same && frames[0] != 0) return true;
  }
  return false;
}

bool swap_out(const Scenario& scenario) {
  constexpr int kTries = 20;
  for (int i = 0; i < kTries; i++) {
    ::madvise(scenario.region.start, scenario.pages * kPageBytes, MADV_PAGEOUT);
    if (swapped(scenario.region, scenario.pages) == scenario.pages) return true;
    sleep_us(50'000);
  }
  return false;
}

bool make_region(Scenario& scenario, const std::string& memory) {
  if (memory == "huge") {
    scenario.stride = kHugeBytes;
    scenario.region = huge(scenario.pages);
  } else if (memory == "hugetlb") {
    scenario.stride = kHugeBytes;
    scenario.region.bytes = scenario.pages * kHugeBytes;
    void* place = ::mmap(nullptr, scenario.region.bytes, kRw,
                         MAP_PRIVATE | MAP_ANONYMOUS | MAP_HUGETLB, -1, 0);
    if (place == MAP_FAILED) return false;
    scenario.region.start = static_cast<char*>(place);
  } else {
    scenario.region = anonymous(scenario.pages, kRw, MAP_PRIVATE);
  }
  scenario.region.write(scenario.pages, scenario.stride);
  return true;
}

void make_file(const Scenario& scenario) {
  const int fd = ::open(scenario.file.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  for (std::size_t i = 0; i < scenario.pages; i++)
    (void)!::write(fd, scenario.region.start, kPageBytes);
  ::fsync(fd);
  ::close(fd);
}

void print_outcome(const char* name, const CopyOutcome& outcome) {
  std::printf(
      ",\"%s\":{\"done\":%s,\"at_birth\":%zu,\"copied\":%zu,\"was_huge\":%zu,\"is_huge\":%zu}",
      name, outcome.done ? "true" : "false", outcome.at_birth, outcome.copied, outcome.was_huge,
      outcome.is_huge);
}

}  // namespace

int play_copies(const Script& script, bool gated) {
  Scenario scenario;
  scenario.pages = script.number("pages", 200);
  scenario.file = script.text("file", "");
  const std::string by_child = script.text("child", "");
  const std::string by_parent = script.text("parent", "");
  const std::string before_fork = script.text("before", "");
  const bool ksm = script.number("ksm", 0) != 0;
  bool ready = make_region(scenario, script.text("memory", ""));
  Scenario merged;
  if (ksm) {
    merged.pages = scenario.pages;
    ready = ready && make_region(merged, "") &&
            ::madvise(merged.region.start, merged.region.bytes, MADV_DONTFORK) == 0;
  }
  if (!scenario.file.empty()) make_file(scenario);
  if (before_fork == "pin") ready = ready && pin(scenario);
  if (before_fork == "swap") ready = ready && swap_out(scenario);
  auto* outcomes = static_cast<Outcomes*>(
      ::mmap(nullptr, sizeof(Outcomes), kRw, MAP_SHARED | MAP_ANONYMOUS, -1, 0));
  int done[2];
  int leave[2];
  if (::pipe2(done, O_CLOEXEC) != 0 || ::pipe2(leave, O_CLOEXEC) != 0) return 1;

  pid_t child = 0;
  Gate gate(gated, 1);
  std::thread actor([&] {
    gate.wait_start();
    if (!ready) {
      gate.wait_end();
      return;
    }
    const Frames before = frames_of(scenario.region, scenario.pages, scenario.stride);
    child = scenario.child = ::fork();
    char byte = 0;
    if (child == 0) {
      outcomes->child = act_and_look(scenario, by_child, before);
      (void)!::write(done[1], "d", 1);
      ::close(leave[1]);
      (void)!::read(leave[0], &byte, 1);
      ::_exit(0);
    }
    (void)!::read(done[0], &byte, 1);
    if (ksm) ready = merge(merged);
    if (ksm && ready)
      outcomes->parent = act_and_look(merged, by_parent, frames_of(merged.region, merged.pages));
    else
      outcomes->parent = act_and_look(scenario, by_parent, before);
    ::close(leave[1]);
    ::waitpid(child, nullptr, 0);
    gate.wait_end();
  });
  gate.conduct();
  actor.join();

  std::printf("{\"scenario\":\"copies\",\"pid\":%d,\"child_pid\":%d,\"ready\":%s", getpid(), child,
              ready ? "true" : "false");
  print_region("region", scenario.region);
  print_region("merged", merged.region);
  print_outcome("child", outcomes->child);
  print_outcome("parent", outcomes->parent);
  std::printf("}\n");
  std::fflush(stdout);
  return 0;
}

}  // namespace workload
