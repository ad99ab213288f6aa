// SPDX-License-Identifier: GPL-2.0-or-later
#include "support/workload/task_books.hpp"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cinttypes>
#include <cstdio>
#include <cstdlib>

namespace workload {
namespace {

void read_switches(TaskBooks& books) {
  rusage usage{};
  ::getrusage(RUSAGE_THREAD, &usage);
  books.nvcsw = static_cast<std::uint64_t>(usage.ru_nvcsw);
  books.nivcsw = static_cast<std::uint64_t>(usage.ru_nivcsw);
}

void read_schedstat(TaskBooks& books) {
  char text[128] = {};
  const int fd = ::open("/proc/thread-self/schedstat", O_RDONLY | O_CLOEXEC);
  const ssize_t got = fd < 0 ? -1 : ::read(fd, text, sizeof(text) - 1);
  ::close(fd);
  if (got <= 0 || std::sscanf(text, "%" SCNu64 " %" SCNu64 " %" SCNu64, &books.ran_ns,
                              &books.run_delay_ns, &books.pcount) != 3) {
    std::perror("/proc/thread-self/schedstat");
    std::exit(1);
  }
}

void print_books(const char* key, const TaskBooks& books) {
  std::printf("\"%s\":{\"ran_ns\":%" PRIu64 ",\"run_delay_ns\":%" PRIu64 ",\"pcount\":%" PRIu64
              ",\"nvcsw\":%" PRIu64 ",\"nivcsw\":%" PRIu64 "}",
              key, books.ran_ns, books.run_delay_ns, books.pcount, books.nvcsw, books.nivcsw);
}

}  // namespace

TaskBooks read_own_books() {
  for (;;) {
    TaskBooks before;
    read_switches(before);
    TaskBooks books = before;
    read_schedstat(books);
    TaskBooks after;
    read_switches(after);
    if (before.nvcsw == after.nvcsw && before.nivcsw == after.nivcsw) return books;
  }
}

Witness* shared_witnesses(std::size_t count) {
  void* place = ::mmap(nullptr, sizeof(Witness) * count, PROT_READ | PROT_WRITE,
                       MAP_SHARED | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);
  if (place == MAP_FAILED) {
    std::perror("mmap");
    std::exit(1);
  }
  return static_cast<Witness*>(place);
}

void begin(Witness& witness, const std::string& name) {
  std::snprintf(witness.name, sizeof(witness.name), "%s", name.c_str());
  ::prctl(PR_SET_NAME, witness.name);
  witness.tid = static_cast<pid_t>(::syscall(SYS_gettid));
  witness.pid = ::getpid();
  witness.start = read_own_books();
}

void end(Witness& witness) { witness.end = read_own_books(); }

void print_witnesses(const char* scene, std::uint64_t count, const Witness* first, std::size_t n) {
  std::printf("{\"scene\":\"%s\",\"count\":%" PRIu64 ",\"tasks\":[", scene, count);
  for (std::size_t i = 0; i < n; i++) {
    const Witness& w = first[i];
    std::printf("%s{\"name\":\"%s\",\"tid\":%d,\"pid\":%d,", i == 0 ? "" : ",", w.name, w.tid,
                w.pid);
    print_books("start", w.start);
    std::printf(",");
    print_books("end", w.end);
    std::printf("}");
  }
  std::printf("]}\n");
  std::fflush(stdout);
}

}  // namespace workload
