// SPDX-License-Identifier: GPL-2.0-or-later
// Sleeps of a given length, and an exit that takes long without a sleep.

#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <ctime>

#include "support/why_scenes/scenes.hpp"

namespace why_scenes {
namespace {

constexpr std::uint64_t kMib = 1 << 20;

#if defined(__x86_64__)
// nanosleep of the 32-bit table, by int 0x80 from 64-bit code; its argument lies below 4 GiB.
long nanosleep_32(const std::int32_t* time) {
  constexpr long kNanosleep = 162;  // arch/x86/entry/syscalls/syscall_32.tbl
  long result = kNanosleep;
  asm volatile("int $0x80"
               : "+a"(result)
               : "b"(time), "c"(nullptr)
               : "memory", "r8", "r9", "r10", "r11");
  return result;
}
#endif

}  // namespace

void play_naps(const Script& script, Notes& notes) {
  const std::uint64_t us = script.number("ms", 10) * 1000;
  notes
      .start("napper",
             [&] {
               for (std::uint64_t i = 0; i < script.number("count", 100); i++) {
                 const Waiting waiting(notes, "nap");
                 sleep_us(us);
               }
             })
      .join();
}

void play_compat(const Script& script, Notes& notes) {
#if defined(__x86_64__)
  auto* time = static_cast<std::int32_t*>(::mmap(nullptr, 4096, PROT_READ | PROT_WRITE,
                                                 MAP_PRIVATE | MAP_ANONYMOUS | MAP_32BIT, -1, 0));
  if (time == MAP_FAILED) cannot("this kernel gives no memory below 4 GiB");
  time[0] = 0;
  time[1] = 1000;
  // -ENOSYS, or SIGSEGV when the kernel was built without it, which ends only the child.
  const pid_t probe = ::fork();
  if (probe == 0) ::_exit(nanosleep_32(time) == 0 ? 0 : 1);
  int status = 0;
  ::waitpid(probe, &status, 0);
  if (!WIFEXITED(status) || WEXITSTATUS(status) != 0)
    cannot("this kernel has no 32-bit system calls");
  time[1] = static_cast<std::int32_t>(script.number("ms", 10) * 1'000'000);
  notes
      .start("napper-32",
             [&] {
               for (std::uint64_t i = 0; i < script.number("count", 20); i++) {
                 const Waiting waiting(notes, "nap");
                 nanosleep_32(time);
               }
             })
      .join();
#else
  (void)script;
  (void)notes;
  cannot("only those of x86-64 have int 0x80");
#endif
}

void play_big_exit(const Script& script, Notes& notes) {
  const std::uint64_t bytes = script.number("mib", 600) * kMib;
  std::atomic<std::uint32_t>* flags = shared_flags(1);
  std::uint64_t* end_ns = reinterpret_cast<std::uint64_t*>(flags + 2);
  notes.begin("parent");
  const pid_t child = notes.fork("big", [&] {
    void* place = ::mmap(nullptr, bytes, PROT_READ | PROT_WRITE,
                         MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);
    if (place == MAP_FAILED) cannot("this kernel gives no memory");
    *end_ns = now_ns();
  });
  ::waitpid(child, nullptr, 0);
  notes.fact("exit_ns", now_ns() - *end_ns);
  notes.end();
}

}  // namespace why_scenes
