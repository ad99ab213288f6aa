// SPDX-License-Identifier: GPL-2.0-or-later
#include "view/disk/view.hpp"

#include <fmt/format.h>

#include "base/text.hpp"
#include "base/units.hpp"
#include "view/disk/rows.hpp"

namespace hoodtrace {
namespace {

struct Sums {
  DiskCounts counts;
  DiskWaits waits;
  DiskSyncs syncs;
  std::uint64_t unawaited = 0;
  std::uint64_t shared = 0;
  std::uint64_t errors = 0;
  std::uint64_t lower = 0;
};

Sums sums_of(const DiskTracker& tracker) {
  Sums sums;
  for (const auto& [dev, device] : tracker.devices()) {
    sums.counts.merge(device.counts);
    sums.lower += device.lower;
    sums.unawaited += device.unawaited;
    sums.shared += device.shared;
    sums.errors += device.errors;
  }
  for (TaskId id = 1; id < tracker.tasks().size(); id++) {
    sums.waits.merge(tracker.task(id).waits);
    sums.syncs.merge(tracker.task(id).syncs);
  }
  sums.waits.merge(tracker.ended_others().waits);
  sums.syncs.merge(tracker.ended_others().syncs);
  return sums;
}

// "a 1 ms, b 2 ms" of those that are not 0.
std::string parts_text(std::initializer_list<std::pair<const char*, std::uint64_t>> parts) {
  std::string text;
  for (const auto& [words, ns] : parts) {
    if (ns == 0) continue;
    text += fmt::format("{}{} {}", text.empty() ? "" : ", ", words, format_duration(ns));
  }
  return text;
}

void add_remarks(const DiskTracker& tracker, const Sums& sums, Report& report) {
  report.remarks.push_back(
      fmt::format("{} reads ({}), {} writes ({}), {} flushes, {} discards; {} requests that no "
                  "thread slept for",
                  format_grouped(sums.counts.reads), format_bytes(sums.counts.read_bytes),
                  format_grouped(sums.counts.writes), format_bytes(sums.counts.write_bytes),
                  format_grouped(sums.counts.flushes), format_grouped(sums.counts.discards),
                  format_grouped(sums.unawaited)));
  const DiskWaits& waits = sums.waits;
  if (waits.count > 0)
    report.remarks.push_back(
        fmt::format("slept for the disk {} times, {} ({})", format_grouped(waits.count),
                    format_duration(waits.ns),
                    parts_text({{"for requests listed here", waits.request_ns},
                                {"for requests of others", waits.foreign_ns},
                                {"until a kernel thread woke them", waits.kthread_ns},
                                {"otherwise", waits.other_ns}})));
  const DiskSyncs& syncs = sums.syncs;
  if (syncs.count > 0)
    report.remarks.push_back(fmt::format(
        "{} calls of fsync and its like, {} (longest {}): {}", format_grouped(syncs.count),
        format_duration(syncs.ns), format_duration(syncs.max_ns),
        parts_text({{"data of the file", syncs.own_ns},
                    {"data of other files, all data of msync and sync among it", syncs.others_ns},
                    {"metadata", syncs.metadata_ns},
                    {"flushes of the device", syncs.flush_ns},
                    {"the journal or another kernel thread", syncs.journal_ns},
                    {"other sleeps", syncs.other_ns},
                    {"not asleep", syncs.ns - std::min(syncs.ns, syncs.slept_ns())}})));
  else if (!tracker.can_report(HT_DISK_SYNCS))
    report.remarks.emplace_back("fsync and its like are not recorded; --syncs records each call");
  if (sums.lower > 0)
    report.remarks.push_back(fmt::format(
        "{} requests were parts of requests of a device above (dm, md, loop): in the tables of "
        "files and tasks are those above only",
        format_grouped(sums.lower)));
  if (sums.shared > 0)
    report.remarks.push_back(
        fmt::format("{} writes had pages that several tasks dirtied: their bytes are divided",
                    format_grouped(sums.shared)));
  if (sums.errors > 0)
    report.remarks.push_back(
        fmt::format("{} requests ended with an error", format_grouped(sums.errors)));
  if (tracker.open_requests() > 0)
    report.remarks.push_back(
        fmt::format("{} requests were not done when tracing ended: they are in no table",
                    format_grouped(tracker.open_requests())));
}

std::string_view verdict(bool is_equal, const DiskTracker& tracker) {
  if (is_equal) return "equal";
  return tracker.has_losses() ? "different, and records were lost" : "DIFFERENT";
}

void audit_tasks(const DiskTracker& tracker, Report& report) {
  const DiskTaskAudit audit = tracker.audit();
  report.audit["tasks"] = {{"tasks", audit.tasks},
                           {"read_bytes", audit.read_bytes},
                           {"kernel_read_bytes", audit.kernel_read_bytes},
                           {"write_bytes", audit.write_bytes},
                           {"kernel_write_bytes", audit.kernel_write_bytes}};
  if (audit.tasks == 0) return;
  report.remarks.push_back(
      fmt::format("audit: tasks read {} bytes, kernel accounting {}: {}",
                  format_grouped(audit.read_bytes), format_grouped(audit.kernel_read_bytes),
                  verdict(audit.read_bytes == audit.kernel_read_bytes, tracker)));
  if (tracker.can_report(HT_DISK_DIRTIES))
    report.remarks.push_back(
        fmt::format("audit: tasks dirtied or wrote directly {} bytes, kernel accounting {}: {}",
                    format_grouped(audit.write_bytes), format_grouped(audit.kernel_write_bytes),
                    verdict(audit.write_bytes == audit.kernel_write_bytes, tracker)));
}

// Of the whole system: a device's requests are all recorded.
void audit_devices(const DiskTracker& tracker, Report& report) {
  Json list = Json::array();
  for (const auto& [dev, device] : tracker.devices()) {
    const std::optional<DiskDevice::Audit> audit = device.audit();
    if (!audit || (device.counts.requests() == 0 && audit->kernel == DiskBooks{})) continue;
    const auto& [ours, kernel, is_equal] = *audit;
    const std::string name = tracker.device_name(dev);
    const auto json_of = [](const DiskBooks& books) -> Json {
      return {{"reads", books.reads},
              {"read_merges", books.read_merges},
              {"read_sectors", books.read_sectors},
              {"writes", books.writes},
              {"write_merges", books.write_merges},
              {"write_sectors", books.write_sectors},
              {"discards", books.discards},
              {"discard_sectors", books.discard_sectors},
              {"flushes", books.flushes}};
    };
    list.push_back({{"dev", format_device(dev)},
                    {"name", to_json(Cell(name))},
                    {"ours", json_of(ours)},
                    {"kernel", json_of(kernel)},
                    {"equal", is_equal}});
    report.remarks.push_back(
        fmt::format("audit: {}: {} reads of {} sectors, {} writes of {} sectors, {} flushes; "
                    "/sys/block: {} of {}, {} of {}, {}: {}",
                    printable(name), format_grouped(ours.reads), format_grouped(ours.read_sectors),
                    format_grouped(ours.writes), format_grouped(ours.write_sectors),
                    format_grouped(ours.flushes), format_grouped(kernel.reads),
                    format_grouped(kernel.read_sectors), format_grouped(kernel.writes),
                    format_grouped(kernel.write_sectors), format_grouped(kernel.flushes),
                    !is_equal        ? verdict(false, tracker)
                    : ours == kernel ? "equal"
                                     : "equal in sectors; it counts the pieces of bios"));
  }
  report.audit["devices"] = std::move(list);
}

}  // namespace

void add_disk_report(const DiskTracker& tracker, const ViewOptions& options, Report& report) {
  const bool all = options.json || options.by == Grouping::kThread;
  if (all || options.by == Grouping::kDevice) add_disk_devices(tracker, options, report);
  if (all || options.by == Grouping::kFile) add_disk_files(tracker, options, report);
  if (all || options.by == Grouping::kTask || options.by == Grouping::kCgroup)
    add_disk_tasks(tracker, options, report);
  if (!options.json && options.by == Grouping::kOp) add_disk_ops(tracker, options, report);
  const Sums sums = sums_of(tracker);
  if (sums.counts.requests() == 0 && sums.waits.count == 0)
    report.remarks.emplace_back("the target caused no block request in this time");
  else
    add_remarks(tracker, sums, report);
  report.audit = Json::object();
  audit_tasks(tracker, report);
  if (tracker.whole_system()) audit_devices(tracker, report);
}

Result<void> check_disk_sort(const std::string& column) {
  if (column.empty() || has_disk_device_column(column) || has_disk_file_column(column) ||
      has_disk_task_column(column) || has_disk_op_column(column))
    return {};
  return usage(fmt::format(
      "no column {} to sort by; there are: reads, read_bytes, writes, write_bytes, waited_ns, "
      "service_p99_ns, queue_ns, path, comm and more (see --format csv)",
      printable(column)));
}

}  // namespace hoodtrace
