// SPDX-License-Identifier: GPL-2.0-or-later
#include "live/cpu_topology.hpp"

#include <fmt/format.h>

#include <filesystem>
#include <fstream>

namespace hoodtrace {
namespace {

std::string first_word(const std::filesystem::path& path) {
  std::ifstream file(path);
  std::string word;
  file >> word;
  return word;
}

// The CPUs that share the last-level cache with this one.
std::string cache_of(std::uint32_t cpu) {
  std::string shared;
  // Indexes count up with the level.
  for (int index = 0;; index++) {
    const std::filesystem::path cache =
        fmt::format("/sys/devices/system/cpu/cpu{}/cache/index{}", cpu, index);
    std::string list = first_word(cache / "shared_cpu_list");
    if (list.empty()) return shared;
    shared = std::move(list);
  }
}

std::string joined(const std::set<std::string>& lists) {
  std::string text;
  for (const std::string& list : lists) (text += text.empty() ? "" : ";") += list;
  return text;
}

}  // namespace

std::string shared_caches(const std::set<std::uint32_t>& online_cpus) {
  std::set<std::string> lists;
  for (const std::uint32_t cpu : online_cpus) lists.insert(cache_of(cpu));
  return lists.contains("") ? std::string() : joined(lists);
}

std::string numa_nodes() {
  std::set<std::string> lists;
  std::error_code error;
  const std::filesystem::directory_iterator nodes("/sys/devices/system/node", error);
  if (error) return {};
  for (const auto& node : nodes) {
    if (!node.path().filename().string().starts_with("node")) continue;
    if (const std::string list = first_word(node.path() / "cpulist"); !list.empty())
      lists.insert(list);
  }
  return joined(lists);
}

}  // namespace hoodtrace
