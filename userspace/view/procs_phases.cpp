// Where the time of each phase went, and the faults in it.

#include <fmt/format.h>

#include <array>

#include "view/procs_view.hpp"

namespace hoodtrace {
namespace {

struct Part {
  const char* key;
  const char* heading;
  Unit unit;
  std::uint64_t PhaseTimes::*value;
};

constexpr std::array<const char*, kPhases> kKeys = {"fork_to_run", "run_to_exec", "exec_to_exit",
                                                    "exit_to_reaped"};
constexpr std::array<const char*, kPhases> kHeadings = {"FORK-RUN", "RUN-EXEC", "EXEC-EXIT",
                                                        "EXIT-REAPED"};
constexpr std::array kTimes = {
    Part{"on_cpu_ns", "ON-CPU", Unit::kNs, &PhaseTimes::on_cpu_ns},
    Part{"wait_ns", "WAIT", Unit::kNs, &PhaseTimes::wait_ns},
    Part{"sleep_ns", "SLEEP", Unit::kNs, &PhaseTimes::sleep_ns},
};
constexpr std::array kFaults = {
    Part{"min_flt", "MINOR", Unit::kCount, &PhaseTimes::min_flt},
    Part{"maj_flt", "MAJOR", Unit::kCount, &PhaseTimes::maj_flt},
};

// Of the columns of a phase, on a narrow terminal the last go first.
void add_columns(Table& table, std::size_t phase, const Part& part, int rank) {
  table.columns.push_back({fmt::format("{}_{}", kKeys[phase], part.key),
                           fmt::format("{} {}", kHeadings[phase], part.heading), part.unit, rank});
}

}  // namespace

Table procs_phases(const ProcsSight& sight) {
  Table table{"Where the time went, by phase (all threads)", {}, {}, 0};
  const bool times = sight.has_phase_times();
  if (!times && !sight.options.faults) return table;
  if (!times) table.title = "Page faults by phase (all threads; the kernel's own counts)";
  table.columns = {{"pid", "PID", Unit::kCount, 1}, {"comm", "COMM", Unit::kText, 1}};
  for (std::size_t phase = 0; phase < kPhases; phase++) {
    if (times)
      for (const Part& part : kTimes) add_columns(table, phase, part, 2);
    if (sight.options.faults)
      for (const Part& part : kFaults) add_columns(table, phase, part, 3);
  }
  for (const auto& [id, life] : sight.tracker.lives()) {
    if (life.is_idle() || !is_shown(sight, life)) continue;
    auto& row = table.rows.emplace_back();
    row.emplace_back(static_cast<std::uint64_t>(life.pid));
    row.emplace_back(life.comm);
    for (const std::optional<PhaseTimes>& phase : phases_of(life)) {
      const auto add = [&](const Part& part) {
        row.emplace_back(phase ? Cell((*phase).*part.value) : Cell());
      };
      if (times)
        for (const Part& part : kTimes) add(part);
      if (sight.options.faults)
        for (const Part& part : kFaults) add(part);
    }
  }
  return table;
}

Json phases_json(const ProcsSight& sight, const ProcessLife& life) {
  Json object = Json::object();
  const std::array<std::optional<PhaseTimes>, kPhases> phases = phases_of(life);
  for (std::size_t i = 0; i < kPhases; i++) {
    Json& phase = object[kKeys[i]] = nullptr;
    if (!phases[i]) continue;
    phase = Json::object();
    if (sight.has_phase_times())
      for (const Part& part : kTimes) phase[part.key] = (*phases[i]).*part.value;
    for (const Part& part : kFaults) phase[part.key] = (*phases[i]).*part.value;
  }
  return object;
}

}  // namespace hoodtrace
