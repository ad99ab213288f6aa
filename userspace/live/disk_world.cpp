// SPDX-License-Identifier: GPL-2.0-or-later
#include "live/disk_world.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <string>

#include "live/block_device.hpp"

namespace hoodtrace {
namespace {

constexpr unsigned kMinorBits = 20;  // include/linux/kdev_t.h

}  // namespace

void DiskWorld::begin(const Plan& plan, std::uint64_t now_ns, RecordBuffer& out) {
  ht_disk_scope scope{};
  scope.head = {now_ns, 0, HT_DISK_SCOPE, HT_NO_CPU};
  scope.page_bytes = static_cast<__u32>(::sysconf(_SC_PAGESIZE));
  scope.flags = plan.disk_scope;
  out.add(scope);
  name_loops(now_ns, out);
}

void DiskWorld::explain(const ht_disk& request, RecordBuffer& out) {
  name_device(request.dev, request.head.time_ns, out);
  if (request.part != request.dev) name_device(request.part, request.head.time_ns, out);
}

void DiskWorld::name_device(std::uint32_t dev, std::uint64_t now_ns, RecordBuffer& out) {
  if (!named_.insert(dev).second) return;
  const BlockDevice found = read_block_device(dev);
  if (found.name.empty()) return;
  ht_device device{};
  device.head = {now_ns, 0, HT_DEVICE, HT_NO_CPU};
  device.dev = dev;
  out.add(device, found.name + '\0' + (found.behind.empty() ? "" : found.behind + '\0'));
  if (!found.backing) return;
  ht_disk_backing backing{};
  backing.head = {now_ns, 0, HT_DISK_BACKING, HT_NO_CPU};
  backing.inode = found.backing->inode;
  backing.offset = found.backing->offset;
  backing.dev = dev;
  backing.file_dev = found.backing->dev;
  out.add(backing);
}

void DiskWorld::name_loops(std::uint64_t now_ns, RecordBuffer& out) {
  std::error_code error;
  for (const auto& device : std::filesystem::directory_iterator("/sys/block", error)) {
    if (!std::filesystem::exists(device.path() / "loop" / "backing_file", error)) continue;
    std::uint32_t major = 0;
    std::uint32_t minor = 0;
    char colon = 0;
    std::ifstream(device.path() / "dev") >> major >> colon >> minor;
    name_device(major << kMinorBits | minor, now_ns, out);
  }
}

}  // namespace hoodtrace
