// SPDX-License-Identifier: GPL-2.0-or-later
#include "view/file_text.hpp"

#include <fmt/format.h>

#include <optional>

#include "base/units.hpp"

namespace hoodtrace {

std::string file_text(const FileTable& files, FileId id) {
  const NamedFile& who = files[id];
  const std::optional<std::string> path = files.path(id);
  // A path in a file system that is mounted nowhere that we know.
  std::string name =
      path ? *path : fmt::format("({} {}){}", who.fs_type, format_device(who.mount_dev), who.path);
  switch (files.kind(id)) {
    case FileKind::kUnknown:
      return fmt::format("(inode {} of device {})", who.key.inode, format_device(who.key.dev));
    case FileKind::kNamed:
      return name;
    case FileKind::kDeleted:
      if (who.path.empty())
        return fmt::format("(deleted inode {} on {} {})", who.key.inode, who.fs_type, who.device);
      return name + " (deleted)";
    case FileKind::kUnnamed:
      return name.substr(0, name.rfind('/') + 1) + " (unnamed temporary file)";
    case FileKind::kDevice:
      return (path ? *path : format_device(who.rdev)) + " (block device: metadata and raw reads)";
    case FileKind::kMetadata:
      return fmt::format("({} metadata on {}, inode {})", who.fs_type, who.device, who.key.inode);
  }
  return name;
}

}  // namespace hoodtrace
