// SPDX-License-Identifier: GPL-2.0-or-later
#include "model/boot/files.hpp"

#include <fmt/format.h>

namespace hoodtrace {

void BootFiles::on(const ht_cache_scope& scope) { page_bytes_ = scope.page_bytes; }

void BootFiles::on(const ht_file& file) {
  files_.on(file);
  known_[{file.file.inode, file.file.dev}] = files_.at(file.file);
}

FileUse& BootFiles::use(std::uint32_t tid, const FileKey& file) {
  const Task& task = tasks_[tasks_.find(tid)];
  const Task& leader = tasks_[tasks_.find(task.pid)];
  return uses_[{task.pid, leader.start_boottime_ns}][file];
}

void BootFiles::on(const ht_pages& pages) {
  if (pages.kind != HT_PAGES_ADDED) return;
  use(pages.head.tid, {pages.file.inode, pages.file.dev}).bytes += pages.pages * page_bytes_;
}

void BootFiles::on(const ht_fault& fault) {
  tells_majors_ = true;
  if ((fault.facts & HT_FAULT_MAJOR) == 0 || fault.inode == 0) return;
  use(fault.head.tid, {fault.inode, fault.dev}).majors++;
}

const FileUses* BootFiles::of(std::uint32_t pid, std::uint64_t start_boottime_ns) const {
  const auto found = uses_.find({pid, start_boottime_ns});
  return found == uses_.end() ? nullptr : &found->second;
}

std::string BootFiles::name(const FileKey& file) const {
  if (const auto known = known_.find(file); known != known_.end()) {
    if (const auto path = files_.path(known->second)) return *path;
    const CachedFile& told = files_[known->second];
    if (!told.path.empty()) return told.device + ":" + told.path;
  }
  if (const std::string_view path = names_.path_of(file); !path.empty()) return std::string(path);
  return fmt::format("inode {} of device {}:{}", file.inode, file.dev >> 20, file.dev & 0xfffff);
}

}  // namespace hoodtrace
