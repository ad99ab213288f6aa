// SPDX-License-Identifier: GPL-2.0-or-later
// Replaces the marks in a program by calls of kernel functions (bpf/settings.h,
// HT_CALL_*), by their ids in the kernel's BTF. Before load, with the programs as compiled. A
// function that this kernel does not have becomes nothing.
#pragma once

#include "base/result.hpp"
#include "probe/features.hpp"

struct bpf_program;

namespace hoodtrace {

Result<void> resolve_kernel_calls(bpf_program* program, const KernelFunctions& functions);

}  // namespace hoodtrace
