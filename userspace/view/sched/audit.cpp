// SPDX-License-Identifier: GPL-2.0-or-later
// Our sums, compared with kernel accounting.

#include <fmt/format.h>

#include "base/units.hpp"
#include "view/sched/parts.hpp"

namespace hoodtrace {
namespace {

// counter: the kernel field that was summed.
std::string compare(std::uint64_t ours, std::uint64_t kernels, const char* counter,
                    const char* unit) {
  const std::string verdict =
      ours == kernels
          ? "equal"
          : fmt::format("they differ by {}{}{}", ours > kernels ? "+" : "-",
                        format_grouped(ours > kernels ? ours - kernels : kernels - ours), unit);
  return fmt::format("{}{}, kernel {} {}{}: {}", format_grouped(ours), unit, counter,
                     format_grouped(kernels), unit, verdict);
}

}  // namespace

void add_sched_audit(const SchedTracker& tracker, Report& report) {
  const SchedAudit audit = tracker.audit();
  report.audit = {{"wait_ns", nullptr},
                  {"kernel_run_delay_ns", nullptr},
                  {"on_cpu_ns", nullptr},
                  {"on_cpu_reported_ns", nullptr},
                  {"kernel_exec_runtime_ns", nullptr},
                  {"unshown_on_cpu_ns", nullptr},
                  {"involuntary_switches", nullptr},
                  {"kernel_involuntary_switches", nullptr}};
  if (audit.tasks == 0 && audit.without_counters > 0) {
    report.remarks.push_back(
        fmt::format("audit: nothing to compare; of {} tasks the kernel's counters were not read at "
                    "start and end of this span",
                    audit.without_counters));
    return;
  }
  report.audit["wait_ns"] = audit.wait_ns;
  report.audit["involuntary_switches"] = audit.involuntary_switches;
  report.audit["kernel_involuntary_switches"] = audit.kernel_involuntary_switches;
  if (audit.run_delay_known) {
    report.audit["kernel_run_delay_ns"] = audit.kernel_run_delay_ns;
    report.remarks.push_back(
        fmt::format("audit: run-queue wait {}",
                    compare(audit.wait_ns, audit.kernel_run_delay_ns, "run_delay", " ns")));
  } else {
    report.remarks.push_back(fmt::format(
        "audit: run-queue wait {} ns; this kernel does not account waits (no sched_info)",
        format_grouped(audit.wait_ns)));
  }
  if (audit.exec_runtime_known) {
    report.audit["on_cpu_ns"] = audit.on_cpu_ns;
    report.audit["on_cpu_reported_ns"] = audit.reported_on_cpu_ns;
    report.audit["kernel_exec_runtime_ns"] = audit.kernel_exec_runtime_ns;
    report.audit["unshown_on_cpu_ns"] = audit.unreported_on_cpu_ns;
    std::string line = fmt::format(
        "audit: time on CPU, dispatch included, {}",
        compare(audit.on_cpu_ns, audit.kernel_exec_runtime_ns, "sum_exec_runtime", " ns"));
    if (audit.kernel_exec_runtime_ns > 0) {
      const auto kernels = static_cast<double>(audit.kernel_exec_runtime_ns);
      line += fmt::format("; as reported {:+.2f} %",
                          100 * (static_cast<double>(audit.reported_on_cpu_ns) / kernels - 1));
    }
    if (audit.unreported_on_cpu_ns > 0)
      line += fmt::format("; {} ns of it in runs whose switches are missing",
                          format_grouped(audit.unreported_on_cpu_ns));
    report.remarks.push_back(std::move(line));
  }
  report.remarks.push_back(fmt::format(
      "audit: involuntary switches {}",
      compare(audit.involuntary_switches, audit.kernel_involuntary_switches, "nivcsw", "")));
  if (audit.without_counters > 0)
    report.remarks.push_back(fmt::format(
        "audit: {} tasks left out, their kernel counters could not be read at start and end",
        audit.without_counters));
}

}  // namespace hoodtrace
