// SPDX-License-Identifier: GPL-2.0-or-later
// How the capture went, and its audits.

#include <fmt/format.h>

#include "base/text.hpp"
#include "base/units.hpp"
#include "view/boot/view.hpp"

namespace hoodtrace {
namespace {

std::string seconds(std::uint64_t ns) {
  return fmt::format("{:.3f} s", static_cast<double>(ns) / 1e9);
}

std::string end_sentence(const BootInput& input) {
  if (!input.boot.end())
    return fmt::format("the capture broke off at {}: it has no end (power cut, killed, disk full?)",
                       seconds(input.now_ns));
  const BootEnd& end = *input.boot.end();
  return fmt::format("the capture went from {} to {} and ended because {}{}",
                     seconds(input.boot.started_ns()), seconds(end.time_ns), end_text(end.reason),
                     end.reason == HT_BOOT_END_REACHED ? " " + printable(end.until) : "");
}

std::string failed_units(const BootInput& input) {
  std::string names;
  std::size_t count = 0;
  for (const auto& [name, unit] : input.boot.units()) {
    if (unit.state != "failed") continue;
    names += fmt::format("{}{} ({})", names.empty() ? "" : ", ", printable(name),
                         unit.result.empty() ? unit.sub : unit.result);
    count++;
  }
  return count == 0 ? "" : fmt::format("failed units: {}", names);
}

}  // namespace

std::string end_text(std::uint32_t reason) {
  switch (reason) {
    case HT_BOOT_END_REACHED:
      return "it reached";
    case HT_BOOT_END_TIME:
      return "its time limit was reached";
    case HT_BOOT_END_SIZE:
      return "its size limit was reached";
    case HT_BOOT_END_SPACE:
      return "the file system was nearly full";
    case HT_BOOT_END_STOPPED:
      return "it was stopped";
    default:
      return "of an unknown reason";
  }
}

std::vector<std::string> boot_remarks(const BootInput& input) {
  std::vector<std::string> remarks;
  if (const std::string failed = failed_units(input); !failed.empty()) remarks.push_back(failed);
  remarks.push_back(end_sentence(input));
  if (input.boot.end() && !input.boot.end()->problem.empty())
    remarks.push_back(
        fmt::format("units or phases are missing: {}", printable(input.boot.end()->problem)));
  if (input.boot.units().empty())
    remarks.push_back(
        "the service manager did not answer: units are known by their processes alone");
  if (!input.has_switches)
    remarks.push_back("no switches were recorded: the time of the chain is not split");
  if (const std::optional<ForkAudit> audit = input.boot.forks()) {
    const std::string ours =
        audit->least == audit->most
            ? format_grouped(audit->least)
            : fmt::format("{} to {}", format_grouped(audit->least), format_grouped(audit->most));
    remarks.push_back(fmt::format("audit: forks {}, kernel count (/proc/stat) {}: {}", ours,
                                  format_grouped(audit->kernel),
                                  audit->agrees() ? "equal" : "DIFFERENT"));
  } else {
    remarks.push_back("audit: forks not compared with the kernel count: it was not read twice");
  }
  if (input.has_switches) {
    const SchedAudit audit = input.sched.audit();
    if (audit.run_delay_known && audit.tasks > 0)
      remarks.push_back(
          fmt::format("audit: run-queue wait {} ns, kernel run_delay {} ns: {}",
                      format_grouped(audit.wait_ns), format_grouped(audit.kernel_run_delay_ns),
                      audit.wait_ns == audit.kernel_run_delay_ns ? "equal" : "DIFFERENT"));
  }
  return remarks;
}

Json boot_audit(const BootInput& input) {
  Json forks = nullptr;
  if (const std::optional<ForkAudit> audit = input.boot.forks())
    forks = {{"least", audit->least}, {"most", audit->most}, {"kernel", audit->kernel}};
  Json waits = nullptr;
  if (input.has_switches) {
    const SchedAudit audit = input.sched.audit();
    waits = {{"tasks", audit.tasks},
             {"wait_ns", audit.wait_ns},
             {"kernel_run_delay_ns",
              audit.run_delay_known ? Json(audit.kernel_run_delay_ns) : Json(nullptr)}};
  }
  return {{"forks", forks}, {"run_queue_wait", waits}};
}

}  // namespace hoodtrace
