// SPDX-License-Identifier: GPL-2.0-or-later
#include "view/why/view.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.hpp"
#include "base/units.hpp"
#include "view/sched/parts.hpp"
#include "view/why/disk.hpp"
#include "view/why/json.hpp"
#include "view/why/rows.hpp"
#include "view/why/text.hpp"
#include "view/why/words.hpp"

namespace hoodtrace {
namespace {

// "on CPU equal"
std::string verdict(std::string_view what, std::uint64_t ours, std::uint64_t kernels) {
  if (ours == kernels) return fmt::format("{} equal", what);
  return fmt::format("{} {}{} ns", what, ours > kernels ? "+" : "-",
                     format_grouped(ours > kernels ? ours - kernels : kernels - ours));
}

// What was compared: nothing of time on a CPU when nothing was switched.
std::string verdicts(const SchedAudit& audit) {
  std::string text;
  if (audit.exec_runtime_known)
    text = verdict("on CPU", audit.on_cpu_ns, audit.kernel_exec_runtime_ns);
  if (audit.run_delay_known)
    (text += text.empty() ? "" : ", ") +=
        verdict("waiting", audit.wait_ns, audit.kernel_run_delay_ns);
  return text.empty() ? text : "; kernel accounting: " + text;
}

// "100 % = 10.000 000 000 s; kernel accounting: on CPU equal, waiting equal"
std::string sum_line(const std::vector<WhyRow>& rows, const SchedAudit& audit) {
  std::uint64_t all_ns = 0;
  std::size_t threads = 0;
  bool is_same = true;
  const std::uint64_t each_ns =
      rows.front().wall_ns / std::max<std::size_t>(rows.front().stats.threads, 1);
  for (const WhyRow& row : rows) {
    all_ns += row.wall_ns;
    threads += row.stats.threads;
    is_same &= row.wall_ns == each_ns * row.stats.threads;
  }
  const std::string sum = threads <= 1 ? exact_seconds(all_ns)
                          : is_same
                              ? fmt::format("{} of each thread", exact_seconds(each_ns))
                              : fmt::format("each thread's time, {} in all", exact_seconds(all_ns));
  return fmt::format("100 % = {}{}", sum, verdicts(audit));
}

// The audit of the same records as `sched`; in text one line, and those of sched that are not equal.
void add_audit(const std::vector<WhyRow>& rows, const SchedTracker& tracker, Report& report) {
  Report details;
  add_sched_audit(tracker, details);
  report.audit = std::move(details.audit);
  if (!rows.empty()) report.remarks.push_back(sum_line(rows, tracker.audit()));
  for (std::string& line : details.remarks)
    if (line.find(": equal") == std::string::npos) report.remarks.push_back(std::move(line));
}

}  // namespace

void add_why_report(const WhyTracker& tracker, const ViewOptions& options, Report& report) {
  const WhoTable& names = tracker.tasks().names();
  const std::vector<WhyRow> rows = make_why_rows(tracker, options);
  add_audit(rows, tracker.sched(), report);
  if (options.json) {
    report.body.emplace_back("threads", why_json(rows, names));
    add_why_disk(tracker, options, report);
    return;
  }
  if (!options.text) {
    report.tables.push_back(why_table(rows, names));
    return;
  }
  if (rows.empty())
    report.remarks.insert(report.remarks.begin(), "no task of the target lived");
  else
    report.lines = why_lines(rows, names, options.by, report.width);
  add_why_disk(tracker, options, report);
}

}  // namespace hoodtrace
