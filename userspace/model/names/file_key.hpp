// SPDX-License-Identifier: GPL-2.0-or-later
// Which file: device as stat(2) shows it, inode number, generation of that number.
#pragma once

#include <cstddef>
#include <cstdint>

#include "event/event.hpp"

namespace hoodtrace {

// An index into a FileTable.
using FileId = std::uint32_t;

struct FileKey {
  std::uint64_t inode = 0;
  std::uint32_t dev = 0;
  std::uint32_t generation = 0;  // 0 also where a recording does not have it

  FileKey() = default;
  FileKey(std::uint64_t its_inode, std::uint32_t its_dev, std::uint32_t its_generation = 0)
      : inode(its_inode), dev(its_dev), generation(its_generation) {}
  // NOLINTNEXTLINE(google-explicit-constructor): the same three numbers
  FileKey(const ht_file_key& key) : FileKey(key.inode, key.dev, key.generation) {}
  explicit FileKey(const ht_fault& fault) : FileKey(fault.inode, fault.dev, fault.generation) {}

  // clang-tidy 14 takes the 0 that a defaulted comparison compares with for a null pointer.
  auto operator<=>(const FileKey&) const = default;  // NOLINT(modernize-use-nullptr)
};

struct FileKeyHash {
  std::size_t operator()(const FileKey& key) const {
    return (key.inode * 0x9e3779b97f4a7c15ULL) ^
           ((std::uint64_t{key.dev} << 32 | key.generation) * 0xc2b2ae3d27d4eb4fULL);
  }
};

}  // namespace hoodtrace
