// SPDX-License-Identifier: GPL-2.0-or-later
#include "model/names/file_table.hpp"

#include <sys/stat.h>

#include <algorithm>
#include <string_view>
#include <utility>

#include "base/units.hpp"
#include "event/words.hpp"

namespace hoodtrace {
namespace {

constexpr std::uint64_t kBtrfsBtreeInode = 1;  // fs/btrfs/btrfs_inode.h

// "/x" below "/a" is "/a/x".
std::string joined(std::string_view point, std::string_view below) {
  if (below.empty() || below == "/") return std::string(point);
  if (point == "/") return std::string(below);
  return std::string(point) + std::string(below);
}

bool is_below(std::string_view path, std::string_view root) {
  return root == "/" || path == root ||
         (path.starts_with(root) && path.size() > root.size() && path[root.size()] == '/');
}

}  // namespace

std::string path_of(const ht_fault_file& file) {
  std::vector<std::string_view> names;  // the file's own first
  std::string_view tail = tail_of(file);
  while (!tail.empty()) names.push_back(take_word(tail));
  if (names.empty()) return {};
  // The topmost is the root, "/". A file in no directory (memfd) has its name alone.
  std::string path;
  if (names.size() > 1 && names.back() == "/") names.pop_back();
  if (names.size() == 1 && names.front() == "/") names.clear();
  for (auto name = names.rbegin(); name != names.rend(); ++name) (path += '/') += *name;
  return path.empty() ? "/" : path;
}

void FileTable::on(const ht_mount& record) {
  std::string_view tail = tail_of(record);
  Mount mount;
  mount.root = take_word(tail);
  mount.point = take_word(tail);
  std::vector<Mount>& list = mounts_[record.dev];
  const bool known = std::any_of(list.begin(), list.end(), [&](const Mount& other) {
    return other.root == mount.root && other.point == mount.point;
  });
  if (!known) list.push_back(std::move(mount));
}

std::string FileTable::device_name(std::uint32_t dev) const {
  const auto found = devices_.find(dev);
  return found == devices_.end() ? format_device(dev) : found->second;
}

void FileTable::on(const ht_device& record) {
  std::string_view tail = tail_of(record);
  devices_[record.dev] = take_word(tail);
  if (!tail.empty()) behind_[record.dev] = take_word(tail);
}

std::string_view FileTable::behind_device(std::uint32_t dev) const {
  const auto found = behind_.find(dev);
  return found == behind_.end() ? std::string_view() : found->second;
}

// Null when it is not known, and too many are.
NamedFile* FileTable::to_name(const FileKey& key) {
  if (ids_.size() >= kMostNamed && !ids_.contains(key)) return nullptr;
  return &files_[at(key)];
}

void FileTable::on(const ht_file& record) {
  NamedFile* named = to_name(record.file);
  if (named == nullptr) return;
  NamedFile& file = *named;
  std::string_view tail = tail_of(record);
  // An inode number that another file has now belongs to a deleted file.
  FileKey& newest = newest_[{record.file.inode, record.file.dev}];
  if (const FileId old = find(newest); old != kOtherFiles && newest != FileKey(record.file))
    set_deleted(old);
  newest = record.file;
  file.reported = true;
  file.fs_type = take_word(tail);
  file.device = take_word(tail);
  file.mount_dev = record.mount_dev;
  file.rdev = record.rdev;
  file.links = record.links;
  file.mode = record.mode;
  // A name that it has no more is better than none.
  if (record.names == 0 && !(file.path.empty() && file.full_path.empty())) return;
  file.flags = record.flags;
  std::vector<std::string_view> names;
  while (!tail.empty() && names.size() < record.names) names.push_back(take_word(tail));
  std::string path = record.flags & HT_FILE_CUT ? "/..." : "";
  for (auto name = names.rbegin(); name != names.rend(); ++name) path.append("/").append(*name);
  if (record.flags & HT_FILE_FULL) {
    file.full_path = std::move(path);
    return;
  }
  // It was renamed: the path with the mounts is the one that it had before, unless it has the new name
  // already.
  if (!file.path.empty() && file.path != path && !file.full_path.ends_with(path))
    file.full_path.clear();
  file.path = std::move(path);
}

void FileTable::on(const ht_fault_file& record) {
  std::string path = path_of(record);
  if (path.empty()) return;
  if (NamedFile* file = to_name({record.inode, record.dev})) file->full_path = std::move(path);
}

FileId FileTable::find(const FileKey& key) const {
  const auto found = ids_.find(key);
  return found == ids_.end() ? kOtherFiles : found->second;
}

FileId FileTable::at(const FileKey& key) {
  // Records of one file are often consecutive.
  if (files_[last_].in_use && files_[last_].key == key) return last_;
  const auto [at, is_new] = ids_.try_emplace(key, 0);
  if (!is_new) return last_ = at->second;
  if (free_.empty()) {
    at->second = static_cast<FileId>(files_.size());
    files_.emplace_back();
  } else {
    at->second = free_.back();
    free_.pop_back();
    files_[at->second] = {};
  }
  files_[at->second].key = key;
  files_[at->second].in_use = true;
  return last_ = at->second;
}

void FileTable::forget(const std::vector<bool>& gone) {
  for (FileId id = 1; id < files_.size() && id < gone.size(); id++) {
    if (!gone[id] || !files_[id].in_use) continue;
    ids_.erase(files_[id].key);
    files_[id] = {};
    free_.push_back(id);
  }
}

FileKind FileTable::kind(FileId id) const {
  const NamedFile& file = files_[id];
  if (!file.reported) return FileKind::kUnknown;
  if (file.fs_type == "bdev") return FileKind::kDevice;
  if (file.path.empty() && file.fs_type == "btrfs" && file.key.inode == kBtrfsBtreeInode)
    return FileKind::kMetadata;
  if (file.links == 0) {
    // d_mark_tmpfile, fs/dcache.c
    const std::size_t slash = file.path.rfind('/');
    const bool temporary = slash != std::string::npos &&
                           file.path.substr(slash + 1) == "#" + std::to_string(file.key.inode);
    return temporary ? FileKind::kUnnamed : FileKind::kDeleted;
  }
  return file.path.empty() && file.full_path.empty() ? FileKind::kMetadata : FileKind::kNamed;
}

std::optional<std::string> FileTable::path(FileId id) const {
  const NamedFile& file = files_[id];
  if (!file.full_path.empty()) return file.full_path;
  if (kind(id) == FileKind::kDevice) {
    const auto device = devices_.find(file.rdev);
    if (device == devices_.end()) return std::nullopt;
    return "/dev/" + device->second;
  }
  if (file.path.empty()) return std::nullopt;
  const auto mounts = mounts_.find(file.mount_dev);
  if (mounts == mounts_.end()) return std::nullopt;
  // A mount of the whole file system is preferred to one of a part of it.
  const Mount* best = nullptr;
  for (const Mount& mount : mounts->second)
    if (is_below(file.path, mount.root) &&
        (best == nullptr || mount.root.size() < best->root.size()))
      best = &mount;
  if (best == nullptr) return std::nullopt;
  const std::string_view below =
      std::string_view(file.path).substr(best->root == "/" ? 0 : best->root.size());
  return joined(best->point, below);
}

bool FileTable::is_deleted(FileId id) const {
  const NamedFile& file = files_[id];
  return file.reported && file.links == 0 && (file.flags & HT_FILE_PSEUDO) == 0 &&
         file.fs_type != "bdev";
}

bool FileTable::hides_adds(FileId id) const {
  const std::string& type = files_[id].fs_type;
  return type == "tmpfs" || type == "devtmpfs";
}

}  // namespace hoodtrace
