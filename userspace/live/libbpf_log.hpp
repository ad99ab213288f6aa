// SPDX-License-Identifier: GPL-2.0-or-later
// Collects libbpf's messages for our error messages, instead of printing them.
#pragma once

#include <string>

namespace hoodtrace {

// From now on libbpf's warnings are stored; those stored before are discarded. With
// HOODTRACE_LIBBPF_LOG in the environment everything is printed to standard error instead.
void keep_libbpf_log();

// The warnings since then, in lines; a verifier's log is cut to its end.
const std::string& libbpf_log();

}  // namespace hoodtrace
