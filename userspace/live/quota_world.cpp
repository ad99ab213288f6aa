// SPDX-License-Identifier: GPL-2.0-or-later
#include "live/quota_world.hpp"

#include <fstream>
#include <sstream>

#include "base/mount_table.hpp"
#include "live/boot_clock.hpp"

namespace hoodtrace {
namespace {

constexpr std::uint64_t kIdMask = (std::uint64_t{1} << HT_QUOTA_HIERARCHY_SHIFT) - 1;

// Where the cpu controller is mounted as cgroup v1; empty = nowhere.
std::string cpu_v1_mount() {
  for (const MountEntry& mount : read_mounts("/proc/self/mountinfo")) {
    if (mount.type != "cgroup") continue;
    // "cpu" or "cpu,cpuacct"
    std::istringstream names(mount.point.substr(mount.point.rfind('/') + 1));
    for (std::string name; std::getline(names, name, ',');)
      if (name == "cpu") return mount.point;
  }
  return {};
}

// "some avg10=0.00 avg60=0.00 avg300=0.00 total=123"
// The kernel adds its times up when the first byte is read (psi_show(), kernel/sched/psi.c): the record is of
// that moment, so that what the events say can be added up to it.
void add_pressure(const std::string& path, std::uint64_t cgroup_id, RecordBuffer& out) {
  std::ifstream file(path);
  ht_pressure record{};
  record.head = {boot_clock_ns(), 0, HT_PRESSURE, HT_NO_CPU};
  record.cgroup_id = cgroup_id;
  bool has_some = false;
  for (std::string line; std::getline(file, line);) {
    const std::size_t at = line.rfind("total=");
    if (at == std::string::npos) continue;
    std::uint64_t total_us = 0;
    if (!(std::istringstream(line.substr(at + 6)) >> total_us)) continue;
    if (line.starts_with("some")) {
      record.some_us = total_us;
      has_some = true;
    } else if (line.starts_with("full")) {
      record.full_us = total_us;
      record.flags |= HT_PRESSURE_FULL;
    }
  }
  if (has_some) out.add(record);
}

}  // namespace

QuotaWorld::QuotaWorld() : v1_(cpu_v1_mount()), v2_mount_(cgroup_v2_mount()) {}

void QuotaWorld::explain(const ht_quota& record, RecordBuffer& out) {
  if (files_.contains(record.cgroup_id)) return;
  const bool is_v1 = record.cgroup_id > kIdMask;
  const std::string path = (is_v1 ? v1_ : v2_).path_of(record.cgroup_id & kIdMask);
  std::string& file = files_[record.cgroup_id];
  if (path.empty()) return;
  ht_cgroup_name name{};
  name.head = {record.head.time_ns, 0, HT_CGROUP_NAME, HT_NO_CPU};
  name.cgroup_id = record.cgroup_id;
  out.add(name, (is_v1 ? "cpu:" + path : path) + '\0');
  if (is_v1) return;  // has none
  file = v2_mount_ + path + "/cpu.pressure";
  new_.push_back(record.cgroup_id);
}

void QuotaWorld::add_new_pressures(RecordBuffer& out) {
  for (const std::uint64_t id : new_) add_pressure(files_[id], id, out);
  new_.clear();
}

void QuotaWorld::add_pressures(RecordBuffer& out) {
  new_.clear();
  add_pressure("/proc/pressure/cpu", 0, out);
  for (const auto& [id, file] : files_)
    if (!file.empty()) add_pressure(file, id, out);
}

}  // namespace hoodtrace
