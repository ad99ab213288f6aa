// SPDX-License-Identifier: GPL-2.0-or-later
// What libbpf says goes into our own error messages, and not to the terminal.
#pragma once

#include <string>

namespace hoodtrace {

// From now on libbpf's warnings are stored; those stored before are discarded. With
// HOODTRACE_LIBBPF_LOG in the environment everything is printed to standard error instead.
void keep_libbpf_log();

// The warnings since then, in lines; a verifier's log is cut to its end.
const std::string& libbpf_log();

}  // namespace hoodtrace
