// SPDX-License-Identifier: GPL-2.0-or-later
// Scenes of block I/O with more than one file or task, whose requests are known.

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>
#include <vector>

#include "support/workload/stage.hpp"

namespace workload {
namespace {

constexpr std::size_t kPage = 4096;

[[noreturn]] void fail(const char* what) {
  std::perror(what);
  std::exit(1);
}

int open_or_fail(const std::string& path, int flags) {
  const int fd = ::open(path.c_str(), flags | O_CLOEXEC, 0600);
  if (fd < 0) fail(path.c_str());
  return fd;
}

}  // namespace

// `count` files of `kib` KiB, each written by this process, then one syncfs.
int play_many_files(const Script& script, bool) {
  const std::string folder = script.text("folder", "");
  const std::uint64_t count = script.number("count", 200);
  const std::string content(script.number("kib", 8) * 1024, 'm');
  int last = -1;
  for (std::uint64_t i = 0; i < count; i++) {
    if (last >= 0) ::close(last);
    last = open_or_fail(folder + "/many-" + std::to_string(i), O_WRONLY | O_CREAT | O_TRUNC);
    if (::write(last, content.data(), content.size()) < 0) fail("write");
  }
  ::syncfs(last);
  ::close(last);
  std::printf("{\"tid\":%d,\"bytes_each\":%zu}\n", ::getpid(), content.size());
  return 0;
}

// Reads `file` directly into a mapping of the file `into`: the pages of the request are those of the other
// file.
int play_into_mapping(const Script& script, bool) {
  const std::size_t bytes = script.number("kib", 64) * 1024;
  const std::uint64_t count = script.number("count", 8);
  const int from = open_or_fail(script.text("file", ""), O_RDONLY | O_DIRECT);
  const int into = open_or_fail(script.text("into", ""), O_RDWR);
  void* at = ::mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_SHARED, into, 0);
  if (at == MAP_FAILED) fail("mmap");
  for (std::uint64_t i = 0; i < count; i++)
    if (::pread(from, at, bytes, static_cast<off_t>(i * bytes)) != static_cast<ssize_t>(bytes))
      fail("pread");
  std::printf("{\"tid\":%d,\"read_bytes\":%llu}\n", ::getpid(),
              static_cast<unsigned long long>(count * bytes));
  ::munmap(at, bytes);
  ::close(into);
  ::close(from);
  return 0;
}

// `tasks` processes write directly to places of their own, all at once. Between them is a gap: what two of
// them write side by side could become one request, which is the first one's.
int play_direct_writers(const Script& script, bool) {
  const std::string path = script.text("file", "");
  const std::uint64_t tasks = script.number("tasks", 6);
  const std::uint64_t count = script.number("count", 50);
  const std::size_t bytes = script.number("kib", 4) * 1024;
  auto* memory = static_cast<char*>(std::aligned_alloc(kPage, bytes));
  std::memset(memory, 'w', bytes);
  std::vector<pid_t> children;
  for (std::uint64_t task = 0; task < tasks; task++) {
    const pid_t child = ::fork();
    if (child < 0) fail("fork");
    if (child > 0) {
      children.push_back(child);
      continue;
    }
    const int fd = open_or_fail(path, O_WRONLY | O_DIRECT);
    for (std::uint64_t i = 0; i < count; i++)
      if (::pwrite(fd, memory, bytes, static_cast<off_t>((task * (count + 1) + i) * bytes)) < 0)
        fail("pwrite");
    ::_exit(0);
  }
  std::printf("{\"tid\":%d,\"tids\":[", ::getpid());
  for (std::size_t i = 0; i < children.size(); i++)
    std::printf("%s%d", i == 0 ? "" : ",", children[i]);
  std::printf("],\"bytes_each\":%llu}\n", static_cast<unsigned long long>(count * bytes));
  for (const pid_t child : children) {
    int status = 0;
    if (::waitpid(child, &status, 0) != child || status != 0) return 1;
  }
  std::free(memory);
  return 0;
}

// A hole, which needs no request, and a file of which more is written than is left at the end.
int play_hole(const Script& script, bool) {
  const std::string path = script.text("file", "");
  const int fd = open_or_fail(path, O_RDWR | O_CREAT | O_TRUNC);
  const std::size_t bytes = script.number("kib", 1024) * 1024;
  if (::ftruncate(fd, static_cast<off_t>(bytes)) != 0) fail("ftruncate");
  std::string memory(bytes, 0);
  if (::pread(fd, memory.data(), bytes, 0) != static_cast<ssize_t>(bytes)) fail("pread");
  std::printf("{\"tid\":%d}\n", ::getpid());
  ::close(fd);
  return 0;
}

}  // namespace workload
