// SPDX-License-Identifier: GPL-2.0-or-later
// Forks, and who writes which of the pages that they share, and when.

#include <fcntl.h>
#include <spawn.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <thread>
#include <vector>

#include "support/disk_place.hpp"
#include "support/workload/pages.hpp"
#include "support/workload/stage.hpp"

namespace workload {
namespace {

struct CowChild {
  pid_t pid = 0;
  int done = -1;   // it says: a byte
  int leave = -1;  // it may end: a byte
  Usage usage;
};

// The pages that a fork shares, and how either side writes them.
struct Shared {
  Region region;
  Region elsewhere;  // where mremap moves the first `moved` of them
  std::size_t moved = 0;
  std::size_t stride = kPageBytes;
  std::size_t threads = 1;  // that write, a page in turn each

  void write_some(std::size_t first, std::size_t count) const {
    for (std::size_t i = first; i < count; i += threads)
      *static_cast<volatile char*>((i < moved ? elsewhere : region).start + i * stride) = 1;
  }

  void write(std::size_t count) const {
    std::vector<std::thread> others;
    for (std::size_t i = 1; i < threads; i++)
      others.emplace_back([this, i, count] { write_some(i, count); });
    write_some(0, count);
    for (std::thread& other : others) other.join();
  }

  void move(std::size_t count) {
    const std::size_t bytes = count * stride;
    if (count > 0 && ::mremap(region.start, bytes, bytes, MREMAP_MAYMOVE | MREMAP_FIXED,
                              elsewhere.start) == MAP_FAILED)
      std::exit(1);
    moved = count;
  }
};

struct CowPlan {
  std::size_t child = 0;  // pages that each child writes
  std::size_t grand = 0;  // pages that each child's child writes
  std::size_t move = 0;   // pages that either side moves elsewhere before it writes
  std::size_t unmap = 0;  // number of pages, the first ones, that the child unmaps instead
  bool exec = false;      // the child executes something at once
};

void hear(int fd) {
  char byte = 0;
  (void)!::read(fd, &byte, 1);
}

[[noreturn]] void live_as_child(Shared shared, const CowPlan& plan, int done, int leave) {
  if (plan.exec) {
    ::execl("/bin/true", "true", static_cast<char*>(nullptr));
    ::_exit(1);
  }
  shared.move(plan.move);
  if (plan.unmap > 0) ::munmap(shared.region.start, plan.unmap * shared.stride);
  shared.write(plan.child);
  if (plan.grand > 0) {
    const pid_t pid = ::fork();
    if (pid == 0) {
      shared.write(plan.grand);
      ::_exit(0);
    }
    ::waitpid(pid, nullptr, 0);
  }
  (void)!::write(done, "d", 1);
  hear(leave);
  ::_exit(0);
}

CowChild start_child(const Shared& shared, const CowPlan& plan) {
  int done[2];
  int leave[2];
  if (::pipe2(done, O_CLOEXEC) != 0 || ::pipe2(leave, O_CLOEXEC) != 0) std::exit(1);
  CowChild child;
  child.pid = ::fork();
  if (child.pid == 0) {
    ::close(leave[1]);
    live_as_child(shared, plan, done[1], leave[0]);
  }
  ::close(done[1]);
  ::close(leave[0]);
  child.done = done[0];
  child.leave = leave[1];
  // What it executes hears nothing, and ends when it likes.
  if (plan.exec) {
    ::close(child.leave);
    child.leave = -1;
  }
  return child;
}

// By a byte: a closed pipe would not do, for later children have its end too.
void end_child(CowChild& child) {
  if (child.leave >= 0) {
    (void)!::write(child.leave, "l", 1);
    ::close(child.leave);
  }
  ::close(child.done);
  rusage usage{};
  ::wait4(child.pid, nullptr, 0, &usage);
  child.usage = usage_of(usage);
}

// Every page is written once, so the process has its own copy.
Shared make_shared(const Script& script, std::size_t pages) {
  constexpr int kRw = PROT_READ | PROT_WRITE;
  Shared shared;
  shared.threads = script.number("threads", 1);
  shared.elsewhere = anonymous(script.number("move", 0) + 1, kRw, MAP_PRIVATE);
  if (script.number("huge", 0) != 0) {
    shared.stride = kHugeBytes;
    shared.region = huge(pages);
  } else if (script.number("file", 0) != 0) {
    shared.region = of_file(hoodtrace::testing::disk_place(), pages * kPageBytes, MAP_PRIVATE);
  } else {
    const int flags = script.number("shared", 0) != 0 ? MAP_SHARED : MAP_PRIVATE;
    shared.region = anonymous(pages, kRw, flags);
  }
  shared.region.write(pages, shared.stride);
  return shared;
}

}  // namespace

int play_cow(const Script& script, bool gated) {
  const std::size_t pages = script.number("pages", 1000);
  const CowPlan plan{script.number("child", 0), script.number("grand", 0), script.number("move", 0),
                     script.number("unmap", 0), script.number("exec", 0) != 0};
  const std::size_t children = script.number("children", 1);
  const std::size_t during = script.number("during", 0);  // pages the parent writes meanwhile
  const std::size_t after = script.number("after", 0);    // and when all have ended
  const std::size_t spawns = script.number("spawns", 0);  // by posix_spawn: vforks
  Shared shared = make_shared(script, pages);

  std::vector<CowChild> all(children);
  Usage usage;
  Gate gate(gated, 1);
  std::thread actor([&] {
    gate.wait_start();
    const Usage before = thread_usage();
    for (CowChild& child : all) {
      child = start_child(shared, plan);
      hear(child.done);
    }
    shared.move(plan.move);
    shared.write(during);
    for (CowChild& child : all) end_child(child);
    shared.write(after);
    for (std::size_t i = 0; i < spawns; i++) {
      char name[] = "true";
      char* const argv[] = {name, nullptr};
      pid_t pid = 0;
      if (::posix_spawn(&pid, "/bin/true", nullptr, nullptr, argv, nullptr) == 0)
        ::waitpid(pid, nullptr, 0);
    }
    usage = thread_usage(before);
    gate.wait_end();
  });
  gate.conduct();
  actor.join();

  std::printf("{\"scenario\":\"cow\",\"pid\":%d,\"minor\":%ld,\"major\":%ld", getpid(), usage.minor,
              usage.major);
  print_region("region", shared.region);
  print_region("elsewhere", shared.elsewhere);
  std::printf(",\"children\":[");
  for (std::size_t i = 0; i < all.size(); i++)
    std::printf("%s{\"pid\":%d,\"minor\":%ld,\"major\":%ld}", i == 0 ? "" : ",", all[i].pid,
                all[i].usage.minor, all[i].usage.major);
  std::printf("]}\n");
  std::fflush(stdout);
  return 0;
}

}  // namespace workload
