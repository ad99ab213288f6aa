// SPDX-License-Identifier: GPL-2.0-or-later
// Mapped files: one that is deleted while it is mapped, another one that has its name and its inode
// number then, accesses that end in a signal, and System V segments.

#include <fcntl.h>
#include <sched.h>
#include <setjmp.h>
#include <signal.h>
#include <sys/ipc.h>
#include <sys/mman.h>
#include <sys/shm.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>

#include "support/disk_place.hpp"
#include "support/workload/pages.hpp"
#include "support/workload/stage.hpp"

namespace workload {
namespace {

sigjmp_buf away;

void jump_away(int) { siglongjmp(away, 1); }

struct Mapped {
  int fd = -1;
  Region region;
  std::uint64_t inode = 0;
};

// A new file of `pages`, mapped.
Mapped map_new(const std::string& path, std::size_t pages) {
  Mapped file;
  file.fd = ::open(path.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (file.fd < 0 || ::ftruncate(file.fd, static_cast<off_t>(pages * kPageBytes)) != 0) {
    std::perror(path.c_str());
    std::exit(1);
  }
  struct stat status {};
  ::fstat(file.fd, &status);
  file.inode = status.st_ino;
  file.region.bytes = pages * kPageBytes;
  file.region.start = static_cast<char*>(
      ::mmap(nullptr, file.region.bytes, PROT_READ | PROT_WRITE, MAP_SHARED, file.fd, 0));
  return file;
}

void unmap(const Mapped& file) {
  ::munmap(file.region.start, file.region.bytes);
  ::close(file.fd);
}

// Half of its pages under one name, half under another: of the file, or of the folder that it is in.
// The last page of the last file when it has none any more.
void use_renamed(const std::string& folder, std::size_t pages) {
  const auto use = [&](const std::string& from, const std::string& to, const std::string& at) {
    Mapped file = map_new(at, pages);
    file.region.write(pages / 2);
    ::rename(from.c_str(), to.c_str());
    for (std::size_t i = pages / 2; i + 1 < pages; i++) file.region.start[i * kPageBytes] = 1;
    return file;
  };
  const auto end = [&](const Mapped& file) {
    file.region.start[(pages - 1) * kPageBytes] = 1;
    unmap(file);
  };
  end(use(folder + "/before", folder + "/after", folder + "/before"));
  ::mkdir((folder + "/old").c_str(), 0700);
  end(use(folder + "/old", folder + "/new", folder + "/old/inside"));
  const Mapped gone = use(folder + "/first", folder + "/last", folder + "/first");
  ::unlink((folder + "/last").c_str());
  end(gone);
}

// Reads it `times` times: how often that ended in a signal.
std::size_t touch(const char* at, std::size_t times) {
  volatile std::size_t signals = 0;
  volatile std::size_t i = 0;
  while (i < times) {
    i = i + 1;
    if (sigsetjmp(away, 1) == 0)
      (void)*static_cast<const volatile char*>(at);
    else
      signals = signals + 1;
  }
  return signals;
}

// The first segments of a namespace of its own: their ids, which are their inode numbers, begin at 0.
void use_segments(std::size_t count, std::size_t pages) {
  if (count == 0 || ::unshare(CLONE_NEWIPC) != 0) return;
  for (std::size_t i = 0; i < count; i++) {
    const int id = ::shmget(IPC_PRIVATE, pages * kPageBytes, IPC_CREAT | 0600);
    void* at = id < 0 ? nullptr : ::shmat(id, nullptr, 0);
    if (at == nullptr) return;
    Region{static_cast<char*>(at), pages * kPageBytes}.write(pages);
    ::shmctl(id, IPC_RMID, nullptr);
  }
}

}  // namespace

int play_mapped(const Script& script, bool gated) {
  const std::string folder = script.text("folder", hoodtrace::testing::disk_place());
  const std::size_t pages = script.number("pages", 50);
  const std::size_t bus = script.number("sigbus", 0);
  const std::size_t segv = script.number("sigsegv", 0);
  const std::string again = folder + "/again";
  const std::string cut = folder + "/cut";
  struct sigaction action {};
  action.sa_handler = jump_away;
  action.sa_flags = SA_NODEFER;
  ::sigaction(SIGBUS, &action, nullptr);
  ::sigaction(SIGSEGV, &action, nullptr);

  std::uint64_t inodes[2] = {};
  Region cut_region;
  Region none;
  std::size_t bus_signals = 0;
  std::size_t segv_signals = 0;
  Gate gate(gated, 1);
  std::thread actor([&] {
    gate.wait_start();
    // Half of its pages while it has a name, half when it has none any more.
    Mapped first = map_new(again, pages);
    first.region.write(pages / 2);
    ::unlink(again.c_str());
    for (std::size_t i = pages / 2; i < pages; i++) first.region.start[i * kPageBytes] = 1;
    unmap(first);
    Mapped second = map_new(again, pages);
    second.region.write(pages);
    inodes[0] = first.inode;
    inodes[1] = second.inode;
    Mapped shorter = map_new(cut, 4);
    shorter.region.write(4);
    (void)!::ftruncate(shorter.fd, kPageBytes);
    cut_region = shorter.region;
    bus_signals = touch(shorter.region.start + 2 * kPageBytes, bus);
    none = anonymous(1, PROT_NONE, MAP_PRIVATE);
    segv_signals = touch(none.start, segv);
    ::munmap(none.start, none.bytes);
    segv_signals += touch(none.start, segv);
    if (script.number("renames", 0) != 0) use_renamed(folder, pages);
    use_segments(script.number("segments", 0), pages);
    gate.wait_end();
  });
  gate.conduct();
  actor.join();

  std::printf(
      "{\"scenario\":\"mapped\",\"pid\":%d,\"inodes\":[%ju,%ju],\"sigbus\":%zu,\"sigsegv\":%zu",
      getpid(), static_cast<std::uintmax_t>(inodes[0]), static_cast<std::uintmax_t>(inodes[1]),
      bus_signals, segv_signals);
  print_region("cut", cut_region);
  print_region("none", none);
  std::printf("}\n");
  std::fflush(stdout);
  return 0;
}

}  // namespace workload
