// SPDX-License-Identifier: GPL-2.0-or-later
#include "model/boot/files.hpp"

#include <fmt/format.h>

namespace hoodtrace {

void BootFiles::on(const ht_cache_scope& scope) { page_bytes_ = scope.page_bytes; }

void BootFiles::on(const ht_file& file) {
  files_.on(file);
  newest_[{file.file.inode, file.file.dev}] = file.file;
}

// Faults of older recordings lack the generation: the file that was named last is meant.
FileKey BootFiles::key_of(const ht_fault& fault) const {
  const FileKey key(fault);
  const auto named = key.generation == 0 ? newest_.find(key) : newest_.end();
  return named == newest_.end() ? key : named->second;
}

FileUse& BootFiles::use(std::uint32_t tid, const FileKey& file) {
  const Task& task = tasks_[tasks_.find(tid)];
  const Task& leader = tasks_[tasks_.find(task.pid)];
  return uses_[{task.pid, leader.start_boottime_ns}][file];
}

void BootFiles::on(const ht_pages& pages) {
  if (pages.kind != HT_PAGES_ADDED) return;
  use(pages.head.tid, pages.file).bytes += pages.pages * page_bytes_;
}

void BootFiles::on(const ht_fault& fault) {
  has_majors_ = true;
  if ((fault.facts & HT_FAULT_MAJOR) == 0 || fault.dev == 0) return;
  use(fault.head.tid, key_of(fault)).majors++;
}

const FileUses* BootFiles::of(std::uint32_t pid, std::uint64_t start_boottime_ns) const {
  const auto found = uses_.find({pid, start_boottime_ns});
  return found == uses_.end() ? nullptr : &found->second;
}

std::string BootFiles::name(const FileKey& file) const {
  const FileId id = files_.find(file);
  if (const auto path = files_.path(id)) return *path;
  const NamedFile& named = files_[id];
  if (!named.path.empty()) return named.device + ":" + named.path;
  return fmt::format("inode {} of device {}:{}", file.inode, file.dev >> 20, file.dev & 0xfffff);
}

}  // namespace hoodtrace
