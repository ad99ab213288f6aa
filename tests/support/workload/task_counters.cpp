// SPDX-License-Identifier: GPL-2.0-or-later
#include "support/workload/task_counters.hpp"

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

void read_switches(TaskCounters& counters) {
  rusage usage{};
  ::getrusage(RUSAGE_THREAD, &usage);
  counters.nvcsw = static_cast<std::uint64_t>(usage.ru_nvcsw);
  counters.nivcsw = static_cast<std::uint64_t>(usage.ru_nivcsw);
}

void read_schedstat(TaskCounters& counters) {
  char text[128] = {};
  const int fd = ::open("/proc/thread-self/schedstat", O_RDONLY | O_CLOEXEC);
  const ssize_t got = fd < 0 ? -1 : ::read(fd, text, sizeof(text) - 1);
  ::close(fd);
  if (got <= 0 || std::sscanf(text, "%" SCNu64 " %" SCNu64 " %" SCNu64, &counters.ran_ns,
                              &counters.run_delay_ns, &counters.pcount) != 3) {
    std::perror("/proc/thread-self/schedstat");
    std::exit(1);
  }
}

void print_counters(const char* key, const TaskCounters& counters) {
  std::printf("\"%s\":{\"ran_ns\":%" PRIu64 ",\"run_delay_ns\":%" PRIu64 ",\"pcount\":%" PRIu64
              ",\"nvcsw\":%" PRIu64 ",\"nivcsw\":%" PRIu64 "}",
              key, counters.ran_ns, counters.run_delay_ns, counters.pcount, counters.nvcsw,
              counters.nivcsw);
}

}  // namespace

TaskCounters read_own_counters() {
  for (;;) {
    TaskCounters before;
    read_switches(before);
    TaskCounters counters = before;
    read_schedstat(counters);
    TaskCounters after;
    read_switches(after);
    if (before.nvcsw == after.nvcsw && before.nivcsw == after.nivcsw) return counters;
  }
}

WorkerCounters* shared_workers(std::size_t count) {
  void* place = ::mmap(nullptr, sizeof(WorkerCounters) * count, PROT_READ | PROT_WRITE,
                       MAP_SHARED | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);
  if (place == MAP_FAILED) {
    std::perror("mmap");
    std::exit(1);
  }
  return static_cast<WorkerCounters*>(place);
}

void begin(WorkerCounters& worker, const std::string& name) {
  std::snprintf(worker.name, sizeof(worker.name), "%s", name.c_str());
  ::prctl(PR_SET_NAME, worker.name);
  worker.tid = static_cast<pid_t>(::syscall(SYS_gettid));
  worker.pid = ::getpid();
  worker.start = read_own_counters();
}

void end(WorkerCounters& worker) { worker.end = read_own_counters(); }

void print_workers(const char* scenario, std::uint64_t count, const WorkerCounters* first,
                   std::size_t n) {
  std::printf("{\"scenario\":\"%s\",\"count\":%" PRIu64 ",\"tasks\":[", scenario, count);
  for (std::size_t i = 0; i < n; i++) {
    const WorkerCounters& w = first[i];
    std::printf("%s{\"name\":\"%s\",\"tid\":%d,\"pid\":%d,", i == 0 ? "" : ",", w.name, w.tid,
                w.pid);
    print_counters("start", w.start);
    std::printf(",");
    print_counters("end", w.end);
    std::printf("}");
  }
  std::printf("]}\n");
  std::fflush(stdout);
}

}  // namespace workload
