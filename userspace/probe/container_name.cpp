// SPDX-License-Identifier: GPL-2.0-or-later
#include "probe/container_name.hpp"

namespace hoodtrace {

bool is_container_folder(std::string_view folder, std::string_view id_prefix) {
  constexpr std::size_t kLeastDigits = 12;
  constexpr std::string_view kScope = ".scope";
  if (folder.ends_with(kScope)) folder.remove_suffix(kScope.size());
  // "libpod-conmon-ID" is the container's monitor, which is outside.
  if (folder.find("conmon-") != std::string_view::npos) return false;
  if (const std::size_t dash = folder.rfind('-'); dash != std::string_view::npos)
    folder.remove_prefix(dash + 1);
  return folder.size() >= kLeastDigits && !id_prefix.empty() && folder.starts_with(id_prefix) &&
         folder.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

bool is_container_path(std::string_view path, std::string_view id_prefix) {
  while (!path.empty()) {
    const std::size_t slash = path.find('/');
    if (is_container_folder(path.substr(0, slash), id_prefix)) return true;
    path.remove_prefix(slash == std::string_view::npos ? path.size() : slash + 1);
  }
  return false;
}

}  // namespace hoodtrace
