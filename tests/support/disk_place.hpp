// SPDX-License-Identifier: GPL-2.0-or-later
// Where tests put files that are read from a disk. Debian 13 mounts a tmpfs over /tmp, which has no
// page cache to miss, no major faults and no I/O. In a container /tmp is an overlay: its files are those of
// a file system below, with other device numbers.
#pragma once

#include <linux/magic.h>
#include <sys/vfs.h>
#include <unistd.h>

#include <filesystem>
#include <string>

namespace hoodtrace::testing {

inline bool is_on_disk(const std::string& folder) {
  struct statfs status {};
  return ::statfs(folder.c_str(), &status) == 0 && status.f_type != TMPFS_MAGIC &&
         status.f_type != RAMFS_MAGIC && status.f_type != OVERLAYFS_SUPER_MAGIC;
}

// The first that is on a disk and that we may write to: TMPDIR or /tmp, /var/tmp, the build, and /mnt, the
// disk of our guests. If none is, the first.
inline std::string disk_place() {
  const std::string first = std::filesystem::temp_directory_path();
  for (const std::string& folder :
       {first, std::string("/var/tmp"), std::string(HOODTRACE_BUILD_DIR), std::string("/mnt")})
    if (is_on_disk(folder) && ::access(folder.c_str(), W_OK | X_OK) == 0) return folder;
  return first;
}

}  // namespace hoodtrace::testing
