// SPDX-License-Identifier: GPL-2.0-or-later
#include "live/seccomp_filter.hpp"

#include <linux/bpf.h>
#include <linux/capability.h>
#include <linux/seccomp.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>

#include "live/capabilities.hpp"

namespace hoodtrace {

bool seccomp_may_refuse_bpf() {
  return has_capability(CAP_BPF) && has_capability(CAP_PERFMON) &&
         ::prctl(PR_GET_SECCOMP) == SECCOMP_MODE_FILTER;
}

bool seccomp_refuses_bpf() {
  if (!seccomp_may_refuse_bpf()) return false;
  bpf_attr none{};  // no license: EFAULT of bpf_prog_load() (kernel/bpf/syscall.c)
  return ::syscall(SYS_bpf, BPF_PROG_LOAD, &none, sizeof(none)) < 0 &&
         (errno == EPERM || errno == ENOSYS);
}

}  // namespace hoodtrace
