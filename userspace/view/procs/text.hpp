// SPDX-License-Identifier: GPL-2.0-or-later
// Texts about a process; all but command_cell() are safe for a terminal.
#pragma once

#include <string>
#include <string_view>

#include "model/procs/process_life.hpp"
#include "model/procs/tracker.hpp"

namespace hoodtrace {

// The arguments as a shell reads them, control characters escaped. Cut to `columns` (0 = not cut);
// when cut, "(300 arguments, 12.1 KiB)" follows. "" when none were read.
std::string command_text(const Program& program, std::size_t columns);

// The same for a cell of a table, which the renderer makes safe: nothing is escaped, and the text
// is cut by bytes.
std::string command_cell(const Program& program, std::size_t bytes);

// "exit 0", "exit 7", "killed by SIGSEGV, core dumped"; only with exit_ns.
std::string outcome_text(const ProcessLife& life);

// ", sent by kill (4711)", ", sent by itself", ", sent by the kernel"; "" when that is not known,
// or when it follows from the signal.
std::string killer_text(const ProcessLife& life);

// It exited with another code than 0, or by a signal.
bool has_failed(const ProcessLife& life);

// "process", "vfork", "existing", with the new namespaces and cgroup: "process in a new pid, net".
std::string birth_text(const ProcessLife& life);

// What it executes: its command; of one that has executed nothing, its parent's, "fork of ...". ""
// when neither is known.
std::string command_of(const LifecycleTracker& tracker, const ProcessLife& life,
                       std::size_t columns);

// "sh (4711)"; the number alone when the name is not known.
std::string named(std::string_view comm, std::uint32_t pid);

// "ENOENT (No such file or directory)"
std::string errno_text(std::uint32_t error);

// The last component of a cgroup path that is a systemd unit, "nginx.service"; empty when none is.
std::string_view unit_of_cgroup(std::string_view path);

}  // namespace hoodtrace
