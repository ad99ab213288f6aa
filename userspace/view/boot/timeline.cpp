// SPDX-License-Identifier: GPL-2.0-or-later
#include "view/boot/timeline.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/units.hpp"
#include "view/procs/text.hpp"

namespace hoodtrace {
namespace {

constexpr std::size_t kLabelBytes = 400;

TimelineBar process_bar(const BootInput& input, const ProcessLife& life) {
  TimelineBar bar;
  bar.from_ns = life.born_ns.value_or(input.boot.started_ns());
  bar.to_ns = std::max(bar.from_ns, life.exit_ns.value_or(input.now_ns));
  bar.kind = has_failed(life) ? BarKind::kFailed : BarKind::kProcess;
  const Program* program = life.program();
  std::string command = program != nullptr ? command_cell(*program, kLabelBytes) : "";
  if (command.empty()) command = program != nullptr ? program->file : "[" + life.comm + "]";
  bar.label = command;
  const LifecycleTracker::Times times = LifecycleTracker::times_of(life);
  bar.details = fmt::format("pid {}, {}\nlived {}", life.pid,
                            life.exit_ns ? outcome_text(life) : std::string("running"),
                            format_duration(bar.to_ns - bar.from_ns));
  if (times.on_cpu_ns) bar.details += fmt::format("\non CPU {}", format_duration(*times.on_cpu_ns));
  if (times.wait_ns)
    bar.details += fmt::format("\nwaited for a CPU {}", format_duration(*times.wait_ns));
  return bar;
}

// Puts each into the first row with enough space.
void pack(std::vector<TimelineBar> bars, std::vector<std::vector<TimelineBar>>& rows) {
  std::stable_sort(bars.begin(), bars.end(), [](const TimelineBar& a, const TimelineBar& b) {
    return a.from_ns < b.from_ns;
  });
  for (TimelineBar& bar : bars) {
    auto row = std::find_if(rows.begin(), rows.end(), [&bar](const auto& taken) {
      return taken.back().to_ns <= bar.from_ns;
    });
    if (row == rows.end()) row = rows.insert(rows.end(), std::vector<TimelineBar>());
    row->push_back(std::move(bar));
  }
}

std::vector<TimelineBar> unit_bars(const BootInput& input, const UnitRow& row) {
  std::vector<TimelineBar> bars;
  // When the manager reported nothing, only its processes are known.
  if (row.unit == nullptr || !row.start_ns) return bars;
  const bool has_failed = row.unit->state == "failed";
  TimelineBar start;
  start.from_ns = *row.start_ns;
  start.to_ns = std::max(*row.start_ns, row.up_ns.value_or(input.now_ns));
  start.kind = has_failed ? BarKind::kFailed : BarKind::kStarting;
  start.label = row.name;
  start.details = row.took_ns() ? "came up in " + format_duration(*row.took_ns()) : "not up";
  bars.push_back(start);
  if (row.unit->active_ns == 0 || row.unit->active_ns > input.now_ns) return bars;
  TimelineBar up = start;
  up.kind = BarKind::kUp;
  up.from_ns = start.to_ns;
  up.to_ns =
      row.unit->deactivating_ns > row.unit->active_ns ? row.unit->deactivating_ns : input.now_ns;
  up.details = row.unit->state;
  if (up.to_ns > up.from_ns) bars.push_back(up);
  return bars;
}

void add_marks(const BootInput& input, std::vector<TimelineMark>& marks) {
  if (const std::optional<BootPhases>& phases = input.boot.phases()) {
    if (phases->initrd_ns != 0) marks.push_back({phases->initrd_ns, "initrd", true});
    if (phases->userspace_ns != 0) marks.push_back({phases->userspace_ns, "userspace", true});
    if (phases->finish_ns != 0) marks.push_back({phases->finish_ns, "start finished", true});
  }
  for (const auto& [name, unit] : input.boot.units())
    if (name.ends_with(".target") && unit.active_ns != 0) marks.push_back({unit.active_ns, name});
  for (const BootMark& mark : input.boot.marks()) marks.push_back({mark.time_ns, mark.text});
  std::stable_sort(marks.begin(), marks.end(), [](const TimelineMark& a, const TimelineMark& b) {
    return a.time_ns < b.time_ns;
  });
}

}  // namespace

Timeline boot_timeline(const BootInput& input) {
  Timeline timeline;
  timeline.title = phases_sentence(input);
  timeline.to_ns = input.now_ns;
  timeline.remarks = boot_remarks(input);
  std::vector<UnitRow> rows = unit_rows(input);
  // Of the others there is nothing to see but that they are up; targets are marks.
  std::erase_if(rows, [](const UnitRow& row) {
    const bool works = row.name.ends_with(".service") || row.name.ends_with(".mount") ||
                       row.name.ends_with(".swap");
    return row.load == nullptr && !works;
  });
  for (const UnitRow& row : rows) {
    TimelineLane lane;
    lane.name = row.name;
    lane.unit = unit_bars(input, row);
    std::vector<TimelineBar> processes;
    if (row.load != nullptr)
      for (const LifeId id : row.load->processes) {
        const ProcessLife& life = *input.lives.find(id);
        // A kernel thread that existed all the time is of no interest.
        if (row.name == kKernelUnit && !life.born_ns) continue;
        processes.push_back(process_bar(input, life));
      }
    pack(std::move(processes), lane.processes);
    if (!lane.unit.empty() || !lane.processes.empty()) timeline.lanes.push_back(std::move(lane));
  }
  const auto begin = [&](const TimelineLane& lane) {
    std::uint64_t first_ns = timeline.to_ns;
    if (!lane.unit.empty()) first_ns = lane.unit.front().from_ns;
    for (const auto& row : lane.processes) first_ns = std::min(first_ns, row.front().from_ns);
    return first_ns;
  };
  std::stable_sort(
      timeline.lanes.begin(), timeline.lanes.end(),
      [&](const TimelineLane& a, const TimelineLane& b) { return begin(a) < begin(b); });
  add_marks(input, timeline.marks);
  return timeline;
}

}  // namespace hoodtrace
