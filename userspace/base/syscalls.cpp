// SPDX-License-Identifier: GPL-2.0-or-later
#include "base/syscalls.hpp"

#include <algorithm>
#include <array>
#include <span>

namespace hoodtrace {
namespace {

struct Call {
  std::uint16_t number;
  std::string_view name;
};

#define SYSCALL(number, name) Call{number, #name},
constexpr Call kX86_64[] = {
#include "base/syscalls_x86_64.inc"
};
constexpr Call kI386[] = {
#include "base/syscalls_i386.inc"
};
constexpr Call kArm64[] = {
#include "base/syscalls_arm64.inc"
};
#undef SYSCALL

std::span<const Call> calls_of(CallTable table) {
  switch (table) {
    case CallTable::kI386:
      return kI386;
    case CallTable::kArm64:
      return kArm64;
    case CallTable::kX86_64:
      break;
  }
  return kX86_64;
}

// Calls that can sleep and whose first argument is the file that they are about, sorted.
constexpr std::array<std::string_view, 61> kOfFiles = {
    "accept",
    "accept4",
    "close",
    "connect",
    "copy_file_range",
    "epoll_pwait",
    "epoll_pwait2",
    "epoll_wait",
    "epoll_wait_old",
    "fadvise64",
    "fallocate",
    "fchmod",
    "fchown",
    "fcntl",
    "fcntl64",
    "fdatasync",
    "fgetxattr",
    "flock",
    "fsetxattr",
    "fstat",
    "fsync",
    "ftruncate",
    "ftruncate64",
    "getdents",
    "getdents64",
    "io_uring_enter",
    "ioctl",
    "lseek",
    "mq_timedreceive",
    "mq_timedreceive_time64",
    "mq_timedsend",
    "mq_timedsend_time64",
    "pread64",
    "preadv",
    "preadv2",
    "pwrite64",
    "pwritev",
    "pwritev2",
    "read",
    "readahead",
    "readv",
    "recv",
    "recvfrom",
    "recvmmsg",
    "recvmmsg_time64",
    "recvmsg",
    "send",
    "sendfile",
    "sendfile64",
    "sendmmsg",
    "sendmsg",
    "sendto",
    "shutdown",
    "splice",
    "sync_file_range",
    "syncfs",
    "tee",
    "timerfd_settime",
    "vmsplice",
    "write",
    "writev",
};
static_assert(std::is_sorted(kOfFiles.begin(), kOfFiles.end()));

}  // namespace

CallTable call_table(std::string_view machine, bool compat) {
  if (machine == "aarch64") return CallTable::kArm64;
  return compat ? CallTable::kI386 : CallTable::kX86_64;
}

std::string_view syscall_name(CallTable table, int number) {
  const std::span<const Call> calls = calls_of(table);
  const auto at = std::lower_bound(calls.begin(), calls.end(), number,
                                   [](const Call& call, int n) { return call.number < n; });
  return at != calls.end() && at->number == number ? at->name : std::string_view();
}

bool takes_file(CallTable table, int number) {
  const std::string_view name = syscall_name(table, number);
  return !name.empty() && std::binary_search(kOfFiles.begin(), kOfFiles.end(), name);
}

}  // namespace hoodtrace
