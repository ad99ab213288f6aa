// SPDX-License-Identifier: GPL-2.0-or-later
// Scenes in which what a task asked for does not come about: pages that are truncated before they are
// written, and reads that the device cannot answer.

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <string>

#include "support/workload/stage.hpp"

namespace workload {
namespace {

constexpr std::size_t kPage = 4096;

[[noreturn]] void fail(const char* what) {
  std::perror(what);
  std::exit(1);
}

std::uint64_t io_counter(const std::string& name) {
  std::ifstream file("/proc/thread-self/io");
  std::string word;
  std::uint64_t value = 0;
  while (file >> word >> value)
    if (word == name + ":") return value;
  return 0;
}

void write_to(int fd, std::size_t bytes) {
  const std::string content(bytes, 't');
  if (::pwrite(fd, content.data(), bytes, 0) != static_cast<ssize_t>(bytes)) fail("pwrite");
}

}  // namespace

// This process writes `kib` KiB and truncates them; a child then writes a quarter as much, to the same
// place, and calls fsync.
int play_truncated(const Script& script, bool) {
  const std::size_t bytes = script.number("kib", 4096) * 1024;
  const int fd =
      ::open(script.text("file", "").c_str(), O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  if (fd < 0) fail("open");
  write_to(fd, bytes);
  if (::ftruncate(fd, 0) != 0) fail("ftruncate");
  const pid_t child = ::fork();
  if (child < 0) fail("fork");
  if (child == 0) {
    write_to(fd, bytes / 4);
    if (::fsync(fd) != 0) fail("fsync");
    ::_exit(0);
  }
  int status = 0;
  if (::waitpid(child, &status, 0) != child || status != 0) return 1;
  std::printf(
      "{\"tid\":%d,\"child\":%d,\"child_bytes\":%zu,\"write_bytes\":%llu,"
      "\"cancelled_bytes\":%llu}\n",
      ::getpid(), child, bytes / 4, static_cast<unsigned long long>(io_counter("write_bytes")),
      static_cast<unsigned long long>(io_counter("cancelled_write_bytes")));
  return 0;
}

// Reads `count` pages directly, of which the device may not have all.
int play_failing_reads(const Script& script, bool) {
  const std::uint64_t count = script.number("count", 16);
  const int fd = ::open(script.text("file", "").c_str(), O_RDONLY | O_DIRECT | O_CLOEXEC);
  if (fd < 0) fail("open");
  auto* memory = static_cast<char*>(std::aligned_alloc(kPage, kPage));
  std::uint64_t failed = 0;
  for (std::uint64_t i = 0; i < count; i++) {
    if (::pread(fd, memory, kPage, static_cast<off_t>(i * kPage)) == static_cast<ssize_t>(kPage))
      continue;
    if (errno != EIO) fail("pread");
    failed++;
  }
  std::printf("{\"tid\":%d,\"reads\":%llu,\"failed\":%llu}\n", ::getpid(),
              static_cast<unsigned long long>(count), static_cast<unsigned long long>(failed));
  std::free(memory);
  ::close(fd);
  return 0;
}

}  // namespace workload
