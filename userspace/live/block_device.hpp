// SPDX-License-Identifier: GPL-2.0-or-later
// A block device: its name, and what is behind it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

namespace hoodtrace {

struct BlockDevice {
  // The file that has a loop device's content, as stat(2) numbers it.
  struct Backing {
    std::uint32_t dev = 0;
    std::uint64_t inode = 0;
    std::uint64_t offset = 0;  // of the device's first byte
  };

  std::string name;    // below /dev; empty: no such device
  std::string behind;  // dm: its name; md: its level; loop: its file; empty: a disk
  std::optional<Backing> backing;
};

// From /sys; the backing file of a loop device from the device itself, when it may be opened.
BlockDevice read_block_device(std::uint32_t dev);

}  // namespace hoodtrace
