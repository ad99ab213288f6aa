// SPDX-License-Identifier: GPL-2.0-or-later
#include "view/boot/view.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/units.hpp"
#include "view/procs/text.hpp"

namespace hoodtrace {

std::optional<std::uint64_t> UnitRow::took_ns() const {
  if (!start_ns || !up_ns || *up_ns < *start_ns) return std::nullopt;
  return *up_ns - *start_ns;
}

std::vector<UnitRow> unit_rows(const BootInput& input) {
  std::map<std::string, UnitRow> rows;
  for (const auto& [name, unit] : input.boot.units()) {
    UnitRow& row = rows[name];
    row.name = name;
    row.unit = &unit;
    if (unit.activating_ns != 0) row.start_ns = unit.activating_ns;
    if (unit.up_ns() != 0) row.up_ns = unit.up_ns();
  }
  for (const auto& [name, load] : input.loads) {
    UnitRow& row = rows[name];
    row.name = name;
    row.load = &load;
    if (row.unit != nullptr) continue;
    row.start_ns = load.first_ns;
    row.up_ns = load.last_ns;
  }
  std::vector<UnitRow> sorted;
  for (auto& [name, row] : rows) sorted.push_back(std::move(row));
  std::stable_sort(sorted.begin(), sorted.end(), [](const UnitRow& a, const UnitRow& b) {
    return a.took_ns().value_or(0) > b.took_ns().value_or(0);
  });
  return sorted;
}

std::vector<const ProcessLife*> slow_processes(const BootInput& input) {
  std::vector<const ProcessLife*> slow;
  for (const auto& [id, life] : input.lives.lives())
    if (life.born_ns && life.exit_ns) slow.push_back(&life);
  std::stable_sort(slow.begin(), slow.end(), [](const ProcessLife* a, const ProcessLife* b) {
    return *a->exit_ns - *a->born_ns > *b->exit_ns - *b->born_ns;
  });
  return slow;
}

std::vector<const ProcessLife*> failed_processes(const BootInput& input) {
  std::vector<const ProcessLife*> failed;
  for (const auto& [id, life] : input.lives.lives())
    if (has_failed(life)) failed.push_back(&life);
  std::stable_sort(failed.begin(), failed.end(), [](const ProcessLife* a, const ProcessLife* b) {
    return *a->exit_ns < *b->exit_ns;
  });
  return failed;
}

std::string phases_sentence(const BootInput& input) {
  if (!input.boot.phases()) return "the phases are not known: the service manager was not asked";
  const BootPhases& phases = *input.boot.phases();
  std::string text;
  std::uint64_t total_ns = 0;
  const auto add = [&](const char* name, std::optional<std::uint64_t> ns) {
    if (!ns || *ns == 0) return;
    text += fmt::format("{}{} ({})", text.empty() ? "" : " + ", format_duration(*ns), name);
    total_ns += *ns;
  };
  add("firmware", phases.firmware_ns);
  add("loader", phases.loader_ns);
  add("kernel", phases.kernel_length_ns());
  add("initrd", phases.initrd_length_ns());
  add("userspace", phases.userspace_length_ns());
  if (!phases.userspace_length_ns()) return text + "; the start was not over";
  return fmt::format("{} = {}", text, format_duration(total_ns));
}

void add_boot_report(const BootInput& input, const ViewOptions& view, Report& report) {
  report.audit = boot_audit(input);
  if (view.json) {
    report.body = boot_json(input);
    return;
  }
  report.tables = boot_tables(input, view);
  report.remarks = boot_remarks(input);
  report.end_is_said = !input.boot.end();
}

}  // namespace hoodtrace
