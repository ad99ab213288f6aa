// SPDX-License-Identifier: GPL-2.0-or-later
#include "live/bpf_error.hpp"

#include <fmt/format.h>
#include <linux/capability.h>
#include <linux/seccomp.h>
#include <sys/prctl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <string>
#include <string_view>

#include "live/capabilities.hpp"
#include "live/libbpf_log.hpp"

namespace hoodtrace {
namespace {

// What to do when the kernel answers bpf(2) with EPERM.
std::string_view step_after_refusal() {
  constexpr std::string_view kFiltered =
      "a seccomp filter may refuse bpf(2), as of containers without CAP_SYS_ADMIN: start it with "
      "--security-opt seccomp=unconfined, or with --privileged";
  if (has_capability(CAP_BPF) && has_capability(CAP_PERFMON) &&
      ::prctl(PR_GET_SECCOMP) == SECCOMP_MODE_FILTER)
    return kFiltered;
  return ::geteuid() == 0 && !has_capability(CAP_BPF)
             ? "root lacks them here, as in a container: grant the capabilities that `hoodtrace "
               "doctor` names"
             : "run as root, or grant the capabilities that `hoodtrace doctor` names";
}

}  // namespace

Error bpf_error(std::string_view what, int error) {
  // The verifier also returns EACCES, but then there is a log.
  const bool verifier = libbpf_log().find("END PROG LOAD LOG") != std::string::npos;
  if ((error == EPERM || error == EACCES) && !verifier) {
    return unsupported(fmt::format("not permitted to {}: {}; {}", what, std::strerror(error),
                                   step_after_refusal()));
  }
  std::string message = libbpf_log();
  while (message.ends_with('\n')) message.pop_back();
  return unsupported(fmt::format("cannot {}: {}{}{}", what, std::strerror(error),
                                 message.empty() ? "" : "\n", message));
}

}  // namespace hoodtrace
