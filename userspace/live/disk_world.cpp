// SPDX-License-Identifier: GPL-2.0-or-later
#include "live/disk_world.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <fstream>
#include <sstream>
#include <string>

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
}

// Documentation/admin-guide/iostats.rst: the fields of a line. Flushes are there since 5.5.
void DiskWorld::add_counters(std::uint64_t now_ns, RecordBuffer& out) {
  std::ifstream file("/proc/diskstats");
  for (std::string line; std::getline(file, line);) {
    std::istringstream words(line);
    std::uint32_t major = 0;
    std::uint32_t minor = 0;
    std::string name;
    std::uint64_t ms = 0;
    ht_disk_device books{};
    books.head = {now_ns, 0, HT_DISK_DEVICE, HT_NO_CPU};
    words >> major >> minor >> name >> books.reads >> books.read_merges >> books.read_sectors >>
        ms >> books.writes >> books.write_merges >> books.write_sectors >> ms >> ms >>
        books.busy_ms >> ms >> books.discards >> ms >> books.discard_sectors >> ms >> books.flushes;
    books.dev = major << kMinorBits | minor;
    // Partitions have no queue of their own.
    if (::access(fmt::format("/sys/block/{}", name).c_str(), F_OK) == 0) out.add(books);
  }
}

void DiskWorld::explain(const ht_disk& request, RecordBuffer& out) {
  if (!named_.insert(request.dev).second) return;
  std::ifstream events(fmt::format("/sys/dev/block/{}:{}/uevent", request.dev >> kMinorBits,
                                   request.dev & ((1U << kMinorBits) - 1)));
  for (std::string line; std::getline(events, line);) {
    if (!line.starts_with("DEVNAME=")) continue;
    ht_device device{};
    device.head = {request.head.time_ns, 0, HT_DEVICE, HT_NO_CPU};
    device.dev = request.dev;
    out.add(device, line.substr(line.find('=') + 1) + '\0');
  }
}

}  // namespace hoodtrace
