// SPDX-License-Identifier: GPL-2.0-or-later
#include "support/workload/pages.hpp"

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cinttypes>
#include <cstdio>
#include <cstdlib>
#include <vector>

namespace workload {
namespace {

[[noreturn]] void give_up(const char* what) {
  std::perror(what);
  std::exit(1);
}

// Where the mapping will be: in the middle of a reservation.
char* reserve(std::size_t bytes) {
  const std::size_t all = bytes + 4 * kHugeBytes;
  void* place = ::mmap(nullptr, all, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (place == MAP_FAILED) give_up("mmap");
  const auto at = reinterpret_cast<std::uintptr_t>(place);
  return reinterpret_cast<char*>((at + 2 * kHugeBytes - 1) & ~(kHugeBytes - 1));
}

Region map_at(char* at, std::size_t bytes, int protection, int flags, int fd) {
  void* place = ::mmap(at, bytes, protection, flags | MAP_FIXED, fd, 0);
  if (place == MAP_FAILED) give_up("mmap");
  return {static_cast<char*>(place), bytes};
}

// Page by page, so that the page cache has small pages too.
void fill(int fd, std::size_t bytes) {
  const std::vector<char> page(kPageBytes, 'x');
  for (std::size_t at = 0; at < bytes; at += kPageBytes)
    if (::write(fd, page.data(), kPageBytes) != static_cast<ssize_t>(kPageBytes)) give_up("write");
}

}  // namespace

void Region::write(std::size_t pages, std::size_t stride) const {
  for (std::size_t i = 0; i < pages; i++)
    *static_cast<volatile char*>(start + i * stride) = static_cast<char>(i + 1);
}

void Region::read(std::size_t pages, std::size_t stride) const {
  for (std::size_t i = 0; i < pages; i++)
    (void)*static_cast<const volatile char*>(start + i * stride);
}

Region anonymous(std::size_t pages, int protection, int flags) {
  const std::size_t bytes = pages * kPageBytes;
  const Region region = map_at(reserve(bytes), bytes, protection, flags | MAP_ANONYMOUS, -1);
  ::madvise(region.start, bytes, MADV_NOHUGEPAGE);
  return region;
}

Region huge(std::size_t count) {
  const std::size_t bytes = count * kHugeBytes;
  const Region region =
      map_at(reserve(bytes), bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1);
  ::madvise(region.start, bytes, MADV_HUGEPAGE);
  return region;
}

Region of_file(const std::string& folder, std::size_t bytes, int flags) {
  std::string path = folder + "/ht_pages_XXXXXX";
  const int fd = ::mkstemp(path.data());
  if (fd < 0) give_up(path.c_str());
  ::unlink(path.c_str());
  fill(fd, bytes);
  const Region region = map_at(reserve(bytes), bytes, PROT_READ | PROT_WRITE, flags, fd);
  ::close(fd);
  return region;
}

Region of_cold_file(const std::string& path, std::size_t pages) {
  const std::size_t bytes = pages * kPageBytes;
  const int fd = ::open(path.c_str(), O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  if (fd < 0) give_up(path.c_str());
  fill(fd, bytes);
  if (::fsync(fd) != 0) give_up("fsync");
  if (::posix_fadvise(fd, 0, 0, POSIX_FADV_DONTNEED) != 0) give_up("posix_fadvise");
  const Region region = map_at(reserve(bytes), bytes, PROT_READ, MAP_PRIVATE, fd);
  ::madvise(region.start, bytes, MADV_RANDOM);
  ::close(fd);
  return region;
}

void print_region(const char* name, const Region& region) {
  const auto at = reinterpret_cast<std::uintptr_t>(region.start);
  std::printf(",\"%s\":[%" PRIuPTR ",%" PRIuPTR "]", name, at, at + region.bytes);
}

Usage usage_of(const rusage& usage) { return {usage.ru_minflt, usage.ru_majflt}; }

Usage thread_usage(const Usage& before) {
  rusage usage{};
  ::getrusage(RUSAGE_THREAD, &usage);
  return {usage.ru_minflt - before.minor, usage.ru_majflt - before.major};
}

}  // namespace workload
