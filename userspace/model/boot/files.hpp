// SPDX-License-Identifier: GPL-2.0-or-later
// Which files the processes of a boot read into memory: pages added to the page cache while a
// process ran (misses and readahead), and major faults. Feed it after the TaskTable. It is empty
// when the capture has neither the cache nor the faults family.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <utility>

#include "event/event.hpp"
#include "model/names/file_table.hpp"
#include "model/names/task_table.hpp"

namespace hoodtrace {

struct FileUse {
  std::uint64_t bytes = 0;
  std::uint64_t majors = 0;
};
using FileUses = std::map<FileKey, FileUse>;

class BootFiles {
 public:
  explicit BootFiles(const TaskTable& tasks) : tasks_(tasks) {}

  void on(const ht_cache_scope& scope);
  void on(const ht_mount& mount) { files_.on(mount); }
  void on(const ht_device& device) { files_.on(device); }
  void on(const ht_file& file);
  void on(const ht_pages& pages);
  void on(const ht_fault& fault);
  void on(const ht_fault_file& file) { files_.on(file); }

  // The capture has the page cache's records; it has those of faults.
  [[nodiscard]] bool has_bytes() const { return page_bytes_ != 0; }
  [[nodiscard]] bool has_majors() const { return has_majors_; }
  // The uses of a process, by its pid and start; null when it read no file.
  [[nodiscard]] const FileUses* of(std::uint32_t pid, std::uint64_t start_boottime_ns) const;
  // Its path, or its device and the path on it, or its number there.
  [[nodiscard]] std::string name(const FileKey& file) const;

 private:
  [[nodiscard]] FileKey key_of(const ht_fault& fault) const;
  FileUse& use(std::uint32_t tid, const FileKey& file);

  const TaskTable& tasks_;
  FileTable files_;
  std::map<FileKey, FileKey> newest_;  // by the key without its generation
  std::map<std::pair<std::uint32_t, std::uint64_t>, FileUses> uses_;
  std::uint64_t page_bytes_ = 0;
  bool has_majors_ = false;
};

}  // namespace hoodtrace
