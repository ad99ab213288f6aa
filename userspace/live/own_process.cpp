// SPDX-License-Identifier: GPL-2.0-or-later
#include "live/own_process.hpp"

#include <sys/resource.h>
#include <unistd.h>

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <sstream>
#include <string>

#include "live/boot_clock.hpp"

namespace hoodtrace {
namespace {

std::uint64_t ns_of(const timeval& time) {
  return static_cast<std::uint64_t>(time.tv_sec) * 1'000'000'000 +
         static_cast<std::uint64_t>(time.tv_usec) * 1000;
}

// Fields 22 to 24 of /proc/self/stat, proc(5): start time, virtual memory, resident pages.
void read_stat(ht_totals_end& end) {
  std::ifstream file("/proc/self/stat");
  std::string line;
  std::getline(file, line);
  const std::size_t name_end = line.rfind(')');
  if (name_end == std::string::npos) return;
  std::istringstream rest(line.substr(name_end + 1));
  std::string skipped;
  for (int field = 3; field < 22; field++) rest >> skipped;
  std::uint64_t start_ticks = 0;
  std::uint64_t virtual_bytes = 0;
  std::uint64_t resident_pages = 0;
  if (!(rest >> start_ticks >> virtual_bytes >> resident_pages)) return;
  const std::uint64_t tick_ns = 1'000'000'000 / static_cast<std::uint64_t>(::sysconf(_SC_CLK_TCK));
  end.own_start_wall_ns = clock_ns(CLOCK_REALTIME) - boot_clock_ns() + start_ticks * tick_ns;
  end.own_virtual_bytes = virtual_bytes;
  end.own_resident_bytes = resident_pages * static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));
}

}  // namespace

void read_own_process(ht_totals_end& end) {
  rusage usage{};
  if (::getrusage(RUSAGE_SELF, &usage) == 0)
    end.own_cpu_ns = ns_of(usage.ru_utime) + ns_of(usage.ru_stime);
  rlimit files{};
  if (::getrlimit(RLIMIT_NOFILE, &files) == 0) end.own_max_fds = files.rlim_cur;
  std::error_code error;
  const std::filesystem::directory_iterator fds("/proc/self/fd", error);
  // The folder itself is open too.
  if (!error) end.own_open_fds = static_cast<__u64>(std::distance(begin(fds), {}) - 1);
  read_stat(end);
}

}  // namespace hoodtrace
