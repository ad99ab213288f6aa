// SPDX-License-Identifier: GPL-2.0-or-later
// Which files there are, and what they are called: ht_file, ht_mount and ht_device put together.
//
// A file is a (device, inode, generation); a name is the one it had when the kernel side told it
// last. The path is that of the file that holds the pages: below an overlay mount, the layer's.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "event/event.hpp"
#include "model/cache/page_states.hpp"

namespace hoodtrace {

// Not a file: all those that had to be forgotten.
inline constexpr FileId kOtherFiles = 0;

enum class FileKind : std::uint8_t {
  kUnknown,   // nothing told what it is
  kNamed,     // has a path
  kDeleted,   // has no name any more; perhaps the one that it had
  kUnnamed,   // O_TMPFILE: never had a name
  kDevice,    // a block device's own pages: what its file system keeps there, or raw reads
  kMetadata,  // a file system's internal inode
};

struct CachedFile {
  ht_file_key key{};
  bool in_use = false;
  bool told = false;  // by an ht_file
  std::string fs_type;
  std::string device;  // s_id, such as "vda1"
  std::string path;    // from its file system's root; empty when it has no directory entry
  std::uint32_t mount_dev = 0;
  std::uint32_t rdev = 0;
  std::uint32_t links = 0;
  std::uint16_t mode = 0;
  std::uint16_t flags = 0;
};

class FileTable {
 public:
  FileTable() { files_.emplace_back(); }

  void on(const ht_mount& mount);
  void on(const ht_device& device);
  void on(const ht_file& file);

  // Made, without a name, when it is not known.
  FileId at(const ht_file_key& key);
  // The last of its pages went because it was deleted.
  void set_deleted(FileId id) { files_[id].links = 0; }

  // Their FileIds may come back as other files'.
  void forget(const std::vector<bool>& gone);

  [[nodiscard]] const CachedFile& operator[](FileId id) const { return files_[id]; }
  // FileIds are below this.
  [[nodiscard]] std::size_t size() const { return files_.size(); }
  [[nodiscard]] std::size_t in_use() const { return ids_.size(); }

  [[nodiscard]] FileKind kind(FileId id) const;
  // "/usr/bin/sh", "/dev/vda1"; nothing when it has no path, or none in any mount we know.
  [[nodiscard]] std::optional<std::string> path(FileId id) const;
  // Its adds to the page cache are not told by the kernel: tmpfs and its like.
  [[nodiscard]] bool hides_adds(FileId id) const;

 private:
  struct Hash {
    std::size_t operator()(const ht_file_key& key) const {
      return (key.inode * 0x9e3779b97f4a7c15ULL) ^
             ((std::uint64_t{key.dev} << 32 | key.generation) * 0xc2b2ae3d27d4eb4fULL);
    }
  };
  struct Equal {
    bool operator()(const ht_file_key& a, const ht_file_key& b) const {
      return a.inode == b.inode && a.dev == b.dev && a.generation == b.generation;
    }
  };
  struct Mount {
    std::string root;
    std::string point;
  };

  std::vector<CachedFile> files_;
  std::vector<FileId> free_;
  FileId last_ = kOtherFiles;  // that was asked for
  std::unordered_map<ht_file_key, FileId, Hash, Equal> ids_;
  std::unordered_map<std::uint32_t, std::vector<Mount>> mounts_;
  std::unordered_map<std::uint32_t, std::string> devices_;
};

}  // namespace hoodtrace
