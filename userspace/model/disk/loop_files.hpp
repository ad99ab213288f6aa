// SPDX-License-Identifier: GPL-2.0-or-later
// Loop devices and their backing files. A worker of the kernel does in the file what was asked of the
// device, so what it asks of the disk below belongs to those requests.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <utility>

#include "event/event.hpp"

namespace hoodtrace {

class LoopFiles {
 public:
  struct Loop {
    std::uint32_t dev = 0;
    std::uint64_t offset = 0;  // in the file, of the device's first byte
  };

  void on(const ht_disk_backing& backing) {
    const File file{backing.file_dev, backing.inode};
    if (const auto old = files_.find(backing.dev); old != files_.end()) loops_.erase(old->second);
    files_[backing.dev] = file;
    loops_[file] = {backing.dev, backing.offset};
  }
  // The loop device that has its content in this file.
  [[nodiscard]] const Loop* of_file(std::uint32_t dev, std::uint64_t inode) const {
    const auto found = loops_.find({dev, inode});
    return found == loops_.end() ? nullptr : &found->second;
  }
  [[nodiscard]] const Loop* of_device(std::uint32_t dev) const {
    const auto found = files_.find(dev);
    return found == files_.end() ? nullptr : of_file(found->second.first, found->second.second);
  }

 private:
  using File = std::pair<std::uint32_t, std::uint64_t>;  // device, inode

  std::map<File, Loop> loops_;
  std::map<std::uint32_t, File> files_;  // by loop device
};

}  // namespace hoodtrace
