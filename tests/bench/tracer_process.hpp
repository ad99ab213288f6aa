// A tracer as a variant of a benchmark: hoodtrace itself, or a peer when it is installed.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "bench/interleave.hpp"

namespace hoodtrace::bench {

// hoodtrace ARGS, output to /dev/null; started once it has attached, stopped as by Ctrl-C.
Variant hoodtrace_variant(const std::string& name, const std::vector<std::string>& arguments);

// Another program, found on the PATH and in /usr/sbin; output to /dev/null. Peers do not say when
// they are attached: it is given `settle_ms`. Not run when it is not installed.
Variant peer_variant(const std::string& name, const std::vector<std::string>& argv,
                     unsigned settle_ms);

// Kernel time of the loaded BPF programs whose names begin with `on_`, per run, in the time that
// `work` takes with `variant` started (bpf_enable_stats, for that time alone).
void print_program_times(const Variant& variant, const std::function<void()>& work);

}  // namespace hoodtrace::bench
