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

namespace hoodtrace {

Error bpf_error(std::string_view what, int error) {
  // The verifier also returns EACCES, but then there is a log.
  const bool verifier = libbpf_log().find("END PROG LOAD LOG") != std::string::npos;
  if ((error == EPERM || error == EACCES) && !verifier) {
    const bool is_weak_root = ::geteuid() == 0 && !has_capability(CAP_BPF);
    return unsupported(fmt::format(
        "not permitted to {}: {}; {}grant the capabilities that `hoodtrace doctor` names", what,
        std::strerror(error),
        is_weak_root ? "root lacks them here, as in a container: " : "run as root, or "));
  }
  std::string message = libbpf_log();
  while (message.ends_with('\n')) message.pop_back();
  return unsupported(fmt::format("cannot {}: {}{}{}", what, std::strerror(error),
                                 message.empty() ? "" : "\n", message));
}

}  // namespace hoodtrace
