// SPDX-License-Identifier: GPL-2.0-or-later
// A tracer as a variant of a benchmark: hoodtrace itself, or a peer when it is installed.
#pragma once

#include <sys/resource.h>
#include <sys/types.h>

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "bench/interleave.hpp"

namespace hoodtrace::bench {

// hoodtrace ARGS, its standard streams /dev/null.
class TracerProcess {
 public:
  // Returns once it has attached, or when it has ended before that.
  explicit TracerProcess(const std::vector<std::string>& arguments);
  TracerProcess(const TracerProcess&) = delete;
  TracerProcess& operator=(const TracerProcess&) = delete;
  ~TracerProcess() { stop(); }

  // Ends it as by Ctrl-C, by force when it does not end in time; what it used up.
  rusage stop();

  [[nodiscard]] pid_t pid() const { return pid_; }
  [[nodiscard]] bool is_attached() const { return attached_; }

 private:
  pid_t pid_ = 0;
  bool attached_ = false;
};

// hoodtrace ARGS, output to /dev/null; started once it has attached, stopped as by Ctrl-C.
Variant hoodtrace_variant(const std::string& name, const std::vector<std::string>& arguments);

// hoodtrace serve of the cgroup that this process is in, with these options.
Variant serve_variant(const std::string& name, std::vector<std::string> options);

// Another program, found on the PATH and in /usr/sbin; output to /dev/null. Peers do not say when
// they are attached: it is given `settle_ms`. Not run when it is not installed.
Variant peer_variant(const std::string& name, const std::vector<std::string>& argv,
                     unsigned settle_ms);

// Kernel time of the loaded BPF programs of hoodtrace and of the empty ones, per run, in the time
// that `work` takes with `variant` started (bpf_enable_stats, for that time alone).
void print_program_times(const Variant& variant, const std::function<void()>& work);

// The same for the busiest program of each variant, measured in turn: the least of `rounds` looks and the
// median, as ns per run and as a multiple of the first variant's (the median is that of the rounds' ratios).
// `only`: of hoodtrace's programs the one of this name; empty = any.
void print_program_ratios(const std::vector<Variant>& variants, unsigned rounds,
                          const std::function<void()>& work, const std::string& only = "");

}  // namespace hoodtrace::bench
