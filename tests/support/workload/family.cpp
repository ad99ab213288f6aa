// SPDX-License-Identifier: GPL-2.0-or-later
#include "support/workload/family.hpp"

#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <ctime>

namespace workload {
namespace {

std::uint64_t ns_of(const timeval& time) {
  return static_cast<std::uint64_t>(time.tv_sec) * 1'000'000'000 +
         static_cast<std::uint64_t>(time.tv_usec) * 1'000;
}

}  // namespace

std::uint64_t boot_ns() {
  timespec now{};
  ::clock_gettime(CLOCK_BOOTTIME, &now);
  return static_cast<std::uint64_t>(now.tv_sec) * 1'000'000'000 +
         static_cast<std::uint64_t>(now.tv_nsec);
}

Child& Family::add(const std::string& name, pid_t pid, std::uint64_t forked_ns) {
  Child& child = children_.emplace_back();
  child.name = name;
  child.pid = pid;
  child.forked_ns = forked_ns;
  return child;
}

pid_t Family::bear(const std::string& name, const std::function<int()>& life) {
  std::fflush(stdout);
  const std::uint64_t now = boot_ns();
  const pid_t pid = ::fork();
  if (pid < 0) {
    std::perror("fork");
    std::exit(1);
  }
  if (pid == 0) ::_exit(life());
  add(name, pid, now);
  return pid;
}

Child& Family::of(pid_t pid) {
  for (auto at = children_.rbegin(); at != children_.rend(); ++at)
    if (at->pid == pid) return *at;
  std::abort();
}

void Family::see_dead(pid_t pid, const std::uint64_t* alive_ns) {
  siginfo_t about{};
  ::waitid(P_PID, static_cast<id_t>(pid), &about, WEXITED | WNOWAIT);
  of(pid).dead_ns = boot_ns();
  of(pid).alive_ns = *alive_ns;
}

void Family::reap(pid_t pid) {
  Child& child = of(pid);
  rusage usage{};
  child.wait_ns = boot_ns();
  if (::wait4(pid, &child.status, 0, &usage) != pid) {
    std::perror("wait4");
    std::exit(1);
  }
  child.reaped_ns = boot_ns();
  child.cpu_ns = ns_of(usage.ru_utime) + ns_of(usage.ru_stime);
}

void Family::print() const {
  std::printf("{\"scenario\": \"life\", \"pid\": %d, \"children\": [", ::getpid());
  const char* glue = "";
  for (const Child& child : children_) {
    std::printf(
        "%s{\"name\": \"%s\", \"pid\": %d, \"status\": %d, \"forked_ns\": %llu, "
        "\"alive_ns\": %llu, \"dead_ns\": %llu, \"wait_ns\": %llu, \"reaped_ns\": %llu, "
        "\"cpu_ns\": %llu, \"parent_pid\": %ld}",
        glue, child.name.c_str(), child.pid, child.status,
        static_cast<unsigned long long>(child.forked_ns),
        static_cast<unsigned long long>(child.alive_ns),
        static_cast<unsigned long long>(child.dead_ns),
        static_cast<unsigned long long>(child.wait_ns),
        static_cast<unsigned long long>(child.reaped_ns),
        static_cast<unsigned long long>(child.cpu_ns), child.parent_pid);
    glue = ", ";
  }
  std::printf("]}\n");
  std::fflush(stdout);
}

}  // namespace workload
