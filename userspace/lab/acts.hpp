// SPDX-License-Identifier: GPL-2.0-or-later
// What scenes are made of: memory, files, children, CPUs, times.
#pragma once

#include <sys/types.h>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>

#include "lab/experiment.hpp"

namespace hoodtrace::lab {

inline constexpr std::size_t kHugePageBytes = std::size_t{2} << 20;  // on x86-64

// Throws with errno's text when the call failed.
[[noreturn]] void give_up(const std::string& what);

std::size_t page_bytes();

// ---- memory ----
// With nothing of ours within 2 MiB on either side, so that its addresses identify it; small pages
// only.
struct Region {
  char* start = nullptr;
  std::size_t pages = 0;

  void write(std::size_t first, std::size_t count) const;
  void read(std::size_t first, std::size_t count) const;
  [[nodiscard]] LabJson json() const;            // [from, to)
  [[nodiscard]] std::uint64_t resident() const;  // mincore(2)
};
Region map_anonymous(std::size_t pages);
Region map_file(int fd, std::size_t pages, int protection, int flags);

// The calling thread's faults until now (getrusage(2)).
struct FaultCounts {
  std::uint64_t minor = 0;
  std::uint64_t major = 0;
};
FaultCounts fault_counts();

// ---- files ----
// A new file in the folder, written page by page and synced; its name is removed. Returns a descriptor.
int make_file(const std::string& folder, std::size_t pages);
// Drops its pages from the page cache.
void make_cold(int fd);
// Its pages in the page cache, by mincore(2).
std::uint64_t cached_pages(int fd, std::size_t pages);

// ---- processes ----
// A child that runs `act` and exits with what it returns.
pid_t start_child(const std::function<int()>& act);
int wait_for(pid_t pid);

// ---- scheduling ----
std::uint64_t now_ns();      // CLOCK_BOOTTIME, as in records
std::uint64_t own_cpu_ns();  // of the calling thread
void sleep_ms(std::uint64_t ms);
void burn_ms(std::uint64_t ms);  // CPU time
void burn_until(std::uint64_t ns);
// The calling thread on the first CPU that it may use.
void use_one_cpu();
void name_self(const char* name);

struct TaskCounts {
  std::uint64_t run_delay_ns = 0;
  std::uint64_t voluntary = 0;
  std::uint64_t involuntary = 0;
};
// From /proc/PID/schedstat and status of a live task.
TaskCounts task_counts(pid_t tid);

// The number after `key` in a file of lines such as "VmRSS:   12 kB"; -1 when it is not there.
std::int64_t number_in(const std::string& path, const std::string& key);
// The number that a text begins with; -1 when it begins with none.
std::int64_t number_of(const std::string& text);
std::string text_of(const std::string& path);  // "" when it cannot be read
bool write_text(const std::string& path, const std::string& text);

}  // namespace hoodtrace::lab
