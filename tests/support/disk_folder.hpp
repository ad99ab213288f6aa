// SPDX-License-Identifier: GPL-2.0-or-later
// A folder on a file system that is on a disk, gone at the end.
#pragma once

#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <string>

#include "support/disk_place.hpp"

namespace hoodtrace::testing {

// A folder whose files go through the page cache and can be swapped to: those of tmpfs do not.
class DiskFolder {
 public:
  DiskFolder() {
    const std::string place = disk_place();
    std::string name = place + "/cache-test.XXXXXX";
    if (is_on_disk(place) && ::mkdtemp(name.data()) != nullptr)
      path_ = std::filesystem::canonical(name);
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
