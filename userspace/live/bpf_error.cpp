// SPDX-License-Identifier: GPL-2.0-or-later
#include "live/bpf_error.hpp"

#include <fmt/format.h>
#include <linux/capability.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <string>

#include "live/capabilities.hpp"
#include "live/libbpf_log.hpp"
#include "live/seccomp_filter.hpp"
#include "probe/machine_facts.hpp"

namespace hoodtrace {
namespace {

// What to do when the kernel answers bpf(2) with EPERM.
std::string step_after_refusal() {
  if (seccomp_may_refuse_bpf())
    return fmt::format(
        "a seccomp filter may refuse bpf(2), as of containers without CAP_SYS_ADMIN: {}",
        kStepPastSeccomp);
  return ::geteuid() == 0 && !has_capability(CAP_BPF)
             ? "root lacks them here, as in a container: grant the capabilities that `hoodtrace "
               "doctor` names"
             : "run as root, or grant the capabilities that `hoodtrace doctor` names";
}

}  // namespace

Error bpf_error(std::string_view what, int error) {
  // The verifier also returns EACCES, but then there is a log.
  const bool verifier = libbpf_log().find("END PROG LOAD LOG") != std::string::npos;
  const bool filtered = error == ENOSYS && seccomp_may_refuse_bpf();
  if ((error == EPERM || error == EACCES || filtered) && !verifier) {
    return unsupported(fmt::format("not permitted to {}: {}; {}", what, std::strerror(error),
                                   step_after_refusal()));
  }
  std::string message = libbpf_log();
  while (message.ends_with('\n')) message.pop_back();
  return unsupported(fmt::format("cannot {}: {}{}{}", what, std::strerror(error),
                                 message.empty() ? "" : "\n", message));
}

}  // namespace hoodtrace
