// SPDX-License-Identifier: GPL-2.0-or-later
// Which capabilities this process has; drops those that it no longer needs.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/result.hpp"

namespace hoodtrace {

// A capability that hoodtrace uses, and what for.
struct NeededCapability {
  int number;
  const char* name;
  const char* purpose;
  bool required;
  bool needed_while_tracing;
};

const std::vector<NeededCapability>& needed_capabilities();

// The machine's own: the capabilities of another user namespace do not reach BPF (bpf_capable(),
// include/linux/capability.h).
bool is_in_initial_user_namespace();

// In the effective set, and of the initial user namespace?
bool has_capability(int number);

// Drops all capabilities but those that tracing still needs; with `reads_processes`, not the one to
// look at what other processes have mapped (ptrace(2)). Threads made later inherit the rest.
Result<void> drop_privileges(bool reads_processes);

}  // namespace hoodtrace
