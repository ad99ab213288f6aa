// SPDX-License-Identifier: GPL-2.0-or-later
#include "support/disk_place.hpp"

#include <linux/magic.h>
#include <sys/vfs.h>
#include <unistd.h>

#include <filesystem>

namespace hoodtrace::testing {

bool is_on_disk(const std::string& folder) {
  struct statfs status {};
  return ::statfs(folder.c_str(), &status) == 0 && status.f_type != TMPFS_MAGIC &&
         status.f_type != RAMFS_MAGIC && status.f_type != OVERLAYFS_SUPER_MAGIC;
}

std::string disk_place() {
  const std::string first = std::filesystem::temp_directory_path();
  for (const std::string& folder :
       {first, std::string("/var/tmp"), std::string(HOODTRACE_BUILD_DIR), std::string("/mnt")})
    if (is_on_disk(folder) && ::access(folder.c_str(), W_OK | X_OK) == 0) return folder;
  return first;
}

}  // namespace hoodtrace::testing
