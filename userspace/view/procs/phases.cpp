// SPDX-License-Identifier: GPL-2.0-or-later
// Where the time of each phase went, and the faults in it.

#include <array>
#include <utility>
#include <vector>

#include "view/procs/view.hpp"

namespace hoodtrace {
namespace {

struct Part {
  const char* key;
  const char* heading;
  Unit unit;
  std::uint64_t PhaseTimes::*value;
};

struct PhaseName {
  const char* key;
  const char* words;
};
constexpr std::array<PhaseName, kPhases> kNames = {{{"fork_to_run", "fork → run"},
                                                    {"run_to_exec", "run → exec"},
                                                    {"exec_to_exit", "exec → exit"},
                                                    {"exit_to_reaped", "exit → reaped"}}};
constexpr std::array kTimes = {
    Part{"on_cpu_ns", "ON-CPU", Unit::kNs, &PhaseTimes::on_cpu_ns},
    Part{"wait_ns", "WAIT", Unit::kNs, &PhaseTimes::wait_ns},
    Part{"sleep_ns", "SLEEP", Unit::kNs, &PhaseTimes::sleep_ns},
};
constexpr std::array kFaults = {
    Part{"min_flt", "MINOR", Unit::kCount, &PhaseTimes::min_flt},
    Part{"maj_flt", "MAJOR", Unit::kCount, &PhaseTimes::maj_flt},
};
constexpr Part kCopies{"cow_copies", "COW-COPIES", Unit::kCount, &PhaseTimes::cow_copies};

}  // namespace

namespace {

// A row per phase that was reached: four phases side by side fit no terminal.
Table by_phase(const ProcsInput& input, std::string title, const std::vector<Part>& parts) {
  Table table{std::move(title),
              {{"pid", "PID", Unit::kCount, 1},
               {"comm", "COMM", Unit::kText, 1},
               {"phase", "PHASE", Unit::kText, 1}},
              {},
              0};
  for (const Part& part : parts) table.columns.push_back({part.key, part.heading, part.unit, 1});
  for (const auto& [id, life] : input.tracker.lives()) {
    if (life.is_idle() || !is_shown(input, life)) continue;
    bool first = true;
    const std::array<std::optional<PhaseTimes>, kPhases> phases = phases_of(life);
    for (std::size_t i = 0; i < kPhases; i++) {
      if (!phases[i]) continue;
      auto& row = table.rows.emplace_back();
      // Its name is in the row of the first one only.
      row.emplace_back(first ? Cell(static_cast<std::uint64_t>(life.pid)) : Cell(std::string()));
      row.emplace_back(first ? life.comm : std::string());
      row.emplace_back(std::string(kNames[i].words));
      for (const Part& part : parts) row.emplace_back((*phases[i]).*part.value);
      first = false;
    }
  }
  return table;
}

}  // namespace

std::vector<Table> procs_phases(const ProcsInput& input) {
  std::vector<Table> tables;
  if (input.has_phase_times())
    tables.push_back(by_phase(input, "Where the time went, by phase (all threads)",
                              {kTimes.begin(), kTimes.end()}));
  if (input.options.faults) {
    std::vector<Part> parts(kFaults.begin(), kFaults.end());
    if (input.tracker.has_faults()) parts.push_back(kCopies);
    tables.push_back(by_phase(input, "Page faults by phase (all threads; kernel counters)", parts));
  }
  return tables;
}

Json phases_json(const ProcsInput& input, const ProcessLife& life) {
  Json object = Json::object();
  const std::array<std::optional<PhaseTimes>, kPhases> phases = phases_of(life);
  for (std::size_t i = 0; i < kPhases; i++) {
    Json& phase = object[kNames[i].key] = nullptr;
    if (!phases[i]) continue;
    phase = Json::object();
    if (input.has_phase_times())
      for (const Part& part : kTimes) phase[part.key] = (*phases[i]).*part.value;
    for (const Part& part : kFaults) phase[part.key] = (*phases[i]).*part.value;
    if (input.tracker.has_faults()) phase[kCopies.key] = (*phases[i]).*kCopies.value;
  }
  return object;
}

}  // namespace hoodtrace
