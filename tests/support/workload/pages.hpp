// SPDX-License-Identifier: GPL-2.0-or-later
// Memory whose page faults are known in advance, and the kernel's count of them.
#pragma once

#include <sys/resource.h>

#include <cstddef>
#include <cstdint>
#include <string>

namespace workload {

inline constexpr std::size_t kPageBytes = 4096;
inline constexpr std::size_t kHugeBytes = std::size_t{2} << 20;
// What one fault on a file maps around it: fault_around_bytes, 64 KiB unless debugfs changed it.
inline constexpr std::size_t kAroundBytes = 65536;

// A mapping that begins at a multiple of 2 MiB and has nothing of ours in the 2 MiB on either side,
// so that its range of addresses identifies it. Exits when there is no memory.
struct Region {
  char* start = nullptr;
  std::size_t bytes = 0;

  void write(std::size_t pages, std::size_t stride = kPageBytes) const;
  void read(std::size_t pages, std::size_t stride = kPageBytes) const;
};

// Small pages only, whatever the machine's settings are.
Region anonymous(std::size_t pages, int protection, int flags);
Region huge(std::size_t count);
// A new file of ours, in the page cache page by page, mapped with `flags`; it has no name any more.
Region of_file(const std::string& folder, std::size_t bytes, int flags);
// The same, named `path`, on disk and not in the page cache; read page by page.
Region of_cold_file(const std::string& path, std::size_t pages);

// ,"NAME":[start,end] for a scenario's line of JSON.
void print_region(const char* name, const Region& region);

struct Usage {
  long minor = 0;
  long major = 0;
};
Usage usage_of(const rusage& usage);
// The calling thread's, since `before`.
Usage thread_usage(const Usage& before = {});

}  // namespace workload
