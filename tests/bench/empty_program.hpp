// SPDX-License-Identifier: GPL-2.0-or-later
// The floor as a variant: BPF programs that do nothing at the hooks.
#pragma once

#include <string>
#include <vector>

#include "bench/interleave.hpp"

namespace hoodtrace::bench {

// `hook` is one of those in empty.bpf.c. Not run where this kernel lacks it.
Variant empty_program_variant(const std::string& hook);

// Other programs of empty.bpf.c, all at once; one for a perf event counts every minor fault of
// every CPU.
Variant program_variant(const std::string& name, const std::vector<std::string>& programs);

}  // namespace hoodtrace::bench
