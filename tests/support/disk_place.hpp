// SPDX-License-Identifier: GPL-2.0-or-later
// Where tests put files that are read from a disk. Debian 13 mounts a tmpfs over /tmp, which has no
// page cache to miss, no major faults and no I/O.
#pragma once

#include <linux/magic.h>
#include <sys/vfs.h>

#include <filesystem>
#include <string>

namespace hoodtrace::testing {

inline bool is_in_memory(const std::string& folder) {
  struct statfs status {};
  return ::statfs(folder.c_str(), &status) != 0 || status.f_type == TMPFS_MAGIC ||
         status.f_type == RAMFS_MAGIC;
}

// TMPDIR or /tmp, or else /var/tmp; if neither is on a disk, the first one.
inline std::string disk_place() {
  const std::string first = std::filesystem::temp_directory_path();
  return is_in_memory(first) && !is_in_memory("/var/tmp") ? "/var/tmp" : first;
}

}  // namespace hoodtrace::testing
