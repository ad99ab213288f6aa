// SPDX-License-Identifier: GPL-2.0-or-later
#include "live/cache_world.hpp"

#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fstream>
#include <string>

#include "base/mount_table.hpp"

namespace hoodtrace {
namespace {

constexpr unsigned kMinorBits = 20;  // include/linux/kdev_t.h

}  // namespace

void CacheWorld::add_mounts(const std::string& mountinfo, std::uint64_t now_ns, RecordBuffer& out) {
  for (const MountEntry& entry : read_mounts(mountinfo)) {
    ht_mount mount{};
    mount.head = {now_ns, 0, HT_MOUNT, HT_NO_CPU};
    mount.dev = entry.major << kMinorBits | entry.minor;
    mounts_.insert(mount.dev);
    out.add(mount, entry.root + '\0' + entry.point + '\0');
  }
}

void CacheWorld::begin(const Plan& plan, std::uint64_t now_ns, RecordBuffer& out) {
  ht_cache_scope scope{};
  scope.head = {now_ns, 0, HT_CACHE_SCOPE, HT_NO_CPU};
  scope.page_bytes = static_cast<__u32>(::sysconf(_SC_PAGESIZE));
  scope.flags = plan.cache_scope;
  out.add(scope);
  add_mounts("/proc/self/mountinfo", now_ns, out);
  add_counters(now_ns, out);
}

void CacheWorld::add_counters(std::uint64_t now_ns, RecordBuffer& out) {
  ht_cache_books counters{};
  counters.head = {now_ns, 0, HT_CACHE_BOOKS, HT_NO_CPU};
  std::ifstream file("/proc/vmstat");
  std::string name;
  std::uint64_t value = 0;
  while (file >> name >> value) {
    if (name == "nr_file_pages") counters.file_pages = value;
    if (name == "nr_shmem") counters.shmem_pages = value;
    if (name == "pgsteal_kswapd") counters.steal_kswapd = value;
    if (name == "pgsteal_direct") counters.steal_direct = value;
    if (name == "pgsteal_file") counters.steal_file = value;
    if (name == "thp_file_mapped") counters.huge_mapped = value;
    if (name == "workingset_refault_file") counters.refault_file = value;
  }
  out.add(counters);
}

void CacheWorld::explain(const ht_file& file, RecordBuffer& out) {
  const std::uint64_t now_ns = file.head.time_ns;
  if (S_ISBLK(file.mode) && devices_.insert(file.rdev).second) {
    std::ifstream events(fmt::format("/sys/dev/block/{}:{}/uevent", file.rdev >> kMinorBits,
                                     file.rdev & ((1U << kMinorBits) - 1)));
    for (std::string line; std::getline(events, line);) {
      if (!line.starts_with("DEVNAME=")) continue;
      ht_device device{};
      device.head = {now_ns, 0, HT_DEVICE, HT_NO_CPU};
      device.dev = file.rdev;
      out.add(device, line.substr(line.find('=') + 1) + '\0');
    }
  }
  if ((file.flags & (HT_FILE_NO_NAME | HT_FILE_FULL)) || mounts_.contains(file.mount_dev)) return;
  // Mounted since, or only in the mount namespace of the task that uses it, when that is still
  // there.
  constexpr unsigned kMostTries = 16;
  if (++tries_[file.mount_dev] > kMostTries) return;
  add_mounts("/proc/self/mountinfo", now_ns, out);
  if (!mounts_.contains(file.mount_dev) && file.head.tid != 0)
    add_mounts(fmt::format("/proc/{}/mountinfo", file.head.tid), now_ns, out);
}

}  // namespace hoodtrace
