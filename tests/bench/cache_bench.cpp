// SPDX-License-Identifier: GPL-2.0-or-later
// What tracing adds to a use of a cached page, and to a page that comes into the cache. The file is
// a hole of 64 MiB: its pages are made and filled without a disk, so nothing but the page cache's
// own work is beside the tracer's.

#include <fcntl.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

#include "base/fd.hpp"
#include "bench/empty_program.hpp"
#include "bench/tracer_process.hpp"

namespace {

constexpr off_t kFileBytes = 64 << 20;
constexpr std::size_t kPage = 4096;

double elapsed_ns(std::chrono::steady_clock::time_point since) {
  return std::chrono::duration<double, std::nano>(std::chrono::steady_clock::now() - since).count();
}

class HoleFile {
 public:
  HoleFile() {
    std::string name = "/var/tmp/hoodtrace-bench.XXXXXX";
    file_ = hoodtrace::Fd(::mkstemp(name.data()));
    ::unlink(name.c_str());
    if (!file_ || ::ftruncate(file_.get(), kFileBytes) != 0) {
      std::perror("cache_bench: cannot make a file in /var/tmp");
      std::exit(1);
    }
  }

  // Nanoseconds per page.
  double read(std::size_t block) {
    buffer_.resize(block);
    const auto start = std::chrono::steady_clock::now();
    for (off_t at = 0; at < kFileBytes; at += static_cast<off_t>(block))
      if (::pread(file_.get(), buffer_.data(), block, at) != static_cast<ssize_t>(block))
        std::abort();
    return elapsed_ns(start) / (static_cast<double>(kFileBytes) / kPage);
  }

  void drop() const { ::posix_fadvise(file_.get(), 0, 0, POSIX_FADV_DONTNEED); }
  // Without readahead each page is a folio of its own.
  void advise(int advice) const { ::posix_fadvise(file_.get(), 0, 0, advice); }

 private:
  hoodtrace::Fd file_;
  std::vector<char> buffer_;
};

}  // namespace

int main(int argc, char** argv) {
  using namespace hoodtrace::bench;
  const unsigned rounds = argc > 1 ? static_cast<unsigned>(std::atoi(argv[1])) : 20;
  HoleFile file;
  const pid_t sleeper = ::fork();
  if (sleeper == 0) {
    ::pause();
    ::_exit(0);
  }

  const Variant whole = hoodtrace_variant("hoodtrace cache", {"cache"});
  const Variant idle = hoodtrace_variant("hoodtrace cache --pid (idle one)",
                                         {"cache", "-p", std::to_string(sleeper)});
  const Variant own = hoodtrace_variant("hoodtrace cache --pid (reader)",
                                        {"cache", "-p", std::to_string(::getpid())});
  const auto counting = [](const char* hook) {
    return peer_variant(
        "bpftrace, count per task",
        {"bpftrace", "-e", std::string("tracepoint:filemap:") + hook + " { @[tid] = count(); }"},
        2000);
  };

  file.read(kPage);
  const auto use = [&file] { return file.read(kPage); };
  print_table("Use of a cached page: pread of 4 KiB", "page",
              interleave({{"untraced"},
                          empty_program_variant("mm_filemap_get_pages"),
                          program_variant("counted in the kernel, by task and file (not taken)",
                                          {"counting_get_pages"}),
                          whole,
                          idle,
                          own,
                          counting("mm_filemap_get_pages")},
                         rounds, use),
              "bpftrace, count per task");

  const std::vector<Variant> adds = {
      {"untraced"}, empty_program_variant("mm_filemap_add_to_page_cache"),
      whole,        idle,
      own,          counting("mm_filemap_add_to_page_cache")};
  const auto add = [&file] {
    file.drop();
    return file.read(128 << 10);
  };
  add();
  print_table("Page added: sequential reads, with readahead and the file system's folios", "page",
              interleave(adds, rounds, add), "bpftrace, count per task");
  file.advise(POSIX_FADV_RANDOM);
  const auto add_singly = [&file] {
    file.drop();
    return file.read(kPage);
  };
  print_table("Page added: reads of 4 KiB without readahead, a folio and a use each", "page",
              interleave(adds, rounds, add_singly), "bpftrace, count per task");
  std::printf("\nkernel.bpf_stats, hoodtrace cache:\n");
  print_program_times(whole, add_singly);
  ::kill(sleeper, SIGTERM);
  return 0;
}
