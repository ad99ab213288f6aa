// SPDX-License-Identifier: GPL-2.0-or-later
#include "command/boot/captures.hpp"

#include <sys/stat.h>

#include <algorithm>
#include <filesystem>

#include "command/boot/paths.hpp"

namespace hoodtrace {
namespace {

bool is_capture(const std::string& name) {
  return name.starts_with("boot-") && name.ends_with(".htrec");
}

}  // namespace

std::vector<BootCapture> find_captures(const std::string& root) {
  std::vector<std::pair<timespec, BootCapture>> found;
  for (const char* folder : {kBootFolder, kBootRunFolder}) {
    std::error_code error;
    for (const auto& entry : std::filesystem::directory_iterator(below(root, folder), error)) {
      struct stat status {};
      const std::string path = entry.path().string();
      if (!is_capture(entry.path().filename().string()) || ::lstat(path.c_str(), &status) != 0 ||
          !S_ISREG(status.st_mode))
        continue;
      found.push_back({status.st_mtim,
                       {path, static_cast<std::uint64_t>(status.st_size), status.st_mtim.tv_sec}});
    }
  }
  std::sort(found.begin(), found.end(), [](const auto& a, const auto& b) {
    return std::pair(a.first.tv_sec, a.first.tv_nsec) > std::pair(b.first.tv_sec, b.first.tv_nsec);
  });
  std::vector<BootCapture> captures;
  for (auto& [time, capture] : found) captures.push_back(std::move(capture));
  return captures;
}

void drop_old_captures(const std::string& root, std::size_t keep, const std::string& mine) {
  std::size_t kept = 0;
  for (const BootCapture& capture : find_captures(root)) {
    std::error_code error;
    if (capture.path == mine || kept < keep)
      kept++;
    else
      std::filesystem::remove(capture.path, error);
  }
}

}  // namespace hoodtrace
