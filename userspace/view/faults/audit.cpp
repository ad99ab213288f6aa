// SPDX-License-Identifier: GPL-2.0-or-later
#include "view/faults/audit.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/units.hpp"

namespace hoodtrace {

void add_faults_audit(const FaultTracker& tracker, Report& report) {
  const FaultAudit audit = tracker.audit();
  // Lost records are among the faults that the kernel counted and no record shows.
  const std::uint64_t gup = audit.gup > audit.lost ? audit.gup - audit.lost : 0;
  report.audit = {{"seen", audit.seen},
                  {"gup", gup},
                  {"kernel_faults", audit.kernel},
                  {"tasks", audit.tasks},
                  {"tasks_without_books", audit.without_counters},
                  {"copies", nullptr},
                  {"kernel_copies", nullptr}};
  const std::uint64_t ours = audit.seen + gup + std::min(audit.lost, audit.gup);
  report.remarks.push_back(fmt::format(
      "audit: {} faults seen + {} by the kernel itself (gup){}, kernel min_flt + maj_flt "
      "{}: {}",
      format_grouped(audit.seen), format_grouped(gup),
      audit.lost == 0 ? "" : fmt::format(" + {} lost", format_grouped(audit.lost)),
      format_grouped(audit.kernel),
      ours == audit.kernel
          ? "equal"
          : fmt::format("they differ by {}",
                        ours > audit.kernel ? ours - audit.kernel : audit.kernel - ours)));
  if (audit.without_counters > 0)
    report.remarks.push_back(fmt::format(
        "audit: {} tasks left out, their kernel counters could not be read at start and end",
        audit.without_counters));
  if (!audit.copies_known) return;
  report.audit["copies"] = audit.copies;
  report.audit["kernel_copies"] = audit.kernel_copies;
  report.remarks.push_back(
      fmt::format("audit: {} pages copied on a write, kernel wpcopy_count {}: {}",
                  format_grouped(audit.copies), format_grouped(audit.kernel_copies),
                  audit.copies == audit.kernel_copies ? "equal" : "they differ"));
}

}  // namespace hoodtrace
