// SPDX-License-Identifier: GPL-2.0-or-later
// cgroup v2 paths and ids: where the hierarchy is mounted, which id a path has and the reverse.
#pragma once

#include <cstdint>
#include <string>

#include "base/fd.hpp"
#include "base/result.hpp"

namespace hoodtrace {

// The v2 mount point, such as "/sys/fs/cgroup"; empty when there is none.
std::string cgroup_v2_mount();

// The id of a cgroup given as "/a/b" below the v2 mount or as an absolute path into it.
Result<std::uint64_t> cgroup_id_of_path(const std::string& path);

// The path, below the v2 mount, of a systemd unit's cgroup ("nginx" means "nginx.service").
Result<std::string> cgroup_path_of_unit(const std::string& unit);

// The same of a container, by how its id begins; an error when there is none, or more than one.
Result<std::string> cgroup_path_of_container(const std::string& id);

// Finds the path of a cgroup by its id, as long as the cgroup exists; in a process that outlives
// the root file system it started on, too.
class CgroupNames {
 public:
  CgroupNames();
  // The same of another hierarchy, such as "/sys/fs/cgroup/cpu"; "" = of none.
  explicit CgroupNames(std::string mount);

  // "/a/b"; "/" for the root; empty when it was removed or there is no v2 mount.
  [[nodiscard]] std::string path_of(std::uint64_t id) const;

 private:
  std::string mount_;
  Fd mount_fd_;
  Fd proc_fd_;  // a process that stays behind in the initrd's root finds no /proc there
};

}  // namespace hoodtrace
