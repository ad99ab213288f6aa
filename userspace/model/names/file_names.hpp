// SPDX-License-Identifier: GPL-2.0-or-later
// Paths of mapped files by device and inode, from ht_fault_file records.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>

#include "event/event.hpp"

namespace hoodtrace {

struct FileKey {
  std::uint64_t inode = 0;
  std::uint32_t dev = 0;
  // clang-tidy 14 takes the 0 that a defaulted comparison compares with for a null pointer.
  auto operator<=>(const FileKey&) const = default;  // NOLINT(modernize-use-nullptr)
};

struct FileKeyHash {
  std::size_t operator()(const FileKey& key) const {
    return std::hash<std::uint64_t>()(key.inode * 0x9e3779b97f4a7c15ULL + key.dev);
  }
};

// The path that a record tells, "" when it has no names.
std::string path_of(const ht_fault_file& file);

class FileNames {
 public:
  void on(const ht_fault_file& file);

  // "" when it was not named.
  [[nodiscard]] std::string_view path_of(const FileKey& key) const;

 private:
  static constexpr std::size_t kLimit = 65536;

  std::unordered_map<FileKey, std::string, FileKeyHash> paths_;
};

}  // namespace hoodtrace
