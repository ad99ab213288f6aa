// SPDX-License-Identifier: GPL-2.0-or-later
// The report's tables, for a width of 100 columns.

#include <fmt/format.h>

#include <algorithm>

#include "base/text.hpp"
#include "base/units.hpp"
#include "view/boot/view.hpp"
#include "view/procs/text.hpp"

namespace hoodtrace {
namespace {

constexpr std::size_t kRows = 20;
constexpr std::size_t kUnitWidth = 34;
constexpr std::size_t kChainUnitWidth = 26;
constexpr std::size_t kReadUnitWidth = 19;

// Seconds since the kernel's clock began.
Cell at(std::optional<std::uint64_t> ns) {
  if (!ns) return {};
  return fmt::format("{:8.3f}", static_cast<double>(*ns) / 1e9);
}

template <class T>
Cell cell(const std::optional<T>& value) {
  return value ? Cell(*value) : Cell();
}

std::string unit_cell(const std::string& name) { return cut_to_width(name, kUnitWidth); }

void limit(Table& table, const ViewOptions& view) {
  const std::size_t top = view.top.value_or(kRows);
  if (top == 0 || table.rows.size() <= top) return;
  table.hidden_rows = table.rows.size() - top;
  table.rows.resize(top);
}

Table phases_table(const BootInput& input) {
  Table table;
  table.title = phases_sentence(input);
  table.columns = {{"phase", "PHASE", Unit::kText, 1},
                   {"at", "BEGAN AT", Unit::kText, 1},
                   {"took_ns", "TOOK", Unit::kNs, 1},
                   {"processes", "BORN", Unit::kCount, 1}};
  const auto born_in = [&](std::uint64_t from_ns, std::uint64_t to_ns) -> Cell {
    // Only a part was seen: no number.
    if (input.boot.started_ns() == 0 || input.boot.started_ns() > from_ns + 1'000'000'000)
      return {};
    std::uint64_t born = 0;
    for (const auto& [id, life] : input.lives.lives())
      if (life.born_ns && *life.born_ns >= from_ns && *life.born_ns < to_ns) born++;
    return born;
  };
  if (!input.boot.phases()) return table;
  const BootPhases& phases = *input.boot.phases();
  if (phases.firmware_ns != 0)
    table.rows.push_back({std::string("firmware"), {}, phases.firmware_ns, {}});
  if (phases.loader_ns != 0)
    table.rows.push_back({std::string("loader"), {}, phases.loader_ns, {}});
  if (const auto ns = phases.kernel_length_ns())
    table.rows.push_back({std::string("kernel"), at(0), *ns, {}});
  if (const auto ns = phases.initrd_length_ns())
    table.rows.push_back({std::string("initrd"), at(phases.initrd_ns), *ns,
                          born_in(phases.initrd_ns, phases.userspace_ns)});
  if (phases.userspace_ns != 0)
    table.rows.push_back(
        {std::string("userspace"), at(phases.userspace_ns), cell(phases.userspace_length_ns()),
         born_in(phases.userspace_ns, phases.finish_ns != 0 ? phases.finish_ns : input.now_ns)});
  return table;
}

Table chain_table(const BootInput& input) {
  Table table;
  table.title = "critical chain: the unit that each one waited for last, and where its time went";
  // Without the split of D sleep its two parts are one column.
  const int split = input.has_iowait ? 1 : 0;
  table.columns = {{"unit", "UNIT", Unit::kText, 1},
                   {"up", "UP AT", Unit::kText, 1},
                   {"took_ns", "STEP", Unit::kNs, 1},
                   {"cpu_ns", "CPU", Unit::kNs, 1},
                   {"wait_ns", "CPU WAIT", Unit::kNs, 1},
                   {"disk_ns", "DISK", Unit::kNs, split},
                   {"uninterruptible_ns", "OTHER D", Unit::kNs, split},
                   {"d_sleep_ns", "D SLEEP", Unit::kNs, 1 - split},
                   {"sleep_ns", "ASLEEP", Unit::kNs, 1},
                   {"manager_ns", "MANAGER", Unit::kNs, 2},
                   {"other_ns", "OTHERS", Unit::kNs, 1}};
  for (const ChainStep& step : input.chain) {
    const bool is_seen = input.has_switches && step.time.unseen_ns < step.up_ns - step.from_ns;
    const auto part = [&](std::uint64_t ns) { return is_seen ? Cell(ns) : Cell(); };
    table.rows.push_back(
        {cut_to_width(step.unit, kChainUnitWidth), at(step.up_ns), step.up_ns - step.from_ns,
         part(step.time.cpu_ns), part(step.time.wait_ns), part(step.time.disk_ns),
         part(step.time.uninterruptible_ns), part(step.time.disk_ns + step.time.uninterruptible_ns),
         part(step.time.sleep_ns), part(step.time.manager_ns), part(step.time.other_ns)});
  }
  return table;
}

Table units_table(const BootInput& input, const ViewOptions& view) {
  Table table;
  table.title = "units, those that took longest to come up";
  table.columns = {
      {"unit", "UNIT", Unit::kText, 1},           {"at", "AT", Unit::kText, 1},
      {"took_ns", "TOOK", Unit::kNs, 1},          {"processes", "PROCS", Unit::kCount, 1},
      {"on_cpu_ns", "CPU", Unit::kNs, 1},         {"wait_ns", "CPU WAIT", Unit::kNs, 1},
      {"minor_faults", "MINOR", Unit::kCount, 2}, {"major_faults", "MAJOR", Unit::kCount, 1},
      {"state", "STATE", Unit::kText, 1}};
  const bool has_bytes = input.files.has_bytes();
  if (has_bytes)
    table.columns.insert(table.columns.end() - 1, {"read_bytes", "READ", Unit::kBytes, 1});
  const bool has_disk = input.disk.is_recorded();
  if (has_disk)
    table.columns.insert(table.columns.end() - 1, {{"disk_read_bytes", "DISK", Unit::kBytes, 1},
                                                   {"disk_slept_ns", "SLEPT", Unit::kNs, 1}});
  for (const UnitRow& row : unit_rows(input)) {
    // A device is waited for and does nothing itself.
    if (row.name.ends_with(".device")) continue;
    std::vector<Cell> cells{
        has_bytes || has_disk ? cut_to_width(row.name, kReadUnitWidth) : unit_cell(row.name),
        at(row.start_ns), cell(row.took_ns())};
    if (row.load != nullptr) {
      const UnitLoad& load = *row.load;
      cells.insert(cells.end(), {load.processes.size(), load.on_cpu_ns, load.wait_ns,
                                 load.minor_faults, load.major_faults});
      if (has_bytes) cells.emplace_back(bytes_of(uses_of(input, load)));
      if (has_disk) {
        const DiskUse use = disk_use_of(input, load);
        cells.insert(cells.end(), {use.read_bytes, use.slept_ns});
      }
    } else {
      cells.resize(table.columns.size() - 1);
    }
    std::string state = row.unit != nullptr ? row.unit->state : "";
    if (row.unit != nullptr && !row.unit->result.empty()) state = row.unit->result;
    if (row.load != nullptr && row.load->failed > 0)
      state += fmt::format("{}{} failed", state.empty() ? "" : ", ", row.load->failed);
    cells.push_back(state);
    table.rows.push_back(std::move(cells));
  }
  limit(table, view);
  return table;
}

std::string command_of(const ProcessLife& life) {
  const Program* program = life.program();
  if (program == nullptr) return "[" + life.comm + "]";
  const std::string command = command_cell(*program, 200);
  return command.empty() ? program->file : command;
}

std::vector<Cell> process_row(const BootInput& input, const ProcessLife& life) {
  const LifecycleTracker::Times times = LifecycleTracker::times_of(life);
  return {std::uint64_t{life.pid}, cut_to_width(unit_of(life, input.lives, input.tasks), 26),
          at(life.born_ns),        life.born_ns ? Cell(*life.exit_ns - *life.born_ns) : Cell(),
          cell(times.on_cpu_ns),   cell(times.wait_ns),
          outcome_text(life),      command_of(life)};
}

Table processes_table(const BootInput& input, const ViewOptions& view,
                      const std::vector<const ProcessLife*>& lives, const char* title) {
  Table table;
  table.title = title;
  table.columns = {{"pid", "PID", Unit::kCount, 1},        {"unit", "UNIT", Unit::kText, 1},
                   {"at", "AT", Unit::kText, 1},           {"lived_ns", "LIVED", Unit::kNs, 1},
                   {"on_cpu_ns", "CPU", Unit::kNs, 1},     {"wait_ns", "CPU WAIT", Unit::kNs, 2},
                   {"outcome", "OUTCOME", Unit::kText, 1}, {"command", "COMMAND", Unit::kText, 1}};
  for (const ProcessLife* life : lives) table.rows.push_back(process_row(input, *life));
  limit(table, view);
  return table;
}

Table waits_table(const BootInput& input) {
  Table table;
  table.title = "longest waits for a CPU, and who ran meanwhile";
  table.columns = {{"at", "UNTIL", Unit::kText, 1},
                   {"waited_ns", "WAITED", Unit::kNs, 1},
                   {"task", "WHO", Unit::kText, 1},
                   {"unit", "UNIT", Unit::kText, 1},
                   {"behind", "BEHIND", Unit::kText, 1}};
  for (const BootWait& wait : input.waits) {
    std::string behind;
    for (const auto& [who, ns] : wait.wait.behind) {
      const Who& name = input.tasks.names()[who];
      behind += fmt::format("{}{} {}", behind.empty() ? "" : ", ", name.comm, format_duration(ns));
    }
    table.rows.push_back({at(wait.wait.time_ns), wait.wait.wait_ns,
                          fmt::format("{} ({})", wait.comm, wait.pid), unit_cell(wait.unit),
                          behind});
  }
  return table;
}

}  // namespace

std::vector<Table> boot_tables(const BootInput& input, const ViewOptions& view) {
  std::vector<Table> tables{
      phases_table(input),
      chain_table(input),
      units_table(input, view),
      processes_table(input, view, slow_processes(input),
                      "processes that lived longest, of those that ended"),
      processes_table(input, view, failed_processes(input), "processes that failed"),
      waits_table(input)};
  if (input.files.has_bytes() || input.files.has_majors())
    tables.push_back(files_table(input, view));
  return tables;
}

}  // namespace hoodtrace
