// SPDX-License-Identifier: GPL-2.0-or-later
// A given number of page faults of each kind, each kind in a mapping of its own.

#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cinttypes>
#include <cstdio>
#include <vector>

#include "support/disk_place.hpp"
#include "support/workload/pages.hpp"
#include "support/workload/stage.hpp"

namespace workload {
namespace {

sigjmp_buf away;

void jump_away(int) { siglongjmp(away, 1); }

// A write that ends in a signal.
void access_badly(char* at) {
  if (sigsetjmp(away, 1) == 0) *static_cast<volatile char*>(at) = 1;
}

// An address that no table can map, and the first of the kernel's with four levels or five.
constexpr std::uintptr_t kNonCanonical = 0x4141414141414141;
constexpr std::uintptr_t kOfTheKernel = 0xffff800000000000;

char* at_address(std::uintptr_t address) { return reinterpret_cast<char*>(address); }

void access_badly(const Region& region, std::size_t pages) {
  for (std::size_t i = 0; i < pages; i++) access_badly(region.start + i * kPageBytes);
}

// The kernel writes into the region: one read of /dev/zero per page. What fails fails.
void read_zeros_into(const Region& region, std::size_t pages) {
  const int fd = ::open("/dev/zero", O_RDONLY | O_CLOEXEC);
  for (std::size_t i = 0; i < pages; i++)
    (void)!::read(fd, region.start + i * kPageBytes, kPageBytes);
  ::close(fd);
}

// Shared memory that has all its pages already: they were written through the file.
Region written_shared_memory(std::size_t pages) {
  const auto fd = static_cast<int>(::syscall(SYS_memfd_create, "again", 0));
  const Region region = anonymous(pages, PROT_READ | PROT_WRITE, MAP_SHARED);
  const std::vector<char> page(kPageBytes, 'x');
  for (std::size_t i = 0; i < pages; i++) (void)!::write(fd, page.data(), page.size());
  (void)::mmap(region.start, pages * kPageBytes, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_FIXED, fd,
               0);
  ::close(fd);
  return region;
}

struct Acts {
  const Script& script;
  std::string folder;

  [[nodiscard]] std::size_t count(const char* act) const { return script.number(act, 0); }
};

}  // namespace

int play_faults(const Script& script, bool gated) {
  const Acts acts{
      script, script.words().empty() ? hoodtrace::testing::disk_place() : script.words().front()};
  constexpr int kRw = PROT_READ | PROT_WRITE;
  const auto n = [&](const char* act) { return acts.count(act); };
  // One page more than asked, so that a count of 0 is a mapping too.
  const Region zero = anonymous(n("zero") + 1, kRw, MAP_PRIVATE);
  const Region zero_read = anonymous(n("zero_read") + 1, kRw, MAP_PRIVATE);
  const Region upgrade = anonymous(n("upgrade") + 1, kRw, MAP_PRIVATE);
  const Region shmem = anonymous(n("shmem") + 1, kRw, MAP_SHARED);
  const Region shmem_again = written_shared_memory(n("shmem_again") + 1);
  const Region kernel = anonymous(n("kernel") + 1, kRw, MAP_PRIVATE);
  const Region none = anonymous(n("invalid") + n("efault") + 1, PROT_NONE, MAP_PRIVATE);
  const Region huge_pages = huge(n("huge") + 1);
  const Region file = of_file(acts.folder, (n("file") + 1) * kAroundBytes, MAP_PRIVATE);
  const Region file_cow = of_file(acts.folder, (n("file_cow") + 1) * kPageBytes, MAP_PRIVATE);
  const Region file_over = of_file(acts.folder, (n("file_over") + 1) * kPageBytes, MAP_PRIVATE);
  const Region shared = of_file(acts.folder, (n("shared") + 1) * kPageBytes, MAP_SHARED);
  const Region cold = n("major") == 0 ? anonymous(1, PROT_READ, MAP_PRIVATE)
                                      : of_cold_file(acts.folder + "/cold", n("major"));
  const Region swap = anonymous(n("swap") + 1, kRw, MAP_PRIVATE);
  swap.write(n("swap"));
  if (n("swap") > 0) ::madvise(swap.start, n("swap") * kPageBytes, MADV_PAGEOUT);
  upgrade.read(n("upgrade"));
  file_over.read(n("file_over"));
  struct sigaction action {};
  action.sa_handler = jump_away;
  ::sigaction(SIGSEGV, &action, nullptr);

  Usage usage;
  Gate gate(gated, 1);
  std::thread actor([&] {
    // Everything that will run has run once: its own faults lie behind.
    access_badly(none, 1);
    read_zeros_into(upgrade, 0);
    thread_usage(thread_usage());
    gate.wait_start();
    const Usage before = thread_usage();
    zero.write(n("zero"));
    zero_read.read(n("zero_read"));
    upgrade.write(n("upgrade"));
    shmem.write(n("shmem"));
    shmem_again.write(n("shmem_again"));
    read_zeros_into(kernel, n("kernel"));
    access_badly(none, n("invalid"));
    read_zeros_into(none, n("efault"));
    for (std::size_t i = 0; i < n("wild"); i++) access_badly(at_address(kNonCanonical));
    for (std::size_t i = 0; i < n("kernel_address"); i++)
      access_badly(at_address(kOfTheKernel + i * kPageBytes));
    huge_pages.write(n("huge"), kHugeBytes);
    file.read(n("file"), kAroundBytes);
    file_cow.write(n("file_cow"));
    file_over.write(n("file_over"));
    shared.write(n("shared"));
    cold.read(n("major"));
    swap.read(n("swap"));
    usage = thread_usage(before);
    gate.wait_end();
  });
  gate.conduct();
  actor.join();

  std::printf("{\"scenario\":\"faults\",\"pid\":%d,\"minor\":%ld,\"major\":%ld,\"regions\":{",
              getpid(), usage.minor, usage.major);
  const std::pair<const char*, const Region*> regions[] = {
      {"zero", &zero},         {"zero_read", &zero_read},
      {"upgrade", &upgrade},   {"shmem", &shmem},
      {"kernel", &kernel},     {"none", &none},
      {"huge", &huge_pages},   {"file", &file},
      {"file_cow", &file_cow}, {"file_over", &file_over},
      {"shared", &shared},     {"cold", &cold},
      {"swap", &swap},         {"shmem_again", &shmem_again}};
  const char* comma = "";
  for (const auto& [name, region] : regions) {
    const auto at = reinterpret_cast<std::uintptr_t>(region->start);
    std::printf("%s\"%s\":[%" PRIuPTR ",%" PRIuPTR "]", comma, name, at, at + region->bytes);
    comma = ",";
  }
  std::printf("}}\n");
  std::fflush(stdout);
  return 0;
}

}  // namespace workload
