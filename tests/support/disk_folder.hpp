// SPDX-License-Identifier: GPL-2.0-or-later
// A folder on a file system that is on a disk, gone at the end.
#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "support/temporary_folder.hpp"

namespace hoodtrace::testing {

// A folder whose files go through the page cache and can be swapped to: those of tmpfs do not. Not made where
// there is no disk.
class DiskFolder {
 public:
  DiskFolder() {
    if (!is_on_disk(disk_place())) return;
    folder_.emplace();
    path_ = std::filesystem::canonical(folder_->file(""));
  }
  [[nodiscard]] bool is_made() const { return folder_.has_value(); }
  [[nodiscard]] const std::string& path() const { return path_; }
  [[nodiscard]] std::string file(const std::string& name) const { return path_ + "/" + name; }

 private:
  std::optional<TemporaryFolder> folder_;
  std::string path_;
};

}  // namespace hoodtrace::testing
