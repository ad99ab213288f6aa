// SPDX-License-Identifier: GPL-2.0-or-later
// Why execve failed with ENOENT on a file that exists: the interpreter that it names is missing.
#pragma once

#include "event/event.hpp"
#include "stream/record_buffer.hpp"

namespace hoodtrace {

// Adds an ht_interpreter of the failed exec's task when its file can be read and names an
// interpreter that does not exist. The file is looked for where the task is, or was: below its root
// and working directory, and once it is gone, below our root; a relative path needs `exe` then, the
// record of where it was executed (may be null). `same_pids`: we are in the initial pid namespace.
void explain_exec(const ht_program& failed, bool same_pids, const ht_exe* exe, RecordBuffer& out);

}  // namespace hoodtrace
