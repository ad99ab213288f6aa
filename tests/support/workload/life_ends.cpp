// SPDX-License-Identifier: GPL-2.0-or-later
// Children that end: how, who reaps them, and when.

#include <fcntl.h>
#include <linux/sched.h>
#include <sched.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <thread>

#include "support/workload/life_acts.hpp"
#include "support/workload/stage.hpp"

namespace workload {
namespace {

constexpr std::uint64_t kNapUs = 30'000;

// clone3 without the C library: as fork, with more flags.
pid_t fork_with(std::uint64_t flags, int cgroup_fd) {
  clone_args arguments{};
  arguments.flags = flags;
  arguments.exit_signal = SIGCHLD;
  arguments.cgroup = static_cast<std::uint64_t>(cgroup_fd);
  return static_cast<pid_t>(::syscall(SYS_clone3, &arguments, sizeof(arguments)));
}

// A child has a child and dies; the grandchild sleeps, then prints who its parent is.
void leave_orphan(Family& family, const std::string& name) {
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0) std::exit(1);
  struct Orphan {
    pid_t pid;
    pid_t parent;
  } orphan{};
  const pid_t child = family.bear(name + "_parent", [&] {
    const pid_t own = ::getpid();
    if (::fork() == 0) {
      while (::getppid() == own) sleep_us(1'000);
      orphan = {::getpid(), ::getppid()};
      (void)!::write(ends[1], &orphan, sizeof(orphan));
      sleep_us(kNapUs);
      ::_exit(5);
    }
    sleep_us(kNapUs);
    return 0;
  });
  ::close(ends[1]);
  const std::uint64_t forked_ns = boot_ns();
  (void)!::read(ends[0], &orphan, sizeof(orphan));
  family.reap(child);
  family.add(name, orphan.pid, forked_ns).parent_pid = orphan.parent;
  char byte = 0;
  (void)!::read(ends[0], &byte, 1);  // until it is gone
  ::close(ends[0]);
}

}  // namespace

void act_exits(Family& family, const LifePlace&) {
  family.reap(family.bear("exit_0", [] { return 0; }));
  family.reap(family.bear("exit_7", [] { return 7; }));
  family.reap(family.bear("killed", [] { return ::kill(::getpid(), SIGKILL); }));
}

void act_core(Family& family, const LifePlace& place) {
  family.reap(family.bear("core", [&] {
    const rlimit all{RLIM_INFINITY, RLIM_INFINITY};
    ::setrlimit(RLIMIT_CORE, &all);
    (void)!::chdir(place.folder.c_str());
    ::signal(SIGSEGV, SIG_DFL);
    return ::raise(SIGSEGV);
  }));
}

void act_zombie(Family& family, const LifePlace&) {
  void* shared = ::mmap(nullptr, sizeof(std::uint64_t), PROT_READ | PROT_WRITE,
                        MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  if (shared == MAP_FAILED) std::exit(1);
  auto* alive_ns = static_cast<std::uint64_t*>(shared);
  const pid_t child = family.bear("zombie", [alive_ns] {
    *alive_ns = boot_ns();
    return 0;
  });
  family.see_dead(child, alive_ns);
  sleep_us(200'000);
  family.reap(child);
}

// The parent sleeps in the wait.
void act_awaited(Family& family, const LifePlace&) {
  family.reap(family.bear("awaited", [] {
    sleep_us(kNapUs);
    return 0;
  }));
}

void act_autoreap(Family& family, const LifePlace&) {
  ::signal(SIGCHLD, SIG_IGN);
  const pid_t child = family.bear("autoreap", [] { return 4; });
  ::waitpid(child, nullptr, 0);  // ECHILD, once it is gone
  ::signal(SIGCHLD, SIG_DFL);
}

void act_orphan(Family& family, const LifePlace&) { leave_orphan(family, "orphan"); }

void act_subreaper(Family& family, const LifePlace&) {
  ::prctl(PR_SET_CHILD_SUBREAPER, 1);
  leave_orphan(family, "adopted");
  while (::wait(nullptr) > 0) continue;
  ::prctl(PR_SET_CHILD_SUBREAPER, 0);
}

void act_threads(Family& family, const LifePlace&) {
  family.reap(family.bear("threads", [] {
    std::vector<std::thread> threads;
    for (int i = 0; i < 3; i++)
      threads.emplace_back([i] {
        ::prctl(PR_SET_NAME, ("worker-" + std::to_string(i)).c_str());
        sleep_us(2'000);
      });
    for (std::thread& thread : threads) thread.join();
    return 0;
  }));
}

// The first thread goes first, and the last two go at once.
void act_last_threads(Family& family, const LifePlace&) {
  family.reap(family.bear("last_threads", [] {
    for (int i = 0; i < 2; i++)
      std::thread([] {
        sleep_us(kNapUs);
        ::syscall(SYS_exit, 0);
      }).detach();
    ::syscall(SYS_exit, 0);
    return 1;
  }));
}

void act_namespaces(Family& family, const LifePlace&) {
  const std::uint64_t now = boot_ns();
  const pid_t pid = fork_with(CLONE_NEWPID | CLONE_NEWUTS, 0);
  if (pid == 0) {
    const pid_t inner = ::fork();
    if (inner == 0) ::_exit(6);
    int status = 0;
    ::waitpid(inner, &status, 0);
    ::_exit(inner == 2 && WEXITSTATUS(status) == 6 ? 0 : 1);
  }
  if (pid < 0) return;
  family.add("namespaces", pid, now);
  family.reap(pid);
}

// Into the cgroup whose folder the environment names.
void act_cgroup(Family& family, const LifePlace&) {
  const char* folder = std::getenv("WORKLOAD_CGROUP");
  const int fd = ::open(folder == nullptr ? "" : folder, O_PATH | O_DIRECTORY | O_CLOEXEC);
  const std::uint64_t now = boot_ns();
  const pid_t pid = fd < 0 ? -1 : fork_with(CLONE_INTO_CGROUP, fd);
  if (pid == 0) ::_exit(0);
  if (pid < 0) return;
  family.add("cgroup", pid, now);
  family.reap(pid);
}

}  // namespace workload
