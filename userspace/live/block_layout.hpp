// SPDX-License-Identifier: GPL-2.0-or-later
// How to see which file a block request is for, and what the bits of a request mean: what CO-RE does
// not find, because it is in an unnamed enum, in a module, or the address of a function.
#pragma once

#include <linux/btf.h>

#include "probe/features.hpp"

struct btf;

namespace hoodtrace {

// `types`: the kernel's. `modules`: they are those of the running kernel, so the BTF of its modules
// fits. Reads /proc/kallsyms, which takes some 50 ms; without the privilege to see addresses there
// the files of direct I/O are not known.
BlockLayout find_block_layout(btf* types, bool modules);

// The bits of a request alone: for whom files do not matter.
BlockLayout find_request_flags(const btf* types);

}  // namespace hoodtrace
