// SPDX-License-Identifier: GPL-2.0-or-later
// Which files there are, and what they are called: ht_file, ht_mount and ht_device put together.
//
// The name of a file is the one that it had when it was last recorded: its path as the task that
// mapped it sees it (HT_FILE_FULL), or a path in its file system, to which the mounts are added.
// The path is that of the file that holds the pages: below an overlay mount, the layer's.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "event/event.hpp"
#include "model/names/file_key.hpp"

namespace hoodtrace {

// Not a file: all those that had to be forgotten.
inline constexpr FileId kOtherFiles = 0;

enum class FileKind : std::uint8_t {
  kUnknown,   // no record describes it
  kNamed,     // has a path
  kDeleted,   // has no name any more; perhaps the one that it had
  kUnnamed,   // O_TMPFILE: never had a name
  kDevice,    // a block device's own pages: what its file system keeps there, or raw reads
  kMetadata,  // a file system's internal inode
};

struct NamedFile {
  FileKey key;
  bool in_use = false;
  bool reported = false;  // by an ht_file
  std::string fs_type;
  std::string device;     // s_id, such as "vda1"
  std::string path;       // from its file system's root; empty when it has no directory entry
  std::string full_path;  // with the mounts; empty when it was not recorded that way
  std::uint32_t mount_dev = 0;
  std::uint32_t rdev = 0;
  std::uint32_t links = 0;
  std::uint16_t mode = 0;
  std::uint16_t flags = 0;
};

// The path of an ht_fault_file record, "" when it has no names.
std::string path_of(const ht_fault_file& file);

class FileTable {
 public:
  FileTable() { files_.emplace_back(); }

  void on(const ht_mount& mount);
  void on(const ht_device& device);
  void on(const ht_file& file);
  void on(const ht_fault_file& file);

  // Made, without a name, when it is not known.
  FileId at(const FileKey& key);
  // kOtherFiles when it is not known.
  [[nodiscard]] FileId find(const FileKey& key) const;
  // The last of its pages went because it was deleted.
  void set_deleted(FileId id) { files_[id].links = 0; }

  // Their FileIds may be reused for other files.
  void forget(const std::vector<bool>& gone);

  [[nodiscard]] const NamedFile& operator[](FileId id) const { return files_[id]; }
  // FileIds are below this.
  [[nodiscard]] std::size_t size() const { return files_.size(); }
  [[nodiscard]] std::size_t in_use() const { return ids_.size(); }

  [[nodiscard]] FileKind kind(FileId id) const;
  // "/usr/bin/sh", "/dev/vda1"; nothing when it has no path, or none in any mount we know.
  [[nodiscard]] std::optional<std::string> path(FileId id) const;
  // "vda"; "254:0" when the name of the block device is not known. Hostile.
  [[nodiscard]] std::string device_name(std::uint32_t dev) const;
  // What is behind it: a name of dm, the file of a loop device; empty when nothing is known. Hostile.
  [[nodiscard]] std::string_view behind_device(std::uint32_t dev) const;
  // It had a path, which was removed.
  [[nodiscard]] bool is_deleted(FileId id) const;
  // The kernel does not report its adds to the page cache: tmpfs and its like.
  [[nodiscard]] bool hides_adds(FileId id) const;

 private:
  struct Mount {
    std::string root;
    std::string point;
  };

  // For users that need names only and never forget a file: at most this many are stored.
  static constexpr std::size_t kMostNamed = 262144;

  NamedFile* to_name(const FileKey& key);

  std::vector<NamedFile> files_;
  std::vector<FileId> free_;
  FileId last_ = kOtherFiles;  // that was asked for
  std::unordered_map<FileKey, FileId, FileKeyHash> ids_;
  std::unordered_map<FileKey, FileKey, FileKeyHash> newest_;  // by the key without generation
  std::unordered_map<std::uint32_t, std::vector<Mount>> mounts_;
  std::unordered_map<std::uint32_t, std::string> devices_;
  std::unordered_map<std::uint32_t, std::string> behind_;
};

}  // namespace hoodtrace
