// SPDX-License-Identifier: GPL-2.0-or-later
#include <fmt/format.h>

#include <cerrno>
#include <cstring>
#include <string>
#include <string_view>

#include "base/syscalls.hpp"
#include "probe/plan.hpp"

namespace hoodtrace {

namespace {

Error refuse_cycles(int error) {
  if (error == EPERM || error == EACCES)
    return unsupported(fmt::format(
        "not permitted to open the counters of the PMU, which --cycles needs: {}; run as root, "
        "or leave out --cycles",
        std::strerror(error)));
  return unsupported(
      fmt::format("--cycles needs a PMU that counts the cycles in user mode and in the kernel, and "
                  "this machine shows none, as most virtual machines ({}); leave out --cycles",
                  std::strerror(error)));
}

}  // namespace

Result<std::string> plan_why(const TraceRequest& request, const Features& features, Plan& plan) {
  if (plan.settings.exact_wait == 0)
    return unsupported(
        request.force_fallback
            ? "why needs the kernel's accounting of waits, which --fallback leaves out"
            : "this kernel keeps no accounting of waits (sched_info), which why needs; see: "
              "hoodtrace doctor");
  plan.settings.why = 1;
  plan.settings.preempt_count = features.preempt_count.offset;
  plan.settings.hardirq_mask = features.preempt_count.hardirq_mask;
  for (int call = 0; call < HT_FD_CALL_WORDS * 64; call++)
    if (takes_file(native_calls(), call))
      plan.settings.fd_calls[call / 64] |= std::uint64_t{1} << (call % 64);
  plan.settings.stacks_ns = request.stacks_ns;
  if (request.stacks_ns != 0) plan.maps.push_back({"kept_stacks", HT_KEPT_STACKS});
  if (request.cycles && !features.cycles) return refuse_cycles(features.cycles_error);
  plan.cycles = request.cycles;
  if (request.cycles)
    for (const char* counters : {"user_cycles", "kernel_cycles"})
      plan.maps.push_back({counters, features.cpus.possible});
  plan.maps.push_back({"named_files", HT_NAMED_SETS});
  plan.maps.push_back({"faulted_inodes", HT_FAULTED});
  std::string how = "causes of sleeps from their system calls, files and kernel stacks";
  const auto lacks = [&how](bool is_there, std::string_view what) {
    if (!is_there) how.append("; not known on this kernel: ").append(what);
  };
  lacks(features.blocker, "holders of kernel locks but mmap_lock's");
  lacks(features.has("mm_filemap_fault"), "the file of a page fault");
  lacks(features.interrupt_count, "whether an interrupt ended a sleep");
  return how;
}

}  // namespace hoodtrace
