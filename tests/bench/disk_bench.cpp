// SPDX-License-Identifier: GPL-2.0-or-later
// What tracing adds to a block request: direct reads of 4 KiB, one at a time, of a file in /var/tmp.

#include <fcntl.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <string>

#include "base/fd.hpp"
#include "bench/empty_program.hpp"
#include "bench/tracer_process.hpp"

namespace {

constexpr std::size_t kPage = 4096;
constexpr off_t kReads = 2000;

class DirectFile {
 public:
  DirectFile() : memory_(static_cast<char*>(std::aligned_alloc(kPage, kPage))) {
    std::string name = "/var/tmp/hoodtrace-bench.XXXXXX";
    const hoodtrace::Fd writer(::mkstemp(name.data()));
    std::fill(memory_, memory_ + kPage, 'x');
    for (off_t i = 0; writer && i < kReads; i++)
      if (::pwrite(writer.get(), memory_, kPage, i * static_cast<off_t>(kPage)) < 0) std::abort();
    ::fsync(writer.get());
    file_ = hoodtrace::Fd(::open(name.c_str(), O_RDONLY | O_DIRECT | O_CLOEXEC));
    ::unlink(name.c_str());
    if (!file_) {
      std::perror("disk_bench: no direct I/O in /var/tmp");
      std::exit(1);
    }
  }

  // Nanoseconds per read.
  double read() {
    const auto start = std::chrono::steady_clock::now();
    for (off_t i = 0; i < kReads; i++)
      if (::pread(file_.get(), memory_, kPage, i * static_cast<off_t>(kPage)) !=
          static_cast<ssize_t>(kPage))
        std::abort();
    const std::chrono::duration<double, std::nano> took = std::chrono::steady_clock::now() - start;
    return took.count() / static_cast<double>(kReads);
  }

 private:
  char* memory_;
  hoodtrace::Fd file_;
};

}  // namespace

int main(int argc, char** argv) {
  using namespace hoodtrace::bench;
  const unsigned rounds = argc > 1 ? static_cast<unsigned>(std::atoi(argv[1])) : 20;
  DirectFile file;
  const pid_t sleeper = ::fork();
  if (sleeper == 0) {
    ::pause();
    ::_exit(0);
  }
  const Variant idle =
      hoodtrace_variant("hoodtrace disk --pid (idle one)", {"disk", "-p", std::to_string(sleeper)});
  const Variant own = hoodtrace_variant("hoodtrace disk --pid (reader)",
                                        {"disk", "-p", std::to_string(::getpid())});
  const auto read = [&file] { return file.read(); };
  read();
  print_table(
      "Direct read of 4 KiB", "read",
      interleave({{"untraced"}, empty_program_variant("block_rq_issue"), idle, own}, rounds, read),
      "hoodtrace disk --pid (reader)");
  std::printf("\nkernel.bpf_stats, hoodtrace disk --pid (reader):\n");
  print_program_times(own, read);
  std::printf("\nkernel.bpf_stats, hoodtrace disk --pid (idle one):\n");
  print_program_times(idle, read);
  ::kill(sleeper, SIGTERM);
  return 0;
}
