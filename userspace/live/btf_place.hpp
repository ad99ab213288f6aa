// SPDX-License-Identifier: GPL-2.0-or-later
// Where libbpf looks for the running kernel's types.
#pragma once

#include <string>

#include "base/result.hpp"

namespace hoodtrace {

// libbpf looks up the types of hooks only in a few fixed paths, such as /sys/kernel/btf/vmlinux, not
// in the file given with --btf. Where that path does not exist (some containers hide it), this
// mounts `file` at one of the others, in a mount namespace of this process, which no other process
// sees; that needs CAP_SYS_ADMIN. Where the path exists it does nothing. Call it once, before the
// BPF object is opened.
Result<void> put_btf_in_place(const std::string& file);

}  // namespace hoodtrace
