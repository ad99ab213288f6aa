// SPDX-License-Identifier: GPL-2.0-or-later
// The procs report: which lives are shown, and in which form.
#pragma once

#include <string>
#include <vector>

#include "model/names/task_table.hpp"
#include "model/procs/tracker.hpp"
#include "model/why/process_causes.hpp"
#include "view/procs/options.hpp"
#include "view/report.hpp"
#include "view/view_options.hpp"

namespace hoodtrace {

// The data that the parts of the report use.
struct ProcsInput {
  const LifecycleTracker& tracker;
  const TaskTable& tasks;
  ProcsOptions options;
  std::uint64_t started_ns = 0;  // of the session: times are shown relative to it
  std::uint64_t now_ns = 0;
  const ProcessCauses* causes = nullptr;  // null: not asked for

  // The times of the phases are known (the switches were recorded), and shown.
  [[nodiscard]] bool has_phase_times() const { return tracker.has_switches(); }
};

// Is it one that the options ask for (failed, slow)?
bool is_shown(const ProcsInput& input, const ProcessLife& life);

// The end of its life, or the latest time at which it is known to live.
std::uint64_t end_of(const ProcsInput& input, const ProcessLife& life);

// Fills tables, drawings, remarks, audit and body; the rest of the report is the caller's.
void add_procs_report(const ProcsInput& input, const ViewOptions& view, Report& report);

// json.cpp: the elements of the schema's `processes`.
void append_processes(const ProcsInput& input, std::string& out);
// table.cpp: a row per process, for CSV.
Table procs_table(const ProcsInput& input);
// tree.cpp: a row per process under its parent, phases as columns.
Table procs_tree(const ProcsInput& input);
// phases.cpp: where the time of the phases went, and the faults in them; none when neither
// was asked for.
std::vector<Table> procs_phases(const ProcsInput& input);
Json phases_json(const ProcsInput& input, const ProcessLife& life);
// causes.cpp: the parts of each process's time; no table when they were not asked for.
std::vector<Table> procs_parts(const ProcsInput& input);
Json parts_json(const ProcsInput& input, const ProcessLife& life);
// gantt.cpp: a bar per process, at most `width` columns wide.
std::vector<std::string> procs_gantt(const ProcsInput& input, std::size_t width);
// timeline.cpp: the line for an event; empty when the options hide it. The line above the
// first.
std::string timeline_line(const ProcsInput& input, const LifeEvent& event);
std::string timeline_heading();

}  // namespace hoodtrace
