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

struct Scene {
  Region region;
  std::size_t pages = 0;
  std::size_t stride = kPageBytes;
  std::string file;  // for O_DIRECT
  pid_t child = 0;   // for writes into its memory
};

// What one side did, in memory that both see.
struct Outcome {
  bool done = false;         // the act succeeded
  std::size_t at_birth = 0;  // frames that were others than the parent's right after the fork
  std::size_t copied = 0;    // frames that are others after the act
  std::size_t was_huge = 0;  // bytes in transparent huge pages before and after
  std::size_t is_huge = 0;
};
struct Outcomes {
  Outcome child;
  Outcome parent;
};

bool read_direct(const Scene& scene) {
  const int fd = ::open(scene.file.c_str(), O_RDONLY | O_DIRECT | O_CLOEXEC);
  if (fd < 0) return false;
  const std::size_t bytes = scene.pages * kPageBytes;
  const ssize_t n = ::pread(fd, scene.region.start, bytes, 0);
  ::close(fd);
  return n == static_cast<ssize_t>(bytes);
}

bool write_into_child(const Scene& scene) {
  char byte = 'x';
  const iovec from{&byte, 1};
  for (std::size_t i = 0; i < scene.pages; i++) {
    const iovec to{scene.region.start + i * scene.stride, 1};
    if (::process_vm_writev(scene.child, &from, 1, &to, 1, 0) != 1) return false;
  }
  return true;
}

bool act(const Scene& scene, const std::string& what) {
  const std::size_t bytes = scene.pages * kPageBytes;
  if (what == "direct") return read_direct(scene);
  if (what == "populate") return ::madvise(scene.region.start, bytes, MADV_POPULATE_WRITE) == 0;
  if (what == "mlock") return ::mlock(scene.region.start, bytes) == 0;
  if (what == "remote") return write_into_child(scene);
  if (what == "write") scene.region.write(scene.pages, scene.stride);
  return true;
}

Outcome act_and_look(const Scene& scene, const std::string& what, const Frames& before) {
  Outcome outcome;
  const Frames first = frames_of(scene.region, scene.pages, scene.stride);
  outcome.at_birth = changes(before, first);
  outcome.was_huge = smaps_bytes(scene.region, "AnonHugePages:");
  outcome.done = act(scene, what);
  outcome.copied = changes(first, frames_of(scene.region, scene.pages, scene.stride));
  outcome.is_huge = smaps_bytes(scene.region, "AnonHugePages:");
  return outcome;
}

// Pins the region, as io_uring's registered buffers are for as long as the ring lives.
bool pin(const Scene& scene) {
  io_uring_params params{};
  const auto ring = static_cast<int>(::syscall(SYS_io_uring_setup, 4, &params));
  iovec whole{scene.region.start, scene.pages * kPageBytes};
  return ring >= 0 &&
         ::syscall(SYS_io_uring_register, ring, IORING_REGISTER_BUFFERS, &whole, 1) == 0;
}

// Pages with the same content, which KSM then has merged; false when it does not within 20 s.
bool merge(const Scene& scene) {
  for (std::size_t i = 0; i < scene.pages; i++)
    std::memset(scene.region.start + i * kPageBytes, 0x5a, kPageBytes);
  if (::madvise(scene.region.start, scene.pages * kPageBytes, MADV_MERGEABLE) != 0) return false;
  constexpr int kTries = 200;
  for (int i = 0; i < kTries; i++) {
    sleep_us(100'000);
    const Frames frames = frames_of(scene.region, scene.pages);
    bool same = true;
    for (const std::uint64_t frame : frames) same = same && frame == frames[0];
    if (same && frames[0] != 0) return true;
  }
  return false;
}

bool swap_out(const Scene& scene) {
  constexpr int kTries = 20;
  for (int i = 0; i < kTries; i++) {
    ::madvise(scene.region.start, scene.pages * kPageBytes, MADV_PAGEOUT);
    if (swapped(scene.region, scene.pages) == scene.pages) return true;
    sleep_us(50'000);
  }
  return false;
}

bool make_region(Scene& scene, const std::string& memory) {
  if (memory == "huge") {
    scene.stride = kHugeBytes;
    scene.region = huge(scene.pages);
  } else if (memory == "hugetlb") {
    scene.stride = kHugeBytes;
    scene.region.bytes = scene.pages * kHugeBytes;
    void* place =
        ::mmap(nullptr, scene.region.bytes, kRw, MAP_PRIVATE | MAP_ANONYMOUS | MAP_HUGETLB, -1, 0);
    if (place == MAP_FAILED) return false;
    scene.region.start = static_cast<char*>(place);
  } else {
    scene.region = anonymous(scene.pages, kRw, MAP_PRIVATE);
  }
  scene.region.write(scene.pages, scene.stride);
  return true;
}

void make_file(const Scene& scene) {
  const int fd = ::open(scene.file.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  for (std::size_t i = 0; i < scene.pages; i++) (void)!::write(fd, scene.region.start, kPageBytes);
  ::fsync(fd);
  ::close(fd);
}

void print_outcome(const char* name, const Outcome& outcome) {
  std::printf(
      ",\"%s\":{\"done\":%s,\"at_birth\":%zu,\"copied\":%zu,\"was_huge\":%zu,\"is_huge\":%zu}",
      name, outcome.done ? "true" : "false", outcome.at_birth, outcome.copied, outcome.was_huge,
      outcome.is_huge);
}

}  // namespace

int play_copies(const Script& script, bool gated) {
  Scene scene;
  scene.pages = script.number("pages", 200);
  scene.file = script.text("file", "");
  const std::string by_child = script.text("child", "");
  const std::string by_parent = script.text("parent", "");
  const std::string before_fork = script.text("before", "");
  const bool ksm = script.number("ksm", 0) != 0;
  bool ready = make_region(scene, script.text("memory", ""));
  Scene merged;
  if (ksm) {
    merged.pages = scene.pages;
    ready = ready && make_region(merged, "") &&
            ::madvise(merged.region.start, merged.region.bytes, MADV_DONTFORK) == 0;
  }
  if (!scene.file.empty()) make_file(scene);
  if (before_fork == "pin") ready = ready && pin(scene);
  if (before_fork == "swap") ready = ready && swap_out(scene);
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
    const Frames before = frames_of(scene.region, scene.pages, scene.stride);
    child = scene.child = ::fork();
    char byte = 0;
    if (child == 0) {
      outcomes->child = act_and_look(scene, by_child, before);
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
      outcomes->parent = act_and_look(scene, by_parent, before);
    ::close(leave[1]);
    ::waitpid(child, nullptr, 0);
    gate.wait_end();
  });
  gate.conduct();
  actor.join();

  std::printf("{\"scene\":\"copies\",\"pid\":%d,\"child_pid\":%d,\"ready\":%s", getpid(), child,
              ready ? "true" : "false");
  print_region("region", scene.region);
  print_region("merged", merged.region);
  print_outcome("child", outcomes->child);
  print_outcome("parent", outcomes->parent);
  std::printf("}\n");
  std::fflush(stdout);
  return 0;
}

}  // namespace workload
