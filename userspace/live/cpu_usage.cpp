// SPDX-License-Identifier: GPL-2.0-or-later
#include "live/cpu_usage.hpp"

#include <filesystem>
#include <fstream>
#include <optional>

#include "events.h"
#include "live/cgroup_paths.hpp"

namespace hoodtrace {
namespace {

std::optional<std::uint64_t> read_usage_us(const std::string& folder) {
  std::ifstream file(folder + "/cpu.stat");
  std::string key;
  std::uint64_t value = 0;
  while (file >> key >> value)
    if (key == "usage_usec") return value;
  return {};
}

}  // namespace

CpuUsage::CpuUsage(const KernelFilter& filter)
    : root_(cgroup_v2_mount()), is_whole_(filter.cgroup_id == 0) {
  if (root_.empty()) return;
  if (!is_whole_) root_ += filter.cgroup_path;
  look();
  for (auto& [folder, usage] : usage_) usage.begin_us = usage.now_us;
}

void CpuUsage::look_at(const std::string& folder) {
  const std::optional<std::uint64_t> now_us = read_usage_us(folder);
  if (!now_us) return;
  Usage& usage = usage_[folder];
  // A cgroup that was removed and made again counts from 0.
  if (*now_us < usage.now_us) of_gone_us_ += usage.now_us - usage.begin_us;
  if (*now_us < usage.now_us) usage.begin_us = 0;
  usage.now_us = *now_us;
}

void CpuUsage::look() {
  if (root_.empty()) return;
  if (!is_whole_) {
    look_at(root_);
    return;
  }
  std::error_code error;
  std::map<std::string, Usage> before;
  before.swap(usage_);
  for (const auto& one : std::filesystem::directory_iterator(root_, error)) {
    std::error_code ignored;
    if (!one.is_directory(ignored)) continue;
    const std::string folder = one.path().string();
    if (auto node = before.extract(folder); !node.empty()) usage_.insert(std::move(node));
    look_at(folder);
  }
  for (const auto& [folder, usage] : before) of_gone_us_ += usage.now_us - usage.begin_us;
}

std::uint64_t CpuUsage::since_begin_ns() const {
  if (usage_.empty()) return HT_UNKNOWN_NS;
  std::uint64_t us = of_gone_us_;
  for (const auto& [folder, usage] : usage_) us += usage.now_us - usage.begin_us;
  return us * 1000;
}

}  // namespace hoodtrace
