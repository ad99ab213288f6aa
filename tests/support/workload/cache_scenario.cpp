// SPDX-License-Identifier: GPL-2.0-or-later
// One file, step by step through the page cache. Before and after each step mincore() counts its
// cached pages: the kernel's count, read without any tracepoint.

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <string>
#include <vector>

#include "support/workload/stage.hpp"
#include "support/workload/task_counters.hpp"

namespace workload {
namespace {

constexpr std::size_t kPage = 4096;
constexpr std::size_t kHuge = 2 << 20;
constexpr std::size_t kWindow = 64 << 10;  // what a fault maps; they are aligned to it

[[noreturn]] void fail(const char* what) {
  std::perror(what);
  std::exit(1);
}

class Subject {
 public:
  Subject(std::string path, std::size_t block) : path_(std::move(path)), buffer_(block, 'x') {}

  void make(std::uint64_t bytes) const {
    const int fd = ::open(path_.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    if (fd < 0) fail("open");
    for (std::uint64_t done = 0; done < bytes;) {
      const ssize_t n =
          ::write(fd, buffer_.data(), std::min<std::uint64_t>(buffer_.size(), bytes - done));
      if (n <= 0) fail("write");
      done += static_cast<std::uint64_t>(n);
    }
    if (::fsync(fd) != 0) fail("fsync");
    ::close(fd);
  }

  void read() {
    const int fd = open();
    for (ssize_t n = 1; n > 0;) {
      n = ::read(fd, buffer_.data(), buffer_.size());
      if (n < 0) fail("read");
    }
    ::close(fd);
  }

  // The second half, before the first: nothing can be read ahead into it.
  void read_half() {
    const int fd = open();
    const off_t half = ::lseek(fd, 0, SEEK_END) / 2;
    for (off_t at = half; at < 2 * half;) {
      const ssize_t n = ::pread(fd, buffer_.data(), buffer_.size(), at);
      if (n <= 0) fail("pread");
      at += n;
    }
    ::close(fd);
  }

  // One page, and what readahead adds to it.
  void read_first() {
    const int fd = open();
    if (::pread(fd, buffer_.data(), kPage, 0) != static_cast<ssize_t>(kPage)) fail("pread");
    ::close(fd);
  }

  void drop() const {
    const int fd = open();
    if (::posix_fadvise(fd, 0, 0, POSIX_FADV_DONTNEED) != 0) fail("posix_fadvise");
    ::close(fd);
  }

  // Requests read-ahead of the whole file and uses no page.
  void ask() const {
    const int fd = open();
    if (::posix_fadvise(fd, 0, 0, POSIX_FADV_WILLNEED) != 0) fail("posix_fadvise");
    ::close(fd);
  }

  void map() const {
    const Mapping mapping(*this, kHuge + kWindow);
    std::uint64_t sum = 0;
    for (std::size_t i = 0; i < mapping.bytes; i += kPage)
      sum += static_cast<const volatile unsigned char*>(mapping.memory)[i];
    if (sum == 1) std::abort();  // it is used
  }

  // Each page once, nothing read ahead.
  void touch() const {
    const Mapping mapping(*this, kHuge + kWindow);
    if (::madvise(mapping.memory, mapping.bytes, MADV_RANDOM) != 0) fail("madvise");
    for (std::size_t i = 0; i < mapping.bytes; i += kPage)
      (void)static_cast<const volatile unsigned char*>(mapping.memory)[i];
  }

  // Reclaimed on request of the process.
  void page_out() const {
    const Mapping mapping(*this);
    for (std::size_t i = 0; i < mapping.bytes; i += kPage)
      (void)static_cast<const volatile unsigned char*>(mapping.memory)[i];
    if (::madvise(mapping.memory, mapping.bytes, MADV_PAGEOUT) != 0) fail("madvise");
  }

  void rename() {
    const std::string to = path_ + ".renamed";
    if (::rename(path_.c_str(), to.c_str()) != 0) fail("rename");
    path_ = to;
  }

  void rename_folder() {
    const std::size_t slash = path_.rfind('/');
    const std::string from = path_.substr(0, slash);
    const std::string to = from + ".renamed";
    if (::rename(from.c_str(), to.c_str()) != 0) fail("rename");
    path_ = to + path_.substr(slash);
  }

  void append() const {
    const int fd = ::open(path_.c_str(), O_WRONLY | O_APPEND | O_CLOEXEC);
    if (fd < 0 || ::write(fd, buffer_.data(), kPage) != static_cast<ssize_t>(kPage)) fail("append");
    ::close(fd);
  }

  void truncate() const {
    if (::truncate(path_.c_str(), 0) != 0) fail("truncate");
  }

  void remove() const {
    if (::unlink(path_.c_str()) != 0) fail("unlink");
  }

  // Its name goes, then its pages, on request; it is read again, and goes with its last descriptor.
  void read_unlinked() {
    const int fd = open();
    remove();
    if (::posix_fadvise(fd, 0, 0, POSIX_FADV_DONTNEED) != 0) fail("posix_fadvise");
    for (ssize_t n = 1; n > 0;) {
      n = ::read(fd, buffer_.data(), buffer_.size());
      if (n < 0) fail("read");
    }
    ::close(fd);
  }

  [[nodiscard]] std::uint64_t cached() const {
    if (::access(path_.c_str(), F_OK) != 0) return 0;
    const Mapping mapping(*this);
    if (mapping.bytes == 0) return 0;
    std::vector<unsigned char> pages((mapping.bytes + kPage - 1) / kPage);
    if (::mincore(mapping.memory, mapping.bytes, pages.data()) != 0) fail("mincore");
    std::uint64_t count = 0;
    for (const unsigned char page : pages) count += page & 1;
    return count;
  }

  [[nodiscard]] struct stat status() const {
    struct stat status {};
    ::stat(path_.c_str(), &status);
    return status;
  }

 private:
  // `beside`: at an address of which huge pages cannot be mapped, in so much reserved space.
  struct Mapping {
    explicit Mapping(const Subject& subject, std::size_t beside = 0) {
      const int fd = subject.open();
      bytes = static_cast<std::size_t>(::lseek(fd, 0, SEEK_END));
      space_bytes = bytes + beside;
      if (bytes == 0) return;
      space = ::mmap(nullptr, space_bytes, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
      if (space == MAP_FAILED) fail("mmap");
      auto at = reinterpret_cast<std::uintptr_t>(space);
      if (beside > 0) at = (at + kHuge - 1) / kHuge * kHuge + kWindow;
      memory = ::mmap(reinterpret_cast<void*>(at), bytes, PROT_READ, MAP_SHARED | MAP_FIXED, fd, 0);
      if (memory == MAP_FAILED) fail("mmap");
      ::close(fd);
    }
    Mapping(const Mapping&) = delete;
    Mapping& operator=(const Mapping&) = delete;
    ~Mapping() {
      if (bytes > 0) ::munmap(space, space_bytes);
    }
    std::size_t bytes = 0;
    std::size_t space_bytes = 0;
    void* space = nullptr;
    void* memory = nullptr;
  };

  [[nodiscard]] int open() const {
    const int fd = ::open(path_.c_str(), O_RDONLY | O_CLOEXEC);
    if (fd < 0) fail("open");
    return fd;
  }

  std::string path_;
  std::vector<char> buffer_;
};

void in_child(const char* name, Subject& subject) {
  const pid_t pid = ::fork();
  if (pid < 0) fail("fork");
  if (pid == 0) {
    std::ofstream("/proc/self/comm") << name;
    subject.read();
    ::_exit(0);
  }
  if (::waitpid(pid, nullptr, 0) != pid) fail("waitpid");
}

void take_step(const std::string& step, Subject& subject, std::uint64_t bytes) {
  if (step == "make") return subject.make(bytes);
  if (step == "read") return subject.read();
  if (step == "first") return subject.read_first();
  if (step == "half") return subject.read_half();
  if (step == "drop") return subject.drop();
  if (step == "ask") return subject.ask();
  if (step == "nap") return static_cast<void>(::usleep(200'000));
  if (step == "map") return subject.map();
  if (step == "touch") return subject.touch();
  if (step == "pageout") return subject.page_out();
  if (step == "unlinked") return subject.read_unlinked();
  if (step == "append") return subject.append();
  if (step == "rename") return subject.rename();
  if (step == "rename_folder") return subject.rename_folder();
  if (step == "truncate") return subject.truncate();
  if (step == "remove") return subject.remove();
  if (step == "child") return in_child("second", subject);
  std::fprintf(stderr, "no step %s\n", step.c_str());
  std::exit(2);
}

}  // namespace

int play_cache(const Script& script, bool gated) {
  Subject subject(script.text("file", "cache-scenario.tmp"), script.number("block", 128 << 10));
  const std::uint64_t bytes = script.number("kib", 64 << 10) * 1024;
  if (const std::string cgroup = script.text("cgroup", ""); !cgroup.empty())
    std::ofstream(cgroup + "/cgroup.procs") << ::getpid();
  std::string steps;
  Gate gate(gated, 1);
  std::thread conductor([&] {
    gate.wait_start();
    for (const std::string& step : script.words()) {
      const std::uint64_t before = subject.cached();
      take_step(step, subject, bytes);
      steps += (steps.empty() ? "" : ", ") + ("{\"step\": \"" + step) +
               "\", \"cached_before\": " + std::to_string(before) +
               ", \"cached_after\": " + std::to_string(subject.cached()) + "}";
    }
    gate.wait_end();
  });
  gate.conduct();
  conductor.join();
  const struct stat status = subject.status();
  std::printf("{\"scenario\": \"cache\", \"dev\": \"%u:%u\", \"inode\": %lu, \"steps\": [%s]}\n",
              ::major(status.st_dev), ::minor(status.st_dev),
              static_cast<unsigned long>(status.st_ino), steps.c_str());
  return 0;
}

// A folder of small files, each read once.
int play_small_files(const Script& script, bool gated) {
  const std::string folder = script.text("folder", ".");
  const std::uint64_t count = script.number("count", 10'000);
  const std::uint64_t bytes = script.number("bytes", 4096);
  Gate gate(gated, 1);
  std::thread conductor([&] {
    std::vector<char> buffer(bytes, 'x');
    gate.wait_start();
    for (std::uint64_t i = 0; i < count; i++) {
      const int fd = ::open((folder + "/file-" + std::to_string(i)).c_str(), O_RDONLY | O_CLOEXEC);
      if (fd < 0) fail("open");
      while (::read(fd, buffer.data(), bytes) > 0) continue;
      ::close(fd);
    }
    gate.wait_end();
  });
  gate.conduct();
  conductor.join();
  std::printf("{\"scenario\": \"small_files\", \"count\": %lu}\n",
              static_cast<unsigned long>(count));
  return 0;
}

}  // namespace workload
