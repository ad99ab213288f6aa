// SPDX-License-Identifier: GPL-2.0-or-later
#include "live/target.hpp"

#include <fmt/format.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <fstream>
#include <string>

#include "live/cgroup_paths.hpp"

namespace hoodtrace {
namespace {

// The process of a task, from /proc; 0 when there is none.
std::uint32_t process_of(std::uint32_t tid) {
  std::ifstream status(fmt::format("/proc/{}/status", tid));
  std::string word;
  while (status >> word)
    if (word == "Tgid:") {
      std::uint32_t pid = 0;
      status >> pid;
      return pid;
    }
  return 0;
}

}  // namespace

Result<KernelFilter> resolve_target(const Target& target) {
  KernelFilter filter;
  filter.self_pid = static_cast<std::uint32_t>(::getpid());
  for (const std::uint32_t pid : target.pids) {
    const std::uint32_t process = process_of(pid);
    if (process == 0) return failed(fmt::format("no process {}; list processes with: ps -e", pid));
    if (process != pid)
      return failed(fmt::format(
          "{} is a thread of process {}; trace it with --tid {}, or all of them with --pid {}", pid,
          process, pid, process));
  }
  for (const std::uint32_t tid : target.tids)
    if (process_of(tid) == 0)
      return failed(fmt::format("no thread {}; list threads with: ps -eL", tid));
  filter.pids = target.pids;
  filter.tids = target.tids;
  filter.comm_glob = target.comm_glob;
  filter.follow = target.follows();
  std::string cgroup = target.cgroup_path;
  if (!target.unit.empty()) {
    Result<std::string> path = cgroup_path_of_unit(target.unit);
    if (!path) return path.error();
    cgroup = *path;
  }
  if (!target.container.empty()) {
    Result<std::string> path = cgroup_path_of_container(target.container);
    if (!path) return path.error();
    cgroup = *path;
  }
  if (!cgroup.empty()) {
    Result<std::uint64_t> id = cgroup_id_of_path(cgroup);
    if (!id) return id.error();
    filter.cgroup_id = *id;
    filter.cgroup_path = CgroupNames().path_of(*id);
  }
  return filter;
}

std::vector<Fd> open_processes(const Target& target) {
  std::vector<Fd> processes;
  if (!target.comm_glob.empty() || !target.cgroup_path.empty() || !target.unit.empty() ||
      !target.container.empty())
    return processes;
  for (const std::uint32_t pid : target.pids) {
    Fd process(static_cast<int>(::syscall(SYS_pidfd_open, pid, 0)));
    if (process) processes.push_back(std::move(process));
  }
  return processes;
}

}  // namespace hoodtrace
