// SPDX-License-Identifier: GPL-2.0-or-later
// What tracing adds to a page fault, compared with the peers that are installed: fresh anonymous
// pages, and pages that a fork made shared (the child copies each, then the parent reuses each).
// Some rows trace the whole system, as they say; every output goes to /dev/null.

#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <string>
#include <utility>
#include <vector>

#include "bench/empty_program.hpp"
#include "bench/tracer_process.hpp"

namespace {

constexpr std::size_t kPage = 4096;

double now_ns() {
  timespec time{};
  ::clock_gettime(CLOCK_MONOTONIC, &time);
  return static_cast<double>(time.tv_sec) * 1e9 + static_cast<double>(time.tv_nsec);
}

class Pages {
 public:
  explicit Pages(std::size_t count) : count_(count) {
    void* place =
        ::mmap(nullptr, count * kPage, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (place == MAP_FAILED) {
      std::perror("mmap");
      std::exit(1);
    }
    start_ = static_cast<char*>(place);
    ::madvise(start_, count * kPage, MADV_NOHUGEPAGE);
  }
  Pages(const Pages&) = delete;
  Pages& operator=(const Pages&) = delete;
  ~Pages() { ::munmap(start_, count_ * kPage); }

  // Nanoseconds per page.
  double write() {
    const double begin = now_ns();
    for (std::size_t i = 0; i < count_; i++) *static_cast<volatile char*>(start_ + i * kPage) = 1;
    return (now_ns() - begin) / static_cast<double>(count_);
  }

 private:
  std::size_t count_;
  char* start_ = nullptr;
};

double touch_fresh(std::size_t count) { return Pages(count).write(); }

// A page's copy and its reuse together.
double copy_and_reuse(std::size_t count) {
  Pages pages(count);
  pages.write();
  int result[2];
  if (::pipe(result) != 0) return 0;
  const pid_t child = ::fork();
  if (child == 0) {
    const double ns = pages.write();
    (void)!::write(result[1], &ns, sizeof(ns));
    ::_exit(0);
  }
  double child_ns = 0;
  (void)!::read(result[0], &child_ns, sizeof(child_ns));
  ::waitpid(child, nullptr, 0);
  ::close(result[0]);
  ::close(result[1]);
  return child_ns + pages.write();
}

}  // namespace

int main(int argc, char** argv) {
  using namespace hoodtrace::bench;
  const unsigned rounds = argc > 1 ? static_cast<unsigned>(std::atoi(argv[1])) : 20;
  const std::string own = std::to_string(::getpid());
  const pid_t idle = ::fork();
  if (idle == 0)
    for (;;) ::pause();

  const Variant whole = hoodtrace_variant("hoodtrace faults", {"faults"});
  const Variant narrow = hoodtrace_variant("hoodtrace faults --pid (idle one)",
                                           {"faults", "-p", std::to_string(idle)});
  const Variant empty = empty_program_variant("page_fault_user");
  std::vector<Variant> variants = {
      {"untraced"},
      empty,
      program_variant("empty programs, page_fault_user and minor-faults",
                      {"empty_page_fault_user", "empty_minor_faults"}),
      program_variant("the same and mm_page_alloc",
                      {"empty_page_fault_user", "empty_mm_page_alloc", "empty_minor_faults"}),
      program_variant("empty fentry and fexit, handle_mm_fault",
                      {"empty_handle_fault", "empty_handled_fault"}),
      whole,
      hoodtrace_variant("hoodtrace faults --tier base", {"faults", "--tier", "base"}),
      hoodtrace_variant("hoodtrace faults --pid (this one)", {"faults", "--follow", "-p", own}),
      hoodtrace_variant("hoodtrace faults --cow", {"faults", "--cow"}),
      narrow,
      serve_variant("serve --cgroup (own)", {}),
      serve_variant("serve --cgroup (own) --families sched", {"--families", "sched"}),
      peer_variant(
          "bpftrace, count by pid",
          {"bpftrace", "-e", "tracepoint:exceptions:page_fault_user { @[pid] = count(); }"}, 2000),
      peer_variant("trace-cmd record, page_fault_user",
                   {"trace-cmd", "record", "-o", "/tmp/ht_bench.dat", "-e", "page_fault_user"},
                   1500),
      peer_variant("perf record -e page-faults -c 1",
                   {"perf", "record", "-a", "-e", "page-faults", "-c", "1", "-o", "/dev/null"},
                   1000),
      peer_variant("perf trace -F all", {"perf", "trace", "-a", "-F", "all", "--no-syscalls"},
                   1000),
  };
  variants = named_variants(std::move(variants), 2, argc, argv);
  const auto fresh = [] { return touch_fresh(50'000); };
  const auto cow = [] { return copy_and_reuse(10'000); };
  fresh();
  print_table("Page fault: fresh anonymous pages", "fault", interleave(variants, rounds, fresh),
              "perf record -e page-faults -c 1");
  cow();
  print_table("Page fault: copied by the child, then reused by the parent", "pair",
              interleave(variants, rounds, cow), "perf record -e page-faults -c 1");
  if (argc <= 2) {
    std::printf("\nkernel.bpf_stats, empty program (what the statistics themselves take):\n");
    print_program_times(empty, fresh);
    std::printf("kernel.bpf_stats, hoodtrace faults:\n");
    print_program_times(whole, fresh);
    std::printf("kernel.bpf_stats, hoodtrace faults --pid (idle one):\n");
    print_program_times(narrow, fresh);
  } else {
    for (std::size_t i = 1; i < variants.size(); i++) {
      std::printf("\nkernel.bpf_stats, %s:\n", variants[i].name.c_str());
      print_program_times(variants[i], fresh);
    }
  }
  ::kill(idle, SIGKILL);
  ::waitpid(idle, nullptr, 0);
  return 0;
}
