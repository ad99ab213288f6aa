// SPDX-License-Identifier: GPL-2.0-or-later
// A thread that is not its process's leader executes a program, as every Go program does: it gets
// the leader's tid.

#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <filesystem>
#include <thread>

#include "support/disk_place.hpp"
#include "support/workload/stage.hpp"

namespace workload {
namespace {

// CPU time of the thread since its birth, through every exec.
std::uint64_t own_cpu_ns() {
  timespec used{};
  ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &used);
  return static_cast<std::uint64_t>(used.tv_sec * 1'000'000'000 + used.tv_nsec);
}

// CPU time: on a busy machine the thread waits in between.
void burn(std::uint64_t ms) {
  const std::uint64_t end_ns = own_cpu_ns() + ms * 1'000'000;
  while (own_cpu_ns() < end_ns) continue;
}

}  // namespace

// The child's leader sleeps, its thread burns before_ms and executes, and the program named `name`
// burns burn_ms.
int play_swap(const Script& script, bool) {
  if (script.number("executed", 0) != 0) {
    burn(script.number("burn_ms", 100));
    return 0;
  }
  const std::string name = script.text("name", "swapped");
  std::string folder = hoodtrace::testing::disk_place() + "/workload-swap.XXXXXX";
  if (::mkdtemp(folder.data()) == nullptr) return 1;
  const std::string file = folder + "/" + name;  // the comm is the name of the link
  std::filesystem::create_symlink(std::filesystem::read_symlink("/proc/self/exe"), file);
  const std::string burn_ms = "burn_ms=" + std::to_string(script.number("burn_ms", 100));
  const pid_t child = ::fork();
  if (child == 0) {
    ::prctl(PR_SET_NAME, "leader");
    std::thread thread([&] {
      ::prctl(PR_SET_NAME, "thread");
      burn(script.number("before_ms", 20));
      ::execl(file.c_str(), name.c_str(), "swap", "executed=1", burn_ms.c_str(), nullptr);
      ::_exit(127);
    });
    thread.join();  // it never comes back
    ::_exit(1);
  }
  int status = 0;
  ::waitpid(child, &status, 0);
  std::filesystem::remove_all(folder);
  std::printf("{\"scenario\":\"swap\",\"pid\":%d,\"child\":%d,\"status\":%d}\n", ::getpid(), child,
              status);
  std::fflush(stdout);
  return 0;
}

}  // namespace workload
