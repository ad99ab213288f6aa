// SPDX-License-Identifier: GPL-2.0-or-later
#include "live/disk_counters.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <fstream>
#include <optional>
#include <sstream>
#include <string>
#include <vector>

#include "event/event.hpp"
#include "live/boot_clock.hpp"

namespace hoodtrace {
namespace {

constexpr unsigned kMinorBits = 20;  // include/linux/kdev_t.h

// The kernel counts a request shortly after block_rq_complete: what is reported before the moment is
// counted after so long.
constexpr std::uint64_t kCountedAfterNs = 10'000;
constexpr int kMostTries = 64;  // of a device; a few milliseconds at most

struct Device {
  std::string name;
  ht_disk_device books{};
  std::uint64_t in_flight = 0;
};

// Documentation/admin-guide/iostats.rst: the fields of a line. Flushes are there since 5.5.
void parse_counts(std::istream& words, Device& device) {
  ht_disk_device& books = device.books;
  std::uint64_t ms = 0;
  words >> books.reads >> books.read_merges >> books.read_sectors >> ms >> books.writes >>
      books.write_merges >> books.write_sectors >> ms >> device.in_flight >> books.busy_ms >> ms >>
      books.discards >> ms >> books.discard_sectors >> ms >> books.flushes;
}

bool are_the_same(const ht_disk_device& a, const ht_disk_device& b) {
  return a.reads == b.reads && a.read_merges == b.read_merges && a.read_sectors == b.read_sectors &&
         a.writes == b.writes && a.write_merges == b.write_merges &&
         a.write_sectors == b.write_sectors && a.discards == b.discards &&
         a.discard_sectors == b.discard_sectors && a.flushes == b.flushes;
}

std::vector<Device> read_all() {
  std::vector<Device> devices;
  std::ifstream file("/proc/diskstats");
  for (std::string line; std::getline(file, line);) {
    std::istringstream words(line);
    std::uint32_t major = 0;
    std::uint32_t minor = 0;
    Device device;
    words >> major >> minor >> device.name;
    parse_counts(words, device);
    device.books.head = {0, 0, HT_DISK_DEVICE, HT_NO_CPU};
    device.books.dev = major << kMinorBits | minor;
    // Partitions have no queue of their own.
    if (::access(fmt::format("/sys/block/{}", device.name).c_str(), F_OK) == 0)
      devices.push_back(std::move(device));
  }
  return devices;
}

// As it is now; nothing when it is gone.
std::optional<Device> read_again(const Device& device) {
  std::ifstream file(fmt::format("/sys/block/{}/stat", device.name));
  if (!file.is_open()) return std::nullopt;
  Device again = device;
  parse_counts(file, again);
  return again;
}

// A moment after which the next reading comes so late that it has all that ended before the moment.
std::uint64_t pass_a_moment() {
  const std::uint64_t moment_ns = boot_clock_ns();
  while (boot_clock_ns() < moment_ns + kCountedAfterNs) {
  }
  return moment_ns;
}

// A device on top of others counts a bio by its pieces, each as it ends: of a bio on its way some are counted.
bool makes_requests(const Device& device) {
  return ::access(fmt::format("/sys/block/{}/mq", device.name).c_str(), F_OK) == 0;
}

// The device's counts of a moment at which they stand still, with nothing on its way if there is such a moment.
std::optional<ht_disk_device> find_moment(Device device, std::uint64_t moment_ns) {
  std::optional<ht_disk_device> still;
  for (int i = 0; i < kMostTries; i++) {
    const std::optional<Device> again = read_again(device);
    if (!again) return std::nullopt;
    if (are_the_same(device.books, again->books)) {
      still = device.books;
      still->head.time_ns = moment_ns;
      if (device.in_flight == 0 && again->in_flight == 0) return still;
    }
    device = *again;
    moment_ns = pass_a_moment();
  }
  return makes_requests(device) ? still : std::nullopt;
}

}  // namespace

void add_disk_counters(RecordBuffer& out) {
  const std::vector<Device> devices = read_all();
  const std::uint64_t moment_ns = pass_a_moment();
  for (const Device& device : devices)
    if (const std::optional<ht_disk_device> found = find_moment(device, moment_ns)) out.add(*found);
}

}  // namespace hoodtrace
