// SPDX-License-Identifier: GPL-2.0-or-later
#include "live/target.hpp"

#include <fmt/format.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>
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

std::uint32_t number_at(const std::string& line, std::size_t from) {
  std::uint32_t number = 0;
  std::from_chars(line.data() + from, line.data() + line.size(), number);
  return number;
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

std::string zombies_text(const Target& target) {
  std::string text;
  for (const std::uint32_t pid : target.pids) {
    std::ifstream status(fmt::format("/proc/{}/status", pid));
    std::string line;
    std::string name;
    bool is_zombie = false;
    std::uint32_t parent = 0;
    // A leader that ended before other threads of its process has the state of a zombie too.
    std::uint32_t threads = 0;
    while (std::getline(status, line)) {
      const std::size_t value = line.find_first_not_of(" \t", line.find(':') + 1);
      if (value == std::string::npos) continue;
      if (line.starts_with("Name:")) name = line.substr(value);
      if (line.starts_with("State:")) is_zombie = line[value] == 'Z';
      if (line.starts_with("PPid:")) parent = number_at(line, value);
      if (line.starts_with("Threads:")) threads = number_at(line, value);
    }
    if (!is_zombie || threads > 1) continue;
    std::string parent_name;
    std::getline(std::ifstream(fmt::format("/proc/{}/comm", parent)), parent_name);
    text += fmt::format("; process {} ({}) has ended and waits to be reaped by its parent {} ({})",
                        pid, name, parent, parent_name);
  }
  return text;
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
