// SPDX-License-Identifier: GPL-2.0-or-later
#include "lab/acts.hpp"

#include <fcntl.h>
#include <sched.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <ctime>
#include <fstream>
#include <sstream>
#include <stdexcept>
#include <vector>

namespace hoodtrace::lab {
namespace {

std::uint64_t clock_ns(clockid_t clock) {
  timespec now{};
  ::clock_gettime(clock, &now);
  return static_cast<std::uint64_t>(now.tv_sec) * 1'000'000'000 +
         static_cast<std::uint64_t>(now.tv_nsec);
}

// Where a mapping will be: in the middle of a reservation.
char* reserve(std::size_t bytes) {
  void* place = ::mmap(nullptr, bytes + 4 * kHugePageBytes, PROT_NONE,
                       MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (place == MAP_FAILED) give_up("mmap");
  const auto at = reinterpret_cast<std::uintptr_t>(place);
  return reinterpret_cast<char*>((at + 2 * kHugePageBytes - 1) & ~(kHugePageBytes - 1));
}

Region map_at(std::size_t pages, int protection, int flags, int fd) {
  const std::size_t bytes = pages * page_bytes();
  void* place = ::mmap(reserve(bytes), bytes, protection, flags | MAP_FIXED, fd, 0);
  if (place == MAP_FAILED) give_up("mmap");
  return {static_cast<char*>(place), pages};
}

}  // namespace

void give_up(const std::string& what) {
  throw std::runtime_error(what + ": " + std::strerror(errno));
}

std::size_t page_bytes() { return static_cast<std::size_t>(::sysconf(_SC_PAGESIZE)); }

void Region::write(std::size_t first, std::size_t count) const {
  for (std::size_t i = first; i < first + count; i++)
    *static_cast<volatile char*>(start + i * page_bytes()) = 1;
}

void Region::read(std::size_t first, std::size_t count) const {
  for (std::size_t i = first; i < first + count; i++)
    (void)*static_cast<const volatile char*>(start + i * page_bytes());
}

LabJson Region::json() const {
  const auto at = reinterpret_cast<std::uintptr_t>(start);
  return {at, at + pages * page_bytes()};
}

std::uint64_t Region::resident() const {
  std::vector<unsigned char> there(pages);
  if (::mincore(start, pages * page_bytes(), there.data()) != 0) give_up("mincore");
  std::uint64_t count = 0;
  for (const unsigned char page : there) count += page & 1U;
  return count;
}

Region map_anonymous(std::size_t pages) {
  const Region region = map_at(pages, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1);
  ::madvise(region.start, pages * page_bytes(), MADV_NOHUGEPAGE);
  return region;
}

Region map_file(int fd, std::size_t pages, int protection, int flags) {
  return map_at(pages, protection, flags, fd);
}

FaultCounts fault_counts() {
  rusage usage{};
  ::getrusage(RUSAGE_THREAD, &usage);
  return {static_cast<std::uint64_t>(usage.ru_minflt), static_cast<std::uint64_t>(usage.ru_majflt)};
}

int make_file(const std::string& folder, std::size_t pages) {
  std::string path = folder + "/lab.XXXXXX";
  const int fd = ::mkostemp(path.data(), O_CLOEXEC);
  if (fd < 0) give_up(path);
  ::unlink(path.c_str());
  // Page by page, so that the page cache has small pages too.
  const std::vector<char> page(page_bytes(), 'x');
  for (std::size_t i = 0; i < pages; i++)
    if (::write(fd, page.data(), page.size()) != static_cast<ssize_t>(page.size()))
      give_up("write to " + path);
  if (::fsync(fd) != 0) give_up("fsync");
  return fd;
}

void make_cold(int fd) {
  if (::fsync(fd) != 0) give_up("fsync");
  if (::posix_fadvise(fd, 0, 0, POSIX_FADV_DONTNEED) != 0) give_up("posix_fadvise");
}

std::uint64_t cached_pages(int fd, std::size_t pages) {
  void* place = ::mmap(nullptr, pages * page_bytes(), PROT_READ, MAP_SHARED, fd, 0);
  if (place == MAP_FAILED) give_up("mmap");
  const Region region{static_cast<char*>(place), pages};
  const std::uint64_t count = region.resident();
  ::munmap(place, pages * page_bytes());
  return count;
}

pid_t start_child(const std::function<int()>& act) {
  const pid_t pid = ::fork();
  if (pid < 0) give_up("fork");
  if (pid != 0) return pid;
  ::prctl(PR_SET_PDEATHSIG, 9);  // SIGKILL: nothing of a scene outlives it
  int code = 99;
  try {
    code = act();
  } catch (const std::exception& error) {
    const std::string line = std::string(error.what()) + "\n";
    (void)!::write(STDERR_FILENO, line.data(), line.size());
  }
  ::_exit(code);
}

int wait_for(pid_t pid) {
  int status = 0;
  while (::waitpid(pid, &status, 0) < 0)
    if (errno != EINTR) give_up("waitpid");
  return status;
}

std::uint64_t now_ns() { return clock_ns(CLOCK_BOOTTIME); }
std::uint64_t own_cpu_ns() { return clock_ns(CLOCK_THREAD_CPUTIME_ID); }

void sleep_ms(std::uint64_t ms) {
  timespec left{static_cast<time_t>(ms / 1000), static_cast<long>(ms % 1000 * 1'000'000)};
  while (::nanosleep(&left, &left) != 0 && errno == EINTR) continue;
}

void burn_ms(std::uint64_t ms) {
  const std::uint64_t end_ns = own_cpu_ns() + ms * 1'000'000;
  while (own_cpu_ns() < end_ns) continue;
}

void burn_until(std::uint64_t ns) {
  while (now_ns() < ns) continue;
}

void use_one_cpu() {
  cpu_set_t allowed;
  CPU_ZERO(&allowed);
  if (::sched_getaffinity(0, sizeof(allowed), &allowed) != 0) give_up("sched_getaffinity");
  for (int cpu = 0; cpu < CPU_SETSIZE; cpu++) {
    if (!CPU_ISSET(cpu, &allowed)) continue;
    cpu_set_t one;
    CPU_ZERO(&one);
    CPU_SET(cpu, &one);
    if (::sched_setaffinity(0, sizeof(one), &one) != 0) give_up("sched_setaffinity");
    return;
  }
}

void name_self(const char* name) { ::prctl(PR_SET_NAME, name); }

TaskCounts task_counts(pid_t tid) {
  const std::string folder = "/proc/" + std::to_string(tid);
  TaskCounts counts;
  std::uint64_t ran = 0;
  std::istringstream(text_of(folder + "/schedstat")) >> ran >> counts.run_delay_ns;
  counts.voluntary =
      static_cast<std::uint64_t>(number_in(folder + "/status", "voluntary_ctxt_switches:"));
  counts.involuntary =
      static_cast<std::uint64_t>(number_in(folder + "/status", "nonvoluntary_ctxt_switches:"));
  return counts;
}

std::int64_t number_in(const std::string& path, const std::string& key) {
  std::istringstream lines(text_of(path));
  for (std::string line; std::getline(lines, line);) {
    std::istringstream words(line);
    std::string word;
    std::int64_t number = 0;
    if (words >> word && word == key && words >> number) return number;
  }
  return -1;
}

std::int64_t number_of(const std::string& text) {
  std::int64_t number = 0;
  return std::istringstream(text) >> number ? number : -1;
}

std::string text_of(const std::string& path) {
  std::ifstream file(path);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

bool write_text(const std::string& path, const std::string& text) {
  const int fd = ::open(path.c_str(), O_WRONLY | O_CLOEXEC);
  if (fd < 0) return false;
  const bool ok = ::write(fd, text.data(), text.size()) == static_cast<ssize_t>(text.size());
  ::close(fd);
  return ok;
}

}  // namespace hoodtrace::lab
