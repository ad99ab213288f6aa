// SPDX-License-Identifier: GPL-2.0-or-later
// Scenes in which a task sleeps for what is not its own request: for pages that another task reads
// ahead, and for a tag of the device. Each task counts its own sleeps: the kernel's count of its
// voluntary switches, which no tracepoint makes.

#include <fcntl.h>
#include <sched.h>
#include <sys/mman.h>
#include <sys/resource.h>
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

std::uint64_t sleeps_so_far() {
  struct rusage usage {};
  ::getrusage(RUSAGE_THREAD, &usage);
  return static_cast<std::uint64_t>(usage.ru_nvcsw);
}

// What a child counted, in memory that its parent sees.
struct WaitersCounted {
  std::uint64_t sleeps = 0;
  std::uint64_t clock_ns = 0;
};

WaitersCounted* shared_counts(std::size_t number) {
  void* at = ::mmap(nullptr, number * sizeof(WaitersCounted), PROT_READ | PROT_WRITE,
                    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  if (at == MAP_FAILED) fail("mmap");
  // Here, so that no fault of a child interferes.
  std::memset(at, 0, number * sizeof(WaitersCounted));
  return static_cast<WaitersCounted*>(at);
}

template <class Act>
void count(WaitersCounted& counted, Act act) {
  const std::uint64_t sleeps = sleeps_so_far();
  const std::uint64_t begin_ns = now_ns();
  act();
  counted.clock_ns += now_ns() - begin_ns;
  counted.sleeps += sleeps_so_far() - sleeps;
}

void write_all_of(int fd, const char* memory, std::size_t bytes, std::uint64_t first,
                  std::uint64_t count) {
  for (std::uint64_t i = 0; i < count; i++)
    if (::pwrite(fd, memory, bytes, static_cast<off_t>((first + i) * bytes)) < 0) fail("pwrite");
}

void print_counts(const std::vector<pid_t>& tids, const WaitersCounted* counts) {
  std::printf("[");
  for (std::size_t i = 0; i < tids.size(); i++)
    std::printf("%s{\"tid\":%d,\"sleeps\":%llu,\"clock_ns\":%llu}", i == 0 ? "" : ",", tids[i],
                static_cast<unsigned long long>(counts[i].sleeps),
                static_cast<unsigned long long>(counts[i].clock_ns));
  std::printf("]");
}

}  // namespace

// This process reads ahead the cold `file`, piece by piece, and a child reads the last page of each piece
// as soon as it was asked for: it is still on its way then. The child runs ahead of all others, so that it
// does so however busy the machine is.
int play_read_behind(const Script& script, bool) {
  // 7.3 reads at most 512 KiB for one call.
  constexpr std::size_t kPiece = 512 << 10;
  const std::uint64_t pieces = script.number("pieces", 64);
  const int fd = ::open(script.text("file", "").c_str(), O_RDONLY | O_CLOEXEC);
  if (fd < 0) fail("open");
  WaitersCounted* counted = shared_counts(1);
  int go[2];
  if (::pipe(go) != 0) fail("pipe");
  const pid_t child = ::fork();
  if (child < 0) fail("fork");
  if (child == 0) {
    static char memory[kPage];
    memory[0] = 1;
    const sched_param first{1};
    if (::sched_setscheduler(0, SCHED_FIFO, &first) != 0) fail("sched_setscheduler");
    for (std::uint64_t i = 0; i < pieces; i++) {
      if (::read(go[0], memory, 1) != 1) ::_exit(1);
      count(*counted, [&] {
        if (::pread(fd, memory, kPage, static_cast<off_t>((i + 1) * kPiece - kPage)) !=
            static_cast<ssize_t>(kPage))
          fail("pread");
      });
    }
    ::_exit(0);
  }
  for (std::uint64_t i = 0; i < pieces; i++) {
    if (::posix_fadvise(fd, static_cast<off_t>(i * kPiece), kPiece, POSIX_FADV_WILLNEED) != 0)
      fail("posix_fadvise");
    if (::write(go[1], "g", 1) != 1) fail("write");
  }
  int status = 0;
  if (::waitpid(child, &status, 0) != child || status != 0) return 1;
  std::printf("{\"tid\":%d,\"reader\":", ::getpid());
  print_counts({child}, counted);
  std::printf("}\n");
  return 0;
}

// `tasks` processes write directly to places of their own, all at once, each `count` times.
int play_tag_waiters(const Script& script, bool) {
  const std::string path = script.text("file", "");
  const std::uint64_t tasks = script.number("tasks", 8);
  const std::uint64_t number = script.number("count", 100);
  const std::size_t bytes = script.number("kib", 64) * 1024;
  auto* memory = static_cast<char*>(std::aligned_alloc(kPage, bytes));
  std::memset(memory, 'w', bytes);
  WaitersCounted* counted = shared_counts(tasks);
  std::vector<pid_t> children;
  for (std::uint64_t task = 0; task < tasks; task++) {
    const pid_t child = ::fork();
    if (child < 0) fail("fork");
    if (child > 0) {
      children.push_back(child);
      continue;
    }
    const int fd = ::open(path.c_str(), O_WRONLY | O_DIRECT | O_CLOEXEC);
    if (fd < 0) fail("open");
    // A gap between them: two requests side by side could become one.
    count(counted[task], [&] { write_all_of(fd, memory, bytes, task * (number + 1), number); });
    ::_exit(0);
  }
  for (const pid_t child : children) {
    int status = 0;
    if (::waitpid(child, &status, 0) != child || status != 0) return 1;
  }
  std::printf("{\"tid\":%d,\"bytes_each\":%llu,\"writers\":", ::getpid(),
              static_cast<unsigned long long>(number * bytes));
  print_counts(children, counted);
  std::printf("}\n");
  std::free(memory);
  return 0;
}

}  // namespace workload
