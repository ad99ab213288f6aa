// SPDX-License-Identifier: GPL-2.0-or-later
#include "model/names/file_names.hpp"

#include <vector>

#include "event/words.hpp"

namespace hoodtrace {

std::string path_of(const ht_fault_file& file) {
  std::vector<std::string_view> names = words_of(tail_of(file));  // the file's own first
  if (names.empty()) return {};
  // The topmost is the root, "/". A file that hangs nowhere (memfd) has its name alone.
  std::string path;
  if (names.size() > 1 && names.back() == "/") names.pop_back();
  if (names.size() == 1 && names.front() == "/") names.clear();
  for (auto name = names.rbegin(); name != names.rend(); ++name) (path += '/') += *name;
  return path.empty() ? "/" : path;
}

void FileNames::on(const ht_fault_file& file) {
  std::string path = hoodtrace::path_of(file);
  if (path.empty()) return;
  if (paths_.size() >= kLimit && !paths_.contains({file.inode, file.dev})) return;
  paths_[{file.inode, file.dev}] = std::move(path);
}

std::string_view FileNames::path_of(const FileKey& key) const {
  const auto found = paths_.find(key);
  return found == paths_.end() ? std::string_view() : found->second;
}

}  // namespace hoodtrace
