// Forks, and who writes which of the pages that they share, and when.

#include <fcntl.h>
#include <spawn.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cinttypes>
#include <cstdio>
#include <cstdlib>
#include <vector>

#include "support/workload/pages.hpp"
#include "support/workload/stage.hpp"

namespace workload {
namespace {

struct Child {
  pid_t pid = 0;
  int done = -1;   // it says: a byte
  int leave = -1;  // closed: it may end
  Usage usage;
};

struct Plan {
  std::size_t child = 0;  // pages that each child writes
  std::size_t grand = 0;  // pages that each child's child writes
  bool exec = false;      // the child executes something at once
};

void hear(int fd) {
  char byte = 0;
  (void)!::read(fd, &byte, 1);
}

[[noreturn]] void live_as_child(const Region& region, const Plan& plan, int done, int leave) {
  if (plan.exec) {
    ::execl("/bin/true", "true", static_cast<char*>(nullptr));
    ::_exit(1);
  }
  region.write(plan.child);
  if (plan.grand > 0) {
    const pid_t pid = ::fork();
    if (pid == 0) {
      region.write(plan.grand);
      ::_exit(0);
    }
    ::waitpid(pid, nullptr, 0);
  }
  (void)!::write(done, "d", 1);
  hear(leave);
  ::_exit(0);
}

Child start_child(const Region& region, const Plan& plan) {
  int done[2];
  int leave[2];
  if (::pipe2(done, O_CLOEXEC) != 0 || ::pipe2(leave, O_CLOEXEC) != 0) std::exit(1);
  Child child;
  child.pid = ::fork();
  if (child.pid == 0) {
    ::close(leave[1]);
    live_as_child(region, plan, done[1], leave[0]);
  }
  ::close(done[1]);
  ::close(leave[0]);
  child.done = done[0];
  child.leave = leave[1];
  return child;
}

// By a byte: a closed pipe would not do, for later children have its end too.
void end_child(Child& child) {
  (void)!::write(child.leave, "l", 1);
  ::close(child.leave);
  ::close(child.done);
  rusage usage{};
  ::wait4(child.pid, nullptr, 0, &usage);
  child.usage = usage_of(usage);
}

}  // namespace

int play_cow(const Script& script, bool gated) {
  const std::size_t pages = script.number("pages", 1000);
  const Plan plan{script.number("child", 0), script.number("grand", 0),
                  script.number("exec", 0) != 0};
  const std::size_t children = script.number("children", 1);
  const std::size_t during = script.number("during", 0);  // pages the parent writes meanwhile
  const std::size_t after = script.number("after", 0);    // and when all have ended
  const bool shared = script.number("shared", 0) != 0;
  const std::size_t spawns = script.number("spawns", 0);  // by posix_spawn: vforks
  const Region region = anonymous(pages, PROT_READ | PROT_WRITE, shared ? MAP_SHARED : MAP_PRIVATE);
  region.write(pages);

  std::vector<Child> all(children);
  Usage usage;
  Gate gate(gated, 1);
  std::thread actor([&] {
    gate.wait_start();
    const Usage before = thread_usage();
    for (Child& child : all) {
      child = start_child(region, plan);
      hear(child.done);
    }
    region.write(during);
    for (Child& child : all) end_child(child);
    region.write(after);
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

  const auto at = reinterpret_cast<std::uintptr_t>(region.start);
  std::printf("{\"scene\":\"cow\",\"pid\":%d,\"minor\":%ld,\"major\":%ld,\"region\":[%" PRIuPTR
              ",%" PRIuPTR "],\"children\":[",
              getpid(), usage.minor, usage.major, at, at + region.bytes);
  for (std::size_t i = 0; i < all.size(); i++)
    std::printf("%s{\"pid\":%d,\"minor\":%ld,\"major\":%ld}", i == 0 ? "" : ",", all[i].pid,
                all[i].usage.minor, all[i].usage.major);
  std::printf("]}\n");
  std::fflush(stdout);
  return 0;
}

}  // namespace workload
