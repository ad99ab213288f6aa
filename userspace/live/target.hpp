// SPDX-License-Identifier: GPL-2.0-or-later
// From the user's words (pids, cgroup paths, unit names) to what the kernel side compares.
#pragma once

#include <string>
#include <vector>

#include "base/fd.hpp"
#include "base/result.hpp"
#include "live/bpf_object.hpp"
#include "probe/trace_request.hpp"

namespace hoodtrace {

// Checks that everything named exists. The pids are those of our pid namespace; OwnPids translates
// them. The caller adds the pid of a command.
Result<KernelFilter> resolve_target(const Target& target);

// Which processes of the target are zombies, for the end of its description: nothing of them is left to
// trace, although ps shows them. Empty when none is.
std::string zombies_text(const Target& target);

// A pidfd for each process of a target of processes and threads (see TargetThreads for these); empty
// for any other target, whose end cannot be seen.
std::vector<Fd> open_processes(const Target& target);

}  // namespace hoodtrace
