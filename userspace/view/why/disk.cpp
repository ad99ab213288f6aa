// SPDX-License-Identifier: GPL-2.0-or-later
#include "view/why/disk.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>

#include "base/units.hpp"
#include "view/columns.hpp"
#include "view/disk/rows.hpp"
#include "view/file_text.hpp"
#include "view/task_rows.hpp"

namespace hoodtrace {
namespace {

constexpr std::size_t kShown = 20;  // in text, without --top

struct Row {
  const WhyTracker* tracker;
  TaskId task;
  // Null: sleeps that no known request ended.
  const WhyDiskWaits::Place* place;
  WhyDiskWaits::Sum sum;

  [[nodiscard]] const Task& who() const { return tracker->tasks()[task]; }
};

std::string device_of(const Row& row) { return row.tracker->files().device_name(row.place->dev); }

Cell of_request(const Row& row, std::uint64_t ns) {
  if (row.place == nullptr) return {};
  return ns;
}

constexpr std::array kColumns = {
    ColumnOf<Row>{"tid", "TID", Unit::kId, 1,
                  [](const Row& r) -> Cell { return std::uint64_t{r.who().tid}; }},
    ColumnOf<Row>{"pid", "PID", Unit::kId, 0,
                  [](const Row& r) -> Cell { return std::uint64_t{r.who().pid}; }},
    ColumnOf<Row>{"comm", "COMM", Unit::kText, 1,
                  [](const Row& r) -> Cell { return std::string(comm_view(r.who())); }},
    ColumnOf<Row>{"ns", "SLEPT", Unit::kNs, 1, [](const Row& r) -> Cell { return r.sum.ns; }},
    ColumnOf<Row>{"count", "TIMES", Unit::kCount, 1,
                  [](const Row& r) -> Cell { return r.sum.count; }},
    ColumnOf<Row>{"max_ns", "MAX", Unit::kNs, 2,
                  [](const Row& r) { return of_request(r, r.sum.max_ns); }},
    ColumnOf<Row>{"queued_ns", "QUEUED", Unit::kNs, 1,
                  [](const Row& r) { return of_request(r, r.sum.queued_ns); }},
    ColumnOf<Row>{"device_ns", "AT-DEVICE", Unit::kNs, 1,
                  [](const Row& r) { return of_request(r, r.sum.device_ns); }},
    ColumnOf<Row>{"other_ns", "ELSE", Unit::kNs, 1,
                  [](const Row& r) { return of_request(r, r.sum.other_ns()); }},
    ColumnOf<Row>{"op", "OPERATION", Unit::kText, 1,
                  [](const Row& r) -> Cell {
                    if (r.place == nullptr) return {};
                    return std::string(disk_op_word(r.place->op));
                  }},
    ColumnOf<Row>{"device", "DEVICE", Unit::kText, 1,
                  [](const Row& r) -> Cell {
                    if (r.place == nullptr) return {};
                    return device_of(r);
                  }},
    ColumnOf<Row>{"inode", "INODE", Unit::kId, 0,
                  [](const Row& r) -> Cell {
                    if (r.place == nullptr || r.place->file.inode == 0) return {};
                    return r.place->file.inode;
                  }},
    ColumnOf<Row>{"file", "FILE", Unit::kText, 1,
                  [](const Row& r) -> Cell {
                    if (r.place == nullptr) return std::string("(no request is known)");
                    if (r.place->file.inode == 0)
                      return disk_place_text(r.place->kind, device_of(r));
                    const FileTable& files = r.tracker->files();
                    if (const FileId id = files.find(r.place->file); id != kOtherFiles)
                      return file_text(files, id);
                    return fmt::format("(inode {} of device {})", r.place->file.inode,
                                       format_device(r.place->file.dev));
                  }},
};

std::vector<Row> make_rows(const WhyTracker& tracker) {
  std::vector<Row> rows;
  for (const auto& [task, of] : tracker.disk_waits().tasks()) {
    if (!tracker.tasks()[task].in_use) continue;
    for (const auto& [place, sum] : of.by_place) rows.push_back({&tracker, task, &place, sum});
    if (of.elsewhere_count > 0)
      rows.push_back(
          {&tracker, task, nullptr, {.count = of.elsewhere_count, .ns = of.elsewhere_ns}});
  }
  std::stable_sort(rows.begin(), rows.end(),
                   [](const Row& a, const Row& b) { return a.sum.ns > b.sum.ns; });
  return rows;
}

}  // namespace

void add_why_disk(const WhyTracker& tracker, const ViewOptions& options, Report& report) {
  const WhyDiskWaits& waits = tracker.disk_waits();
  if (!waits.is_recorded()) return;
  const std::vector<Row> rows = make_rows(tracker);
  if (options.json) {
    ViewOptions all = options;
    all.top = 0;
    report.body.emplace_back("disk", rows_json(kColumns, rows, all));
  } else if (options.text && !rows.empty()) {
    ViewOptions some = options;
    if (!some.top) some.top = kShown;
    Table table = rows_table(kColumns, rows, some);
    table.title = "sleeps for the disk, by the request that ended them";
    report.tables.push_back(std::move(table));
  }
  // Against the switches: the same sleeps, by other hooks.
  std::uint64_t ours_ns = 0;
  std::uint64_t switches_ns = 0;
  for (const auto& [task, of] : waits.tasks()) {
    if (!tracker.tasks()[task].in_use) continue;
    ours_ns += of.iowait_ns;
    for (const auto& [cause, sum] : tracker.sums(task).by_cause())
      if (tracker.cause(cause).part == WhyPart::kDisk) switches_ns += sum.ns;
  }
  report.audit["disk"] = {{"iowait_ns", ours_ns}, {"switches_ns", switches_ns}};
  report.remarks.push_back(
      fmt::format("audit: asleep for I/O until they were woken: {} ns; by the switches, until they "
                  "were runnable: {} ns",
                  format_grouped(ours_ns), format_grouped(switches_ns)));
}

}  // namespace hoodtrace
