// SPDX-License-Identifier: GPL-2.0-or-later
// One file or block device, with known numbers of requests. Of each step: the time that the program's
// own clock measured around its calls, and the growth of /proc/self/io, which no tracepoint makes. Of the
// whole: what was read since the process was forked, its own program's pages among it.

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <string>
#include <thread>

#include "support/workload/stage.hpp"

namespace workload {
namespace {

constexpr std::size_t kPage = 4096;

[[noreturn]] void fail(const char* what) {
  std::perror(what);
  std::exit(1);
}

// A counter of /proc/thread-self/io.
std::uint64_t io_counter(const std::string& name) {
  std::ifstream file("/proc/thread-self/io");
  std::string word;
  std::uint64_t value = 0;
  while (file >> word >> value)
    if (word == name + ":") return value;
  return 0;
}

class Subject {
 public:
  explicit Subject(const Script& script)
      : path_(script.text("file", "")),
        bytes_(script.number("kib", 4) * 1024),
        count_(script.number("count", 100)),
        memory_(static_cast<char*>(std::aligned_alloc(kPage, std::max(bytes_, kPage)))) {
    std::fill(memory_, memory_ + bytes_, 'x');
  }
  Subject(const Subject&) = delete;
  Subject& operator=(const Subject&) = delete;
  ~Subject() { std::free(memory_); }

  bool play(const std::string& step) {
    clock_ns_ = longest_ns_ = calls_ = 0;
    if (step == "make") {
      transfer(O_WRONLY | O_CREAT, true);
      sync_file();
    } else if (step == "read") {
      transfer(O_RDONLY | O_DIRECT, false);
    } else if (step == "write") {
      transfer(O_WRONLY | O_DIRECT, true);
    } else if (step == "buffered") {
      transfer(O_WRONLY | O_CREAT, true);
    } else if (step == "cold") {
      transfer(O_RDONLY, false);
    } else if (step == "fsync") {
      sync_file();
    } else if (step == "fsyncs") {
      for (std::uint64_t i = 0; i < count_; i++) append_and_sync(i);
    } else if (step == "mapped") {
      touch_mapping();
    } else if (step == "drop") {
      const int fd = open(O_RDONLY);
      ::fdatasync(fd);
      ::posix_fadvise(fd, 0, 0, POSIX_FADV_DONTNEED);
      ::close(fd);
    } else if (step == "nap") {
      sleep_us(300000);
    } else {
      return false;
    }
    return true;
  }

  [[nodiscard]] std::uint64_t clock_ns() const { return clock_ns_; }
  [[nodiscard]] std::uint64_t longest_ns() const { return longest_ns_; }
  [[nodiscard]] std::uint64_t calls() const { return calls_; }

 private:
  [[nodiscard]] int open(int flags) const {
    const int fd = ::open(path_.c_str(), flags | O_CLOEXEC, 0600);
    if (fd < 0) fail("open");
    return fd;
  }

  template <class Call>
  void timed(Call call) {
    const std::uint64_t begin_ns = now_ns();
    call();
    const std::uint64_t took_ns = now_ns() - begin_ns;
    clock_ns_ += took_ns;
    longest_ns_ = std::max(longest_ns_, took_ns);
    calls_++;
  }

  void transfer(int flags, bool writes) {
    const int fd = open(flags);
    for (std::uint64_t i = 0; i < count_; i++) {
      const auto at = static_cast<off_t>(i * bytes_);
      timed([&] {
        const ssize_t n =
            writes ? ::pwrite(fd, memory_, bytes_, at) : ::pread(fd, memory_, bytes_, at);
        if (n != static_cast<ssize_t>(bytes_)) fail(writes ? "pwrite" : "pread");
      });
    }
    ::close(fd);
  }

  void sync_file() {
    const int fd = open(O_WRONLY);
    timed([&] {
      if (::fsync(fd) != 0) fail("fsync");
    });
    ::close(fd);
  }

  void append_and_sync(std::uint64_t i) {
    const int fd = open(O_WRONLY | O_CREAT);
    if (::pwrite(fd, memory_, bytes_, static_cast<off_t>(i * bytes_)) < 0) fail("pwrite");
    timed([&] {
      if (::fsync(fd) != 0) fail("fsync");
    });
    ::close(fd);
  }

  // Every eighth page, so that no window of readahead helps.
  void touch_mapping() {
    const int fd = open(O_RDONLY);
    const std::size_t length = count_ * bytes_;
    char* at = static_cast<char*>(::mmap(nullptr, length, PROT_READ, MAP_SHARED, fd, 0));
    if (at == MAP_FAILED) fail("mmap");
    ::madvise(at, length, MADV_RANDOM);
    for (std::size_t offset = 0; offset < length; offset += 8 * kPage)
      timed([&] { sum_ += static_cast<volatile char*>(at)[offset]; });
    ::munmap(at, length);
    ::close(fd);
  }

  std::string path_;
  std::size_t bytes_;
  std::uint64_t count_;
  char* memory_;
  std::uint64_t clock_ns_ = 0;
  std::uint64_t longest_ns_ = 0;
  std::uint64_t calls_ = 0;
  int sum_ = 0;
};

}  // namespace

int play_disk(const Script& script, bool) {
  Subject subject(script);
  std::printf("{\"tid\":%d,\"steps\":[", ::getpid());
  bool first = true;
  for (const std::string& step : script.words()) {
    const std::uint64_t read = io_counter("read_bytes");
    const std::uint64_t written = io_counter("write_bytes");
    if (!subject.play(step)) {
      std::fprintf(stderr, "no step %s\n", step.c_str());
      return 2;
    }
    std::printf(
        "%s{\"step\":\"%s\",\"calls\":%llu,\"clock_ns\":%llu,\"longest_ns\":%llu,"
        "\"read_bytes\":%llu,\"write_bytes\":%llu}",
        first ? "" : ",", step.c_str(), static_cast<unsigned long long>(subject.calls()),
        static_cast<unsigned long long>(subject.clock_ns()),
        static_cast<unsigned long long>(subject.longest_ns()),
        static_cast<unsigned long long>(io_counter("read_bytes") - read),
        static_cast<unsigned long long>(io_counter("write_bytes") - written));
    first = false;
  }
  std::printf("],\"read_bytes\":%llu}\n",
              static_cast<unsigned long long>(io_counter("read_bytes")));
  return 0;
}

// Two processes write every other piece of one file; a third one calls sync.
int play_two_writers(const Script& script, bool) {
  const std::string path = script.text("file", "");
  const std::uint64_t pieces = script.number("pieces", 32);
  const std::size_t piece = script.number("kib", 256) * 1024;
  const std::string content(piece, 'y');
  const int fd = ::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  if (fd < 0) fail("open");
  int tids[2] = {};
  const auto write = [&](unsigned which) {
    tids[which] = ::gettid();
    for (std::uint64_t i = which; i < 2 * pieces; i += 2)
      if (::pwrite(fd, content.data(), piece, static_cast<off_t>(i * piece)) < 0) fail("pwrite");
  };
  std::thread one(write, 0);
  std::thread other(write, 1);
  one.join();
  other.join();
  std::thread third([&] { ::syncfs(fd); });
  third.join();
  ::close(fd);
  std::printf("{\"tid\":%d,\"writers\":[%d,%d],\"bytes_each\":%llu}\n", ::getpid(), tids[0],
              tids[1], static_cast<unsigned long long>(pieces * piece));
  return 0;
}

}  // namespace workload
