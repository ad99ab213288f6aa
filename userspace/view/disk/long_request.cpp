// SPDX-License-Identifier: GPL-2.0-or-later
// The lines of --threshold.

#include <fmt/format.h>

#include "base/growth.hpp"
#include "base/text.hpp"
#include "base/units.hpp"
#include "view/disk/rows.hpp"
#include "view/disk/view.hpp"

namespace hoodtrace {
namespace {

std::string who(const DiskTracker& tracker, TaskId id) {
  if (id == kNoTask) return "the kernel";
  const Task& task = tracker.tasks()[id];
  const std::string comm = printable(comm_view(task));
  return fmt::format("{} ({})", comm.empty() ? "?" : comm, task.tid);
}

}  // namespace

std::string long_request_line(const LongRequest& one, const DiskTracker& tracker,
                              std::uint64_t started_ns) {
  const ht_disk& request = one.request;
  const std::uint64_t issue_ns = request.issue_ns != 0 ? request.issue_ns : request.start_ns;
  std::string line = fmt::format(
      "+{:.3f} s  {} {} of {} at sector {} by {}: {}, queued {}, at the device {}",
      static_cast<double>(growth(started_ns, request.head.time_ns)) / 1e9,
      printable(tracker.device_text(request.part != 0 ? request.part : request.dev)),
      disk_op_word(op_of(request)), format_bytes(request.bytes), request.sector,
      who(tracker, one.task), format_duration(growth(request.start_ns, request.head.time_ns)),
      format_duration(growth(request.start_ns, issue_ns)),
      format_duration(growth(issue_ns, request.complete_ns)));
  if (one.sleeper != kNoTask)
    line += fmt::format(", {} slept {} for it", who(tracker, one.sleeper),
                        format_duration(one.slept_ns));
  if (request.status != 0) line += fmt::format(", error {}", request.status);
  return line + ", " + printable(disk_file_text(tracker, one.file));
}

}  // namespace hoodtrace
