// SPDX-License-Identifier: GPL-2.0-or-later
// A folder on a file system that is on a disk, gone at the end.
#pragma once

#include <sys/vfs.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <string>

namespace hoodtrace::testing {

// A folder whose files go through the page cache and can be swapped to: those of tmpfs do not.
class DiskFolder {
 public:
  DiskFolder() {
    for (const std::string base : {HOODTRACE_BUILD_DIR, "/var/tmp", "/mnt"}) {
      struct statfs status {};
      constexpr long kTmpfs = 0x01021994;  // include/uapi/linux/magic.h
      constexpr long kRamfs = 0x858458f6;
      if (::statfs(base.c_str(), &status) != 0) continue;
      if (status.f_type == kTmpfs || status.f_type == kRamfs) continue;
      std::string name = base + "/cache-test.XXXXXX";
      if (::mkdtemp(name.data()) == nullptr) continue;
      path_ = std::filesystem::canonical(name);
      return;
    }
  }
  DiskFolder(const DiskFolder&) = delete;
  DiskFolder& operator=(const DiskFolder&) = delete;
  ~DiskFolder() {
    std::error_code ignored;
    if (!path_.empty()) std::filesystem::remove_all(path_, ignored);
  }
  [[nodiscard]] bool is_made() const { return !path_.empty(); }
  [[nodiscard]] const std::string& path() const { return path_; }
  [[nodiscard]] std::string file(const std::string& name) const { return path_ + "/" + name; }

 private:
  std::string path_;
};

}  // namespace hoodtrace::testing
