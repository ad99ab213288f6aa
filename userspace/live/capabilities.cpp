// SPDX-License-Identifier: GPL-2.0-or-later
#include "live/capabilities.hpp"

#include <fmt/format.h>
#include <linux/capability.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace hoodtrace {
namespace {

struct Sets {
  __user_cap_header_struct header{_LINUX_CAPABILITY_VERSION_3, 0};
  __user_cap_data_struct data[_LINUX_CAPABILITY_U32S_3]{};
};

bool read_sets(Sets& sets) { return ::syscall(SYS_capget, &sets.header, sets.data) == 0; }

}  // namespace

const std::vector<NeededCapability>& needed_capabilities() {
  static const std::vector<NeededCapability> list = {
      {CAP_BPF, "CAP_BPF", "load BPF programs and maps", true, true},
      {CAP_PERFMON, "CAP_PERFMON", "attach them to tracepoints, read kernel memory", true, true},
      {CAP_DAC_READ_SEARCH, "CAP_DAC_READ_SEARCH", "name cgroups by their ids", false, true},
      {CAP_SYS_NICE, "CAP_SYS_NICE", "run ahead of a busy machine, so that nothing is lost", false,
       false},
  };
  return list;
}

bool is_in_initial_user_namespace() {
  constexpr ino_t kInitial = 0xeffffffd;  // PROC_USER_INIT_INO, include/linux/proc_ns.h
  struct stat status {};
  return ::stat("/proc/self/ns/user", &status) != 0 || status.st_ino == kInitial;
}

bool has_capability(int number) {
  Sets sets;
  if (!is_in_initial_user_namespace() || !read_sets(sets)) return false;
  return (sets.data[CAP_TO_INDEX(number)].effective & CAP_TO_MASK(number)) != 0;
}

Result<void> drop_privileges(bool reads_processes) {
  Sets sets;
  if (!read_sets(sets)) return failed(fmt::format("capget: {}", std::strerror(errno)));
  __u32 keep[_LINUX_CAPABILITY_U32S_3] = {};
  for (const NeededCapability& capability : needed_capabilities())
    if (capability.needed_while_tracing)
      keep[CAP_TO_INDEX(capability.number)] |= CAP_TO_MASK(capability.number);
  if (reads_processes) keep[CAP_TO_INDEX(CAP_SYS_PTRACE)] |= CAP_TO_MASK(CAP_SYS_PTRACE);
  for (int i = 0; i < _LINUX_CAPABILITY_U32S_3; i++) {
    sets.data[i].permitted &= keep[i];
    sets.data[i].effective &= keep[i];
    sets.data[i].inheritable = 0;
  }
  if (::syscall(SYS_capset, &sets.header, sets.data) != 0)
    return failed(fmt::format("capset: {}", std::strerror(errno)));
  ::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
  return {};
}

}  // namespace hoodtrace
