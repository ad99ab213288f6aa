// SPDX-License-Identifier: GPL-2.0-or-later
#include "support/workload/frames.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cinttypes>
#include <cstdio>
#include <cstring>

namespace workload {
namespace {

// Documentation/admin-guide/mm/pagemap.rst
constexpr std::uint64_t kPresent = 1ULL << 63;
constexpr std::uint64_t kSwapped = 1ULL << 62;
constexpr std::uint64_t kFrame = (1ULL << 55) - 1;

template <class Take>
void each_entry(const Region& region, std::size_t pages, std::size_t stride, Take take) {
  const int fd = ::open("/proc/self/pagemap", O_RDONLY | O_CLOEXEC);
  for (std::size_t i = 0; i < pages; i++) {
    const auto at = reinterpret_cast<std::uintptr_t>(region.start) + i * stride;
    std::uint64_t entry = 0;
    (void)!::pread(fd, &entry, sizeof(entry), static_cast<off_t>(at / kPageBytes * sizeof(entry)));
    take(entry);
  }
  ::close(fd);
}

}  // namespace

Frames frames_of(const Region& region, std::size_t pages, std::size_t stride) {
  Frames frames;
  each_entry(region, pages, stride, [&frames](std::uint64_t entry) {
    frames.push_back((entry & kPresent) != 0 ? entry & kFrame : 0);
  });
  return frames;
}

std::size_t changes(const Frames& before, const Frames& after) {
  std::size_t count = 0;
  for (std::size_t i = 0; i < before.size() && i < after.size(); i++)
    if (before[i] != after[i]) count++;
  return count;
}

std::size_t swapped(const Region& region, std::size_t pages) {
  std::size_t count = 0;
  each_entry(region, pages, kPageBytes, [&count](std::uint64_t entry) {
    if ((entry & kSwapped) != 0) count++;
  });
  return count;
}

std::size_t smaps_bytes(const Region& region, const char* field) {
  const auto first = reinterpret_cast<std::uintptr_t>(region.start);
  std::FILE* file = std::fopen("/proc/self/smaps", "re");
  if (file == nullptr) return 0;
  char line[512];
  bool inside = false;
  std::size_t bytes = 0;
  while (std::fgets(line, sizeof(line), file) != nullptr) {
    std::uintptr_t start = 0;
    std::uintptr_t end = 0;
    if (std::sscanf(line, "%" SCNxPTR "-%" SCNxPTR " ", &start, &end) == 2)
      inside = start >= first && end <= first + region.bytes;
    else if (std::size_t kib = 0; inside && std::strncmp(line, field, std::strlen(field)) == 0 &&
                                  std::sscanf(line + std::strlen(field), "%zu", &kib) == 1)
      bytes += kib * 1024;
  }
  std::fclose(file);
  return bytes;
}

}  // namespace workload
