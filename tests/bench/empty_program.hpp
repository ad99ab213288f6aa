// The floor as a variant: a BPF program that does nothing at one tp_btf hook.
#pragma once

#include <string>

#include "bench/interleave.hpp"

namespace hoodtrace::bench {

// `hook` is one of those in empty.bpf.c. Not run where this kernel lacks it.
Variant empty_program_variant(const std::string& hook);

// Another program of empty.bpf.c.
Variant program_variant(const std::string& name, const std::string& program);

}  // namespace hoodtrace::bench
